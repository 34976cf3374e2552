"""Which of two big integers is less, and that they are not the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from core_vm.air.expression import Expression, as_expression, constant
from core_vm.tables.gadgets.accesses import AccessTable
from core_vm.tables.gadgets.inverses import inverses
from precompiles.shared.digits import BYTE, Digits, Values, difference, modulo_p, remembered

_GROUP = 3
"""Bytes whose difference, below 2^24 in absolute value, is a residue modulo p that is zero only if it is."""


def constrain_below(
    t: AccessTable,
    name: str,
    small: Sequence[Expression],
    large: Sequence[Expression],
    differences: Values,
    when: Expression | None = None,
) -> None:
    """small < large on rows in use, both given as limbs that are below 2^16; `differences` are large - small, limb by
    limb. With a bit `when`, only where it is set, which has to be on rows in use alone; elsewhere `differences` are
    zeros.

    One limb is marked. Those above it agree, and in it large - small - 1 is below 2^16: the difference of two limbs is
    above -2^16 and below 2^16 < p / 2, so where that holds modulo p it is positive. Of equal numbers no limb can be
    marked.
    """
    when, differences = t.real if when is None else when, remembered(differences)
    limbs = [high - low for low, high in zip(small, large, strict=True)]

    def is_decided(rows: Any) -> np.ndarray:
        return (differences(rows) != 0).any(axis=1)

    def marked(rows: Any) -> np.ndarray:
        return differences(rows).shape[1] - 1 - np.argmax(differences(rows)[:, ::-1] != 0, axis=1)

    def marks_of(rows: Any) -> np.ndarray:
        return (marked(rows)[:, None] == np.arange(len(limbs))) & is_decided(rows)[:, None]

    def distance_of(rows: Any) -> np.ndarray:
        deciding = np.take_along_axis(differences(rows), marked(rows)[:, None], axis=1)[:, 0]
        return modulo_p(deciding - is_decided(rows))

    marks = t.bits(f"{name}_decided_by_limb", len(limbs), marks_of)
    distance = t.column(f"{name}_distance", distance_of)
    t.constrain(f"{name}_one_limb_decides", sum(marks, as_expression(0)) - when)
    below: Expression = constant(0)
    total: Expression = constant(0)
    for i, (mark, limb) in enumerate(zip(marks, limbs, strict=True)):
        if i:
            t.constrain(f"{name}_limbs_{i}_agree_above_the_deciding_one", below * limb)
        below = below + mark
        total = total + mark * limb
    t.constrain(f"{name}_the_deciding_limb_is_less", total - when - distance)
    t.range16(distance, when)


def constrain_different(t: AccessTable, name: str, a: Digits, b: Digits, when: Expression | None = None) -> None:
    """a != b on rows in use, or on those of them where `when` is 1; both bytes, as many.

    Groups of three bytes differ by integers below 2^24 < p in absolute value. Some weights of these add up to 1 modulo
    p only if one of them is not zero; any weights that do will serve.
    """
    digits = difference(a, b)
    constrain_some_group(t, name, weighted_groups(digits), digits.values, t.real if when is None else when)


def weighted_groups(digits: Digits) -> list[Expression]:
    """Of three bytes, or differences of bytes: integers below 2^24 in absolute value. They are all zero only where the
    number is."""
    assert all(-BYTE[1] <= low and high <= BYTE[1] for low, high in digits.bounds)
    return [_weighted(digits.number[at : at + _GROUP]) for at in range(0, len(digits), _GROUP)]


def constrain_some_group(
    t: AccessTable, name: str, groups: Sequence[Expression], differences: Values, when: Expression
) -> None:
    """Some group is not zero where `when` is 1; `differences` are the digits of which they are made."""

    def weights_of(rows: Any) -> np.ndarray:
        values = differences(rows)
        padded = np.pad(values, ((0, 0), (0, -values.shape[1] % _GROUP))).reshape(len(values), -1, _GROUP)
        of_groups = padded @ 256 ** np.arange(_GROUP)
        first = np.argmax(of_groups != 0, axis=1)[:, None]
        inverse = inverses(modulo_p(np.take_along_axis(of_groups, first, axis=1)[:, 0])).astype(np.int64)
        return (first == np.arange(len(groups))) * inverse[:, None]

    weights = t.columns(f"{name}_weight", len(groups), weights_of)
    t.constrain(name, sum((w * g for w, g in zip(weights, groups, strict=True)), constant(0)) - when)


def _weighted(digits: Sequence[Expression]) -> Expression:
    return sum((digit * 256**k for k, digit in enumerate(digits)), constant(0))
