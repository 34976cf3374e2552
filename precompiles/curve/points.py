"""The curve that a row is about, and what addition and doubling have in common."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from core_vm.machine.precompile import Operand
from core_vm.tables.gadgets.calls import CallTable
from precompiles.curve.curves import Curve
from precompiles.shared.digits import one_of
from precompiles.shared.primes import digits_of
from precompiles.shared.residues import Number, constrain_reduced


class CurveTable(CallTable):
    """A table of calls, one for each of several curves of one width: their selectors choose the modulus."""

    def __init__(
        self, name: str, numbers: Mapping[str, int], curves: Sequence[Curve], operands: Sequence[Operand], text: str
    ) -> None:
        super().__init__(name, numbers, operands, text)
        self.curves, self.count = curves, curves[0].bits // 8
        self.is_curve = dict(zip((curve.name for curve in curves), self.selector.values(), strict=True))
        moduli = [digits_of(curve.modulus, self.count) for curve in curves]
        self.modulus = one_of(list(self.selector.values()), moduli, lambda rows: rows.which)

    def constrain_reduced(self, name: str, number: Number) -> None:
        """number < modulus."""
        constrain_reduced(self, name, number, self.modulus)
