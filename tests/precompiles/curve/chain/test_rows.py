"""What kernels fill rows with, against the reference: points of steps, and where a chain ends that has too few."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from precompiles.curve.chain.operands import STEPS
from precompiles.curve.chain.reference import NO_POINT, step
from precompiles.curve.chain.rows import Calls, StepRows
from precompiles.curve.curves import BLS12_381, BN254, Curve, curves_of
from tests.precompiles.curve.chain.calls import SIZES, Chain, events, exceptional_chain, point_before, random_chain

each_size = pytest.mark.parametrize("bits", SIZES)


def source_of(chains: Sequence[Chain]) -> SimpleNamespace:
    return SimpleNamespace(events=SimpleNamespace(precompiles=events(chains)))


def coordinates(dwords: np.ndarray) -> list[int]:
    return [int.from_bytes(number.tobytes(), "little") for number in dwords]


@each_size
def test_steps_have_the_points_of_the_reference(bits: int) -> None:
    """Points that are on no curve, y not reduced, and chains without their last steps among them."""
    curve, generator = curves_of(bits)[-1], random.Random(bits)
    chains = [random_chain(generator, curve, k % 2 == 0) for k in range(8)]
    chains.append(exceptional_chain(generator, curve, 6, is_opposite=True))
    source = source_of(chains)
    count = int(Calls(source, bits).steps.sum())
    rows = StepRows(source, bits, 0, count)
    for row in {*np.flatnonzero(rows.step == 0).tolist(), *range(1, count, 31), count - 1}:
        chain = chains[rows.call[row]]
        before, added = point_before(chain, rows.step[row]), chain.points[rows.index[row]]
        after = step(curve, before, added, int(rows.sign[row]))
        assert after
        x, y, middle, x3, y3 = coordinates(rows.numbers[row])
        assert (x, y, x3, y3) == (*before, *after)
        slope = (int(rows.sign[row]) * added[1] - y) * pow(added[0] - x, -1, curve.modulus)
        assert middle == (slope**2 - x - added[0]) % curve.modulus


@each_size
def test_rows_are_the_same_by_whatever_parts(bits: int) -> None:
    generator = random.Random(bits)
    chains = [random_chain(generator, curve) for curve in curves_of(bits) for _ in range(2)]
    count = STEPS * len(chains)
    whole = StepRows(source_of(chains), bits, 0, count)
    for start, stop in ((0, 1), (1, 64), (63, 65), (70, 127), (100, count)):
        part = StepRows(source_of(chains), bits, start, stop)
        for name in ("numbers", "added"):
            assert np.array_equal(getattr(part, name), getattr(whole, name)[start:stop])
        for name in ("slopes", "quotients"):
            assert np.array_equal(getattr(part, name), getattr(whole, name)[:, start:stop])


@pytest.mark.parametrize("curve", [BN254, BLS12_381], ids=lambda curve: curve.name)
@pytest.mark.parametrize("is_opposite", [False, True])
def test_where_a_chain_ends_that_has_too_few_steps(curve: Curve, is_opposite: bool) -> None:
    """At the point before the step that has no result; before the first one as the call gave it, y not reduced."""
    places = (0, 0, 1, 40, 63)
    chains = [exceptional_chain(random.Random(place), curve, place, is_opposite) for place in places]
    chains[0] = replace(chains[0], p=(chains[0].p[0], chains[0].p[1] + curve.modulus))
    calls = Calls(source_of(chains), curve.bits)
    assert [chain.result for chain in chains] == [NO_POINT] * 5
    assert calls.steps.tolist() == list(places)
    expected = [point_before(chain, place) for chain, place in zip(chains, places, strict=True)]
    assert [tuple(coordinates(end.reshape(2, -1))) for end in calls.ends] == expected
    assert expected[0][1] >= curve.modulus
