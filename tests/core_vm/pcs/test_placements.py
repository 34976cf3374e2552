"""Static layouts: runs that lie anywhere, their weight, and openings of it."""

from __future__ import annotations

import random

import numpy as np
import pytest

from core_vm.errors import OpeningRejection, UsageError
from core_vm.field.extension import K, eq_table, from_planes, inner, to_planes
from core_vm.field.koalabear import P, from_montgomery
from core_vm.pcs.layout import Layout
from core_vm.pcs.placements import PlacedWeight, Placement
from core_vm.pcs.whir.commitment import commit
from core_vm.pcs.whir.config import WhirShape
from core_vm.pcs.whir.prover import open_vector
from core_vm.pcs.whir.verifier import verify_opening
from core_vm.pcs.whir.weights import RunWeight, expand_runs
from core_vm.transcript.channel import ProverChannel, VerifierChannel
from core_vm.transcript.numbers import NUMBERS
from tests.elements import random_point

LAYOUTS = {
    "one tile of one column": ([1], [1]),
    "odd widths": ([5, 3, 7, 40], [3, 1, 2, 2]),
    "empty tables between": ([6, 9, 1, 4], [0, 2, 0, 4]),
    "nothing at all": ([3, 64], [0, 0]),
}


def scattered(layout: Layout, seed: int = 1) -> Placement:
    """The runs anywhere in a vector with room for more."""
    num_runs = 1 << max(layout.runs.bit_length() + 1, 2)
    places = np.random.default_rng(seed).permutation(num_runs)[: layout.runs]
    return Placement(layout, places, num_runs)


def weight_of(placement: Placement, rng: random.Random) -> PlacedWeight:
    layout = placement.layout
    z_row = random_point(rng, 6 + max(max(layout.tiles) - 1, 0).bit_length())
    columns = to_planes(random_point(rng, layout.num_columns)).reshape(5, -1)
    return PlacedWeight(placement, z_row, columns)


def naive_weights(weight: PlacedWeight) -> list[K]:
    """Cell by cell, from the definition of the layout's index."""
    layout, columns, eq = weight.placement.layout, from_planes(weight.columns), eq_table(weight.z_row)
    weights = [K.zero] * (64 * weight.placement.num_runs)
    for block in layout.blocks:
        for column in range(1 << block.log_width):
            for row in range(64 * block.tiles):
                cell = block.start + ((row >> 6) << (block.log_width + 6)) + (column << 6) + (row & 63)
                place = 64 * int(weight.placement.places[cell >> 6]) + (cell & 63)
                weights[place] = columns[block.first_column + column] * eq[row]
    return weights


@pytest.mark.parametrize(("widths", "tiles"), LAYOUTS.values(), ids=LAYOUTS.keys())
def test_both_sides_know_the_same_weight(widths: list[int], tiles: list[int]) -> None:
    rng = random.Random(sum(widths))
    weight = weight_of(scattered(Layout(widths, tiles)), rng)
    expected = naive_weights(weight)
    point = random_point(rng, (len(expected) - 1).bit_length())
    assert weight.at(NUMBERS, point) == inner(expected, eq_table(point))
    of_runs = RunWeight.placed(weight, weight.placement.num_runs)
    assert from_planes(expand_runs(of_runs.runs, of_runs.lanes)) == expected


def test_runs_go_around_what_is_reserved() -> None:
    layout = Layout([3], [2])
    placement = Placement.around(layout, 9, reserved={0, 4})
    assert placement.places.tolist() == [1, 2, 3, 5, 6, 7]
    cells = np.arange(layout.used).astype(np.uint32)
    placed = placement.placed(cells).reshape(9, 64)
    assert (placed[[1, 2, 3, 5, 6, 7]].reshape(-1) == cells).all()
    assert not placed[[0, 4, 8]].any()
    with pytest.raises(UsageError, match="do not fit"):
        Placement.around(layout, 9, reserved={0, 1, 2, 3})
    for outside in ({9}, {-1}):
        with pytest.raises(UsageError, match="outside"):
            Placement.around(layout, 9, reserved=outside)


@pytest.mark.parametrize("places", [[0, 1], [0, 1, 1], [0, 1, 8], [-1, 0, 1]])
def test_a_placement_is_an_injection_into_the_vector(places: list[int]) -> None:
    with pytest.raises(UsageError):
        Placement(Layout([3], [1]), np.array(places), 8)


def test_a_placed_vector_is_opened() -> None:
    layout = Layout([5, 3, 7, 40], [3, 1, 2, 2])
    shape = WhirShape.for_segments(8, (64,))
    placement = Placement.around(layout, shape.num_runs, reserved=range(0, shape.num_runs, 4))
    cells = np.random.default_rng(2).integers(0, P, layout.used).astype(np.uint32)
    weight = weight_of(placement, random.Random(2))
    vector = placement.placed(cells)
    values = [K(x) for x in from_montgomery(vector).tolist()]
    claim = inner(naive_weights(weight), values)
    prover = ProverChannel()
    commitment = commit(vector, shape)
    open_vector(prover, [commitment], RunWeight.placed(weight, shape.num_runs), claim, shape)
    channel = VerifierChannel(prover.words)
    verify_opening(channel, [commitment.root], weight, claim, shape)
    channel.finish()
    moved = PlacedWeight(Placement.around(layout, shape.num_runs), weight.z_row, weight.columns)
    with pytest.raises(OpeningRejection):
        verify_opening(VerifierChannel(prover.words), [commitment.root], moved, claim, shape)
