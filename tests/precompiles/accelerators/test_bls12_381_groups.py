"""Sums and multiples of points of BLS12-381: published vectors, py_ecc, and the edges."""

from __future__ import annotations

import random
from dataclasses import dataclass
from itertools import product

import pytest

from tests.precompiles.accelerators.bls12_381_points import (
    G1,
    G2,
    Z1,
    Z2,
    P,
    Point,
    R,
    add,
    encoded,
    is_on_curve,
    msm,
    multiply,
    neg,
    number,
    outside_g1,
    outside_g2,
    scalar,
    small_g1,
    small_g2,
)
from tests.precompiles.accelerators.eip2537 import cases
from tests.precompiles.accelerators.functions import Call, Function, outcomes


@dataclass(frozen=True)
class Group:
    """A group, its functions, a point of its curve outside it, and the layout of a point in EIP-2537."""

    name: str
    add: Function
    msm: Function
    generator: Point
    infinity: Point
    outside: Point
    small: tuple[Point, ...]
    layout: str

    @property
    def all_outside(self) -> list[Point]:
        """Of the curve but not of the group: of small orders as well, whose multiples come to infinity on the way."""
        return [self.outside, *self.small, add(self.generator, self.small[0])]

    def multiple(self, k: int) -> Point:
        return multiply(self.generator, k % R)


GROUPS = (
    Group("G1", Function.G1_ADD, Function.G1_MSM, G1, Z1, outside_g1(), small_g1(), "ff"),
    Group("G2", Function.G2_ADD, Function.G2_MSM, G2, Z2, outside_g2(), small_g2(), "ffff"),
)
each_group = pytest.mark.parametrize("group", GROUPS, ids=lambda group: group.name)


def terms(*pairs: tuple[Point, int]) -> bytes:
    return b"".join(encoded(p) + scalar(k) for p, k in pairs)


@each_group
@pytest.mark.parametrize("kind", ["add", "mul", "fail-add", "fail-mul", "fail-msm"])
def test_published_vectors(group: Group, kind: str) -> None:
    is_sum = kind.endswith("add")
    layout = 2 * group.layout if is_sum else group.layout + "s"
    found = cases(f"{kind}_{group.name}", group.add if is_sum else group.msm, layout)
    assert outcomes([call for call, _ in found]) == [expected for _, expected in found]


@each_group
def test_sums_of_equal_opposite_and_infinite_points(group: Group) -> None:
    """And of points outside the group, for which EIP-2537 defines sums as well."""
    p, q = group.multiple(123456789**20), group.outside
    chosen = [group.infinity, p, neg(p), multiply(p, 2), multiply(neg(p), 2), q, neg(q), *group.small]
    pairs = list(product(chosen, repeat=2))
    calls = [Call(group.add, encoded(a) + encoded(b)) for a, b in pairs]
    assert outcomes(calls) == [encoded(add(a, b)) for a, b in pairs]


@each_group
def test_sums_of_multiples(group: Group) -> None:
    """Scalars at and above the order, with digits of zeros and of ones to the base that they are split to; more points
    than share their doublings."""
    generator, x = random.Random(1), 0xD201000000010000
    edges = [0, 1, 2, 3, R - 1, R, R + 1, 2 * R, 2**255, 2**256 - 1, x, x - 1, x**2, x**2 - 1, x**3, x**3 - 1, x**4 - 1]
    p, q = group.multiple(generator.randrange(R)), group.multiple(generator.randrange(R))
    chosen = [[(p, k)] for k in edges]
    chosen += [[(p, 5), (p, R - 5)], [(p, 7), (neg(p), 6)], [(group.infinity, 9)], [(group.infinity, 3), (q, x + 1)]]
    for count in (2, 5):
        chosen.append([(group.multiple(generator.randrange(R)), generator.randrange(2**256)) for _ in range(count)])
    calls = [Call(group.msm, terms(*pairs)) for pairs in chosen]
    assert outcomes(calls) == [encoded(msm(*zip(*pairs, strict=True))) for pairs in chosen]


@each_group
def test_what_fails(group: Group) -> None:
    good, size = encoded(group.generator), len(group.layout) * 48
    not_reduced = [good[:k] + number(P + value) + good[k + 48 :] for k in range(0, size, 48) for value in (0, 1)]
    not_reduced += [good[:k] + b"\xff" * 48 + good[k + 48 :] for k in range(0, size, 48)]
    shifted = [  # equal to infinity, or to a point, modulo p
        number(P) + bytes(size - 48),
        bytes(size - 48) + number(P),
        *(good[:k] + number(at(good, k) + P) + good[k + 48 :] for k in range(0, size, 48)),
    ]
    off_curve = [good[:-1] + bytes([good[-1] ^ 1]), bytes(size - 1) + b"\1", good[size // 2 :] + good[: size // 2]]
    bad = not_reduced + shifted + off_curve
    assert all(is_on_curve(p) for p in group.all_outside)
    calls = [Call(group.add, p + good) for p in bad] + [Call(group.add, good + p) for p in bad]
    calls += [Call(group.msm, p + scalar(1)) for p in bad]
    calls += [Call(group.msm, good + scalar(1) + p + scalar(0)) for p in bad]
    calls += [Call(group.msm, terms((p, k))) for p in group.all_outside for k in (0, 1, R)]
    calls += [Call(group.msm, 4 * (good + scalar(3)) + terms((group.outside, 2)))]
    calls += [Call(group.msm, b"")]
    assert outcomes(calls) == [None] * len(calls)


def at(data: bytes, place: int) -> int:
    return int.from_bytes(data[place : place + 48])


@each_group
def test_results_may_lie_in_operands(group: Group) -> None:
    p, q = group.multiple(5), group.multiple(8)
    summands, multiples = encoded(p) + encoded(q), terms((p, 3), (q, 4))
    places = (0, 48, len(summands) // 2)
    calls = [Call(group.add, summands, place=place) for place in places]
    calls += [Call(group.msm, multiples, place=place) for place in places]
    calls.append(Call(group.msm, terms((p, 3), (group.outside, 4)), place=0))
    expected = [encoded(group.multiple(13))] * 3 + [encoded(group.multiple(47))] * 3
    assert outcomes(calls) == [*expected, None]
