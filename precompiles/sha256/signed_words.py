"""The algebra of 32-bit words in a row: bits stored as signs, so that an exclusive-or is a product.

A word is 32 columns, each +1 for a bit 0 and -1 for a bit 1 on a row in use, and 0 on a filling row. Three bits'
exclusive-or is then the product of three signs, their majority (x + y + z - xyz) / 2, and a choice (f + g + e (g -
f)) / 2: half the operations of the same polynomials in bits, all within degree 3.

Words are added as two limbs of 16 bits. A limb's value is affine in the signs: bit = (real - sign) / 2.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core_vm.air.expression import Expression, constant
from core_vm.air.table_builder import TableBuilder

LIMB = 2**16
NUM_BITS = 32


@dataclass(frozen=True, slots=True, eq=False)
class Limbs:
    """A 32-bit quantity low + 2^16 high. The limbs are integers that may be out of range or negative, but small."""

    low: Expression
    high: Expression

    def __add__(self, other: Limbs) -> Limbs:
        return Limbs(self.low + other.low, self.high + other.high)

    def __sub__(self, other: Limbs) -> Limbs:
        return Limbs(self.low - other.low, self.high - other.high)

    def pair(self) -> list[Expression]:
        return [self.low, self.high]


@dataclass(frozen=True, slots=True, eq=False)
class Word:
    """32 signs, lowest bit first, and the two limbs that they spell."""

    signs: tuple[Expression, ...]
    limbs: Limbs
    real: Expression

    def byte(self, index: int) -> Expression:
        """Byte `index`, 0 the lowest, as an affine expression in [0, 256)."""
        signs = self.signs[8 * index : 8 * index + 8]
        return (self.real * 255 - weighted_sum(signs)) / 2


def weighted_sum(terms: Sequence[Expression]) -> Expression:
    """sum of 2^i * terms[i]."""
    total = terms[-1]
    for term in reversed(terms[:-1]):
        total = total * 2 + term
    return total


def word(t: TableBuilder, name: str, real: Expression) -> Word:
    """Declare a word. `real` is 0 or 1, so each sign is +1 or -1 where it is 1: the limbs are below 2^16 by
    construction."""
    signs = tuple(t.columns(f"{name}_sign", NUM_BITS))
    for bit, sign in enumerate(signs):
        t.constrain(f"{name}_sign_{bit}_squared_is_one_on_real_rows", sign * sign - real)
    return Word(signs, _limbs_of_signs(signs, real), real)


def limbs(t: TableBuilder, name: str) -> Limbs:
    """Declare two limb columns that nothing here bounds."""
    return Limbs(t.column(f"{name}_low"), t.column(f"{name}_high"))


def _limbs_of_signs(signs: Sequence[Expression], real: Expression) -> Limbs:
    low, high = ((real * (LIMB - 1) - weighted_sum(half)) / 2 for half in (signs[:16], signs[16:]))
    return Limbs(low, high)


def exclusive_or_of_rotations(x: Word, rotations: Sequence[int], shift: int | None = None) -> Limbs:
    """The exclusive-or of x rotated right by each of `rotations`, and of x >> `shift`. Degree 3."""
    signs = []
    for bit in range(NUM_BITS):
        product = constant(1)
        for rotation in rotations:
            product = product * x.signs[(bit + rotation) % NUM_BITS]
        if shift is not None and bit + shift < NUM_BITS:
            product = product * x.signs[bit + shift]
        signs.append(product)
    return _limbs_of_signs(signs, x.real)


def majority(x: Word, y: Word, z: Word, pair_first: bool) -> Limbs:
    """The bitwise majority. Degree 3. `pair_first` multiplies x y before z, else y z before x: equal values, and the
    caller alternates so that consecutive rounds share a product."""
    products = [(a * b) * c if pair_first else a * (b * c) for a, b, c in zip(x.signs, y.signs, z.signs, strict=True)]
    linear = x.limbs + y.limbs + z.limbs

    def limb(total: Expression, half: list[Expression]) -> Expression:
        return total / 2 + (weighted_sum(half) - x.real * (LIMB - 1)) / 4

    return Limbs(limb(linear.low, products[:16]), limb(linear.high, products[16:]))


def choice(e: Word, f: Word, g: Word) -> Limbs:
    """Bitwise, f where e is 1 and g where e is 0. Degree 2."""
    products = [a * (c - b) for a, b, c in zip(e.signs, f.signs, g.signs, strict=True)]
    linear = f.limbs + g.limbs
    return Limbs(
        linear.low / 2 - weighted_sum(products[:16]) / 4,
        linear.high / 2 - weighted_sum(products[16:]) / 4,
    )


def two_carries(t: TableBuilder, name: str, weight: int) -> tuple[Expression, Expression]:
    """Two carries in three columns of three values each: the first in 0..3, the second in 0..2 + weight (or little
    above).

    Any values in {0, 1, 2} of the columns give the first carry in {0, 1, 2, 3} and the second in {0, ..., 2 + 2
    weight}: small integers, which is all that the sums need for soundness. Degree 3; a column of four values would
    need degree 4.
    """
    base, inner, outer = (t.column(f"{name}_{part}") for part in ("base", "inner", "outer"))
    for part, value in (("base", base), ("inner", inner), ("outer", outer)):
        t.constrain(f"{name}_{part}_is_0_1_or_2", value * (value - 1) * (value - 2))
    outer_is_2 = outer * (outer - 1) / 2
    outer_is_1 = outer * (2 - outer)
    first = inner + (3 - inner) * outer_is_2
    selected = outer_is_1 + inner * outer_is_2
    return first, base + selected * weight
