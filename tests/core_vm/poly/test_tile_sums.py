"""The automata against the sums that they read off the bits of a tile count."""

from __future__ import annotations

import random

import pytest

from core_vm.field.extension import K, eq_table
from core_vm.poly.tile_sums import State, bit_products, rows_below, shifted_step, shifted_sum, step_factors
from tests.elements import random_point


@pytest.mark.parametrize("bits", [0, 1, 3, 4])
def test_rows_below_adds_up_the_weights_of_the_first_tiles(bits: int) -> None:
    point = random_point(random.Random(bits), bits)
    weights = eq_table(point)
    for tiles in range(1 << bits):
        assert rows_below(tiles, point) == sum(weights[:tiles], K.zero)


@pytest.mark.parametrize("bits", [1, 3, 4])
def test_a_shifted_sum_pairs_tiles_with_places(bits: int) -> None:
    rng = random.Random(bits)
    z, y = random_point(rng, bits), random_point(rng, bits)
    factors = [step_factors(*pair) for pair in zip(z, y, strict=True)]
    tile_weights, place_weights = eq_table(z), eq_table(y)
    for start in range(1 << bits):
        for tiles in range((1 << bits) - start):
            expected = sum((tile_weights[j] * place_weights[start + j] for j in range(tiles)), K.zero)
            assert shifted_sum(start, tiles, factors) == expected
            for low in range(tiles.bit_length(), bits):
                flat = [*z[:low], *[K.zero] * (bits - low)]
                weights = eq_table(flat)
                some = sum((weights[j] * place_weights[start + j] for j in range(tiles)), K.zero)
                assert shifted_sum(start, tiles, factors[:low], y[low:]) == some
            state: State = ((K.one, K.zero), (K.zero, K.zero))
            for k, pair in enumerate(zip(z, y, strict=True)):
                state = shifted_step(state, bit_products(*pair), start >> k & 1, tiles >> k & 1)
            assert state[0][1] == expected
