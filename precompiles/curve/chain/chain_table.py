"""What the tables of a chain's steps, points and exceptions have in common: the call and the curve of a row."""

from __future__ import annotations

from typing import Any

from core_vm.air.expression import Expression, as_expression
from core_vm.tables.gadgets.accesses import AccessTable
from precompiles.curve.chain.buses import ENTRIES_OF_A_PART, POINT, TABLE, curve_number, num_parts, parts_of
from precompiles.curve.chain.operands import STEPS
from precompiles.curve.curves import curves_of
from precompiles.shared.digits import one_of
from precompiles.shared.primes import digits_of
from precompiles.shared.residues import Number


class ChainTable(AccessTable):
    """Rows of calls on the curves of a width; `time` is the call's. A bit for each curve says which one a row is about:
    the modulus follows from them, and `curve`, the number that messages have."""

    def __init__(self, name: str, bits: int, text: str) -> None:
        super().__init__(f"{name}_{bits}", text)
        self.curves, self.count, self.num_parts = curves_of(bits), bits // 8, num_parts(bits)
        selectors = [
            self.bit(f"is_{curve.name}", lambda rows, k=k: rows.which == k) for k, curve in enumerate(self.curves)
        ]
        self.real = sum(selectors, as_expression(0))
        self.constrain("at_most_one_curve_a_row", self.real * (self.real - 1))
        self.time = self.column("call", lambda rows: rows.time)
        self.curve = sum(
            (curve_number(curve) * s for curve, s in zip(self.curves, selectors, strict=True)), as_expression(0)
        )
        moduli = [digits_of(curve.modulus, self.count) for curve in self.curves]
        self.modulus = one_of(selectors, moduli, lambda rows: rows.which)

    def send_point(self, step: Expression, x: Number, y: Number) -> None:
        """The point before a step."""
        for message in self._messages(step, x, y):
            self.send(POINT, message, self.real)

    def receive_point(self, step: Expression, x: Number, y: Number) -> None:
        for message in self._messages(step, x, y):
            self.receive(POINT, message, self.real)

    def end_in_zeros(self) -> None:
        """In place of the point after the last step."""
        for part in range(self.num_parts):
            place = self.num_parts * STEPS + part
            self.send(POINT, (self.time, self.curve, place, *[0] * ENTRIES_OF_A_PART), self.real)

    def look_up_point(self, index: Expression, x: Number, y: Number) -> None:
        """One of the call's points: its bytes are bytes, and x is reduced."""
        for message in self._messages(index, x, y):
            self.send(TABLE, message, self.real)

    def offer_point(self, index: Expression, x: Number, y: Number, uses: Expression) -> None:
        for message in self._messages(index, x, y):
            self.receive_counted(TABLE, message, uses)

    def _messages(self, place: Expression, x: Number, y: Number) -> list[tuple[Any, ...]]:
        parts = parts_of(x.digits.number, y.limbs)
        return [(self.time, self.curve, self.num_parts * place + part, *entries) for part, entries in enumerate(parts)]
