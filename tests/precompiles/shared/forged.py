"""A row of big integers modulo a prime, whose columns a lying prover sets by name: signed integers.

What follows from a lie, carries and comparisons, is computed here from digits, not by the tables' own witness.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import cache
from typing import Self

import numpy as np

from core_vm.air.expression import affine
from core_vm.air.table import Table
from core_vm.field.koalabear import P, inverse
from core_vm.tables.buses import BIT_RANGE, RANGE16
from core_vm.witness.check import constraint_values
from tests.soundness.row_search import lookups_hold

Sum = dict[int, int]
"""Coefficients at 256^k."""
Terms = Sequence[tuple[int, *tuple[Sequence[int], ...]]]
"""Each a factor and the digits of one number, or of two that are multiplied."""


@cache
def _places(table: Table) -> dict[str, int]:
    return {name: k for k, name in enumerate(table.columns)}


Carry = tuple[int, int, int, int]
"""The least value that the lookup of its first column allows, that column, and of a carry of two columns the other one
and its factor: else -1 and 0."""


@cache
def _carries(table: Table, name: str) -> list[Carry]:
    """Of an identity."""
    least = {}
    for interaction in table.interactions:
        form = interaction.affine_message()[-1]
        if interaction.bus in (RANGE16, BIT_RANGE) and len(form.columns) == 1:
            least[next(iter(form.columns))] = (P - form.constant + P // 2) % P - P // 2
    identity = next(c.identity for c in table.constraints if c.name == f"{name}_adds_up_to_zero")
    assert identity is not None
    found: list[Carry] = []
    for carry in identity.carries:
        (factor, first), *others = sorted((factor, column) for column, factor in affine(carry).columns.items())
        assert factor == 1
        found.append((least.get(first, 0), first, *((others[0][1], others[0][0]) if others else (-1, 0))))
    return found


@cache
def _count(table: Table, name: str) -> int:
    places, count = _places(table), 0
    while f"{name}_{count}" in places:
        count += 1
    return count


class ForgedRow:
    """At first an honest row (width,) of `table`, canonical. `in_limbs` are the numbers of limbs of 16 bits; others
    have bytes or balanced digits."""

    def __init__(self, table: Table, values: np.ndarray, bits: int, modulus: int, in_limbs: Collection[str]) -> None:
        self.table, self.bits, self.m, self.in_limbs = table, bits, modulus, in_limbs
        self.at = _places(table)
        self.values = [value if value <= P // 2 else value - P for value in values.tolist()]

    def __getitem__(self, name: str) -> int:
        return self.values[self.at[name]]

    def set(self, changes: Mapping[str, int]) -> Self:
        for name, value in changes.items():
            self.values[self.at[name]] = value
        return self

    def digits(self, name: str) -> list[int]:
        """The columns name_0, name_1, .."""
        return [self[f"{name}_{k}"] for k in range(_count(self.table, name))]

    def number(self, name: str) -> int:
        return value_of(self.digits(name), 16 if name in self.in_limbs else 8)

    def set_number(self, name: str, value: int) -> Self:
        """Unsigned, in bytes or limbs as its columns are."""
        width, count = 16 if name in self.in_limbs else 8, len(self.digits(name))
        return self.set({f"{name}_{k}": value >> width * k & 2**width - 1 for k in range(count)})

    def set_balanced(self, name: str, value: int) -> Self:
        """Balanced digits: of the value less the modulus where it has none itself; what does not fit then is lost."""
        count = len(self.digits(name))
        half = 128 * (256**count - 1) // 255
        shifted = value + half if value + half < 256**count else value + half - self.m
        return self.set({f"{name}_{k}": (shifted >> 8 * k & 255) - 128 for k in range(count)})

    def carry(self, name: str, terms: Terms, group: int) -> Self:
        """The carries of an identity anew, as if every group were divisible."""
        total, value = sum_of(terms), 0
        for i, (least, first, other, factor) in enumerate(_carries(self.table, name)):
            value += sum(total.get(group * i + k, 0) << 8 * k for k in range(group))
            value >>= 8 * group
            above = (value - least) // factor if factor else 0
            self.values[first] = value - factor * above
            if factor:
                self.values[other] = above
        return self

    def reduce(self, name: str) -> Self:
        """The comparison of a number with the modulus anew: by the highest limb that differs."""
        differences = self._to_modulus(name)
        return self.decide(name, max((i for i, d in enumerate(differences) if d), default=0))

    def decide(self, name: str, limb: int) -> Self:
        """The comparison, by a limb of the prover's choice."""
        differences = self._to_modulus(name)
        marks = {f"{name}_is_reduced_decided_by_limb_{i}": int(i == limb) for i in range(len(differences))}
        return self.set({**marks, f"{name}_is_reduced_distance": differences[limb] - 1})

    def _to_modulus(self, name: str) -> list[int]:
        number = self.number(name)
        return [(self.m >> 16 * i & 0xFFFF) - (number >> 16 * i & 0xFFFF) for i in range(self.bits // 16)]

    @property
    def modulus_digits(self) -> list[int]:
        return list(self.m.to_bytes(self.bits // 8, "little"))

    def objections(self) -> set[str]:
        """Constraints that do not hold, and "lookup"."""
        return objections([self])[0]


def decided_below(modulus: int, bits: int, limb: int) -> tuple[int, int]:
    """A number that differs from the modulus in `limb`, is larger there if it can be, and agrees above; and a lower
    limb in which it is less and by which a prover may pretend to decide."""
    limbs = [modulus >> 16 * i & 0xFFFF for i in range(bits // 16)]
    lower = max(i for i in range(limb) if limbs[i])
    limbs[limb] += 1 if limbs[limb] < 0xFFFF else -1
    limbs[lower] -= 1
    return value_of(limbs, 16), lower


def objections(rows: Sequence[ForgedRow]) -> list[set[str]]:
    """Of rows of one table."""
    table = rows[0].table
    columns = np.array([row.values for row in rows], np.int64).T % P
    violated = constraint_values(table, columns) != 0
    found = [{table.constraints[number].name for number in np.flatnonzero(of_row)} for of_row in violated.T]
    for place in np.flatnonzero(~lookups_hold(table, columns)):
        found[place].add("lookup")
    return found


def signed_inverse(value: int) -> int:
    """As the rows have it: between -p / 2 and p / 2; 0 of 0."""
    found = inverse(value % P) if value % P else 0
    return found if found <= P // 2 else found - P


def value_of(digits: Sequence[int], width: int) -> int:
    return sum(digit << width * k for k, digit in enumerate(digits))


def spread(limbs: Sequence[int]) -> list[int]:
    """Limbs of 16 bits as digits of 8."""
    return [digit for limb in limbs for digit in (limb, 0)]


def sum_of(terms: Terms) -> Sum:
    total: Sum = {}
    for factor, a, *others in terms:
        product = np.convolve(np.array(a, object), np.array(others[0] if others else [1], object))
        for k, coefficient in enumerate(product.tolist()):
            total[k] = total.get(k, 0) + factor * coefficient
    return total
