"""Identities between big integers in a row: sum of +-A B + sum of +-L = 0 over the integers, by carries.

The coefficients of the sum at 256^k, two at a time or one at a time, are groups T_i; each is tied to the next by a
carry, T_i + carry_(i-1) = 2^16 carry_i (2^8 with one at a time), and the last group has none out. Modulo p these
equations mean what they say over the integers only if no side can wrap around. So bounds are code: from those of the
digits follow those of every T_i, from these the carries that an honest prover can need, the narrowest lookup that
holds them, and then, with what that lookup lets a dishonest one choose, that |T_i + carry_(i-1) - 2^16 carry_i| < p.
A definition that does not fit is refused. By induction the sum of the groups, T_i 2^(16 i), is zero over the
integers.

A carry of more bits than a lookup has is two columns: a byte above as many bits as are left, which no number is in two
ways.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product as cartesian
from math import prod
from typing import Any

import numpy as np

from core_vm.air.expression import Expression
from core_vm.air.identity import BASE, Identity, Term
from core_vm.errors import TableDefinitionError
from core_vm.field.koalabear import P
from core_vm.tables.gadgets.accesses import AccessTable
from precompiles.shared.digits import Bounds, Digits, remembered

_LOOKUP_BITS, _BYTE_BITS = 16, 8
MAX_CARRY_BITS = 23
"""A byte above fifteen bits."""


@dataclass(frozen=True, slots=True)
class Product:
    """factor A, or factor A B. Coefficients are far below 2^63."""

    factor: int
    digits: tuple[Digits, ...]

    @property
    def terms(self) -> list[Term]:
        """One for each choice of parts: the selectors are numbers of one digit."""
        found: list[Term] = []
        for parts in cartesian(*(digits.parts for digits in self.digits)):
            selectors = tuple((part.selector,) for part in parts if part.selector is not None)
            found.append(Term(self.factor, (*selectors, *(part.number for part in parts))))
        return found

    @property
    def size(self) -> int:
        """How many coefficients it has."""
        return sum(map(len, self.digits)) - len(self.digits) + 1

    @property
    def bounds(self) -> list[Bounds]:
        """Of the coefficients."""
        first, *others = (np.array(digits.bounds, np.int64) for digits in self.digits)
        second = others[0] if others else np.ones((1, 2), np.int64)
        corners = self.factor * np.stack([np.outer(first[:, i], second[:, j]) for i in (0, 1) for j in (0, 1)])
        least, greatest = corners.min(axis=0), corners.max(axis=0)
        found = np.zeros((len(first) + len(second) - 1, 2), np.int64)
        for i in range(len(first)):
            found[i : i + len(second), 0] += least[i]
            found[i : i + len(second), 1] += greatest[i]
        return [(low, high) for low, high in found.tolist()]


@dataclass(frozen=True, slots=True)
class CarryRange:
    """`low` <= carry < low + 2^bits is what its lookup allows; `reach` is the greatest |T + c - 2^w c'| of its
    group."""

    low: int
    bits: int
    reach: int

    @property
    def high(self) -> int:
        return self.low + 2**self.bits - 1

    @property
    def is_wide(self) -> bool:
        return self.bits > _LOOKUP_BITS

    @property
    def low_bits(self) -> int:
        """Of its first column."""
        return self.bits - _BYTE_BITS if self.is_wide else self.bits


def carry_ranges(products: Sequence[Product], group: int, name: str) -> tuple[list[CarryRange], int]:
    """For each carry its range, and the greatest absolute value of the last group, carry included.

    Raises TableDefinitionError if an equation could wrap around modulo p.
    """
    sums = group_bounds(products, group)
    ranges: list[CarryRange] = []
    before: Bounds = (0, 0)
    for i, (low, high) in enumerate(sums):
        least, greatest = low + before[0], high + before[1]
        found = _range_of(least, greatest, BASE**group)
        last = i == len(sums) - 1
        reach = max(-least, greatest) if last else found.reach
        if reach >= P or (found.bits > MAX_CARRY_BITS and not last):
            raise TableDefinitionError(f"identity {name}, group {i}: {found} can wrap around modulo p")
        if last:
            return ranges, reach
        ranges.append(found)
        before = found.low, found.high
    raise TableDefinitionError(f"identity {name} has no terms")


def value_bounds(product: Product) -> Bounds:
    """Of the product as an integer, whatever its digits."""
    ends = [
        tuple(sum(digit[end] << 8 * k for k, digit in enumerate(d.bounds)) for end in (0, 1)) for d in product.digits
    ]
    corners = [product.factor * prod(corner) for corner in cartesian(*ends)]
    return min(corners), max(corners)


def group_bounds(products: Sequence[Product], group: int) -> list[Bounds]:
    """Of each T_i."""
    of_products = [p.bounds for p in products]
    sums = [(0, 0)] * -(-max(map(len, of_products)) // group)
    for bounds in of_products:
        for k, (low, high) in enumerate(bounds):
            weight = BASE ** (k % group)
            sums[k // group] = sums[k // group][0] + weight * low, sums[k // group][1] + weight * high
    return sums


def _range_of(least: int, greatest: int, base: int) -> CarryRange:
    """For the carry out of a sum between `least` and `greatest`; carries of less than a byte share a lookup for
    bytes."""
    low, high = -(-least // base), greatest // base
    bits = max((high - low).bit_length(), 8)
    low -= (2**bits - 1 - (high - low)) // 2  # what the lookup allows beyond is spread to both sides
    return CarryRange(low, bits, max(greatest - base * low, base * (low + 2**bits - 1) - least))


def constrain_identity(t: AccessTable, name: str, products: Sequence[Product], group: int = 2) -> None:
    """The sum of the products is zero, over the integers, on every row of `t`."""
    ranges, _ = carry_ranges(products, group, name)
    values = remembered(lambda rows: carries_of(rows, products, group, len(ranges)))
    carries: list[Expression] = list(t.columns(f"{name}_carry", len(ranges), lambda rows: _lows(values(rows), ranges)))
    for carry, allowed in zip(carries, ranges, strict=True):
        _look_up(t, carry - allowed.low, allowed.low_bits)
    wide = [i for i, allowed in enumerate(ranges) if allowed.is_wide]
    if wide:
        highs = t.columns(f"{name}_carry_high", len(wide), lambda rows: _highs(values(rows), ranges)[:, wide])
        for i, high in zip(wide, highs, strict=True):
            t.is_byte(high)
            carries[i] = carries[i] + high * 2 ** ranges[i].low_bits
    names = [f"{name}_group_{i}_is_carried_on" for i in range(len(ranges))]
    terms = tuple(term for p in products for term in p.terms)
    t.identify([*names, f"{name}_adds_up_to_zero"], Identity(terms, tuple(carries), group))


def _highs(carries: np.ndarray, ranges: Sequence[CarryRange]) -> np.ndarray:
    """What stands above the low bits of carries over the least ones, int32 (n, carries); 0 of those that are narrow."""
    return carries - _array(ranges, "low") >> _array(ranges, "low_bits")


def _lows(carries: np.ndarray, ranges: Sequence[CarryRange]) -> np.ndarray:
    """The rest, int32 (n, carries)."""
    return carries - (_highs(carries, ranges) << _array(ranges, "low_bits"))


def _array(ranges: Sequence[CarryRange], name: str) -> np.ndarray:
    return np.array([getattr(one, name) for one in ranges], np.int32)


def _look_up(t: AccessTable, value: Expression, bits: int) -> None:
    if bits == 8:
        t.is_byte(value)
    elif bits == 16:
        t.range16(value, t.real)
    else:
        t.bit_range(bits, value, t.real)


def carries_of(rows: Any, products: Sequence[Product], group: int, count: int) -> np.ndarray:
    """The carries of honest rows, int32 (n, count): each group's quotient, rounded down.

    Coefficients fit 32 bits: what can be in a group is below p, and any digits, so coefficients, can be 0 in it."""
    from precompiles.shared.identity_kernels import add_number, add_product, carry

    total = np.zeros((len(rows), max(p.size for p in products)), np.int32)
    for p in products:
        first, *others = (np.ascontiguousarray(digits.values(rows), np.int32) for digits in p.digits)
        if others:
            add_product(p.factor, first, others[0], total)
        else:
            add_number(p.factor, first, total)
    carries = np.empty((len(total), count), np.int32)
    carry(total, group, carries)
    return carries
