"""Points in the columns of a row, the curve it is about, and what addition and doubling have in common."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from core_vm.air.expression import Expression
from core_vm.machine.precompile import Operand
from core_vm.tables.gadgets.bytes import limbs_of_bytes
from core_vm.tables.gadgets.calls import CallRows, CallTable, Dwords
from core_vm.tables.gadgets.rows import split_bytes, split_limbs
from precompiles.curve.curves import Curve, digits_of, modulus_limbs
from precompiles.shared.comparison import constrain_below
from precompiles.shared.digits import Digits, Values, of_limbs, one_of, unsigned

Coordinate = Callable[[CallRows], np.ndarray]
"""From a chunk's rows to the dwords (n, dwords) of a coordinate."""


def x_before(operand: int) -> Coordinate:
    """Of a point in memory, as of the next three."""
    return lambda rows: _halves(rows.before(operand))[0]


def y_before(operand: int) -> Coordinate:
    return lambda rows: _halves(rows.before(operand))[1]


def x_after(operand: int) -> Coordinate:
    return lambda rows: _halves(rows.after(operand))[0]


def y_after(operand: int) -> Coordinate:
    return lambda rows: _halves(rows.after(operand))[1]


def _halves(dwords: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    half = dwords.shape[1] // 2
    return np.ascontiguousarray(dwords[:, :half]), np.ascontiguousarray(dwords[:, half:])


def _bytes(dwords: np.ndarray) -> np.ndarray:
    return split_bytes(dwords).reshape(len(dwords), -1).astype(np.int64)


def _limbs(dwords: np.ndarray) -> np.ndarray:
    return split_limbs(dwords).reshape(len(dwords), -1).astype(np.int64)


@dataclass(frozen=True, slots=True)
class Number:
    """A coordinate: its digits as identities need them, its limbs of 16 bits, and their values."""

    digits: Digits
    limbs: list[Expression]
    values: Values


def in_bytes(t: CallTable, name: str, count: int, witness: Coordinate) -> Number:
    """Columns for what is multiplied. Bytes are looked up: the split of a limb below 2^16 is unique, and a limb that is
    made of bytes is below 2^16."""
    columns = t.columns(name, count, lambda rows: _bytes(witness(rows)))
    for byte in columns:
        t.is_byte(byte)
    digits = unsigned(columns, lambda rows: _bytes(witness(rows)))
    return Number(digits, limbs_of_bytes(columns), lambda rows: _limbs(witness(rows)))


def in_limbs(t: CallTable, name: str, count: int, witness: Coordinate, from_memory: bool) -> Number:
    """Columns for what is only added. Limbs from memory are below 2^16; others are looked up."""
    columns = t.columns(name, count // 2, lambda rows: _limbs(witness(rows)))
    for limb in [] if from_memory else columns:
        t.range16(limb, t.real)

    def values(rows: CallRows) -> np.ndarray:
        return _limbs(witness(rows))

    return Number(of_limbs(columns, values), columns, values)


def dwords_of(x: Number, y: Number) -> Dwords:
    """A point as it lies in memory."""
    limbs = [*x.limbs, *y.limbs]
    return [limbs[i : i + 4] for i in range(0, len(limbs), 4)]


class CurveTable(CallTable):
    """A table of calls, one for each of several curves of one width: their selectors choose the modulus."""

    def __init__(
        self, name: str, numbers: Mapping[str, int], curves: Sequence[Curve], operands: Sequence[Operand], text: str
    ) -> None:
        super().__init__(name, numbers, operands, text)
        self.curves, self.count = curves, curves[0].bits // 8
        self.is_curve = dict(zip((curve.name for curve in curves), self.selector.values(), strict=True))
        moduli = [digits_of(curve.modulus, self.count) for curve in curves]
        self.modulus = one_of(list(self.selector.values()), moduli, lambda rows: np.array(moduli, np.int64)[rows.which])

    def constrain_reduced(self, name: str, number: Number) -> None:
        """number < modulus."""
        limbs = limbs_of_bytes(self.modulus.number)

        def differences(rows: CallRows) -> np.ndarray:
            digits = self.modulus.values(rows)
            return digits[:, ::2] + 256 * digits[:, 1::2] - number.values(rows)

        constrain_below(self, f"{name}_is_reduced", number.limbs, limbs, differences)


def moduli_limbs(curves: Sequence[Curve]) -> np.ndarray:
    """As kernels have them: uint64 (curves, limbs)."""
    return np.stack([modulus_limbs(curve) for curve in curves])
