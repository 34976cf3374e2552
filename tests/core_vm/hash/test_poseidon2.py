"""Poseidon2: known answers, and every fast path against the plain one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core_vm.field.koalabear import P, from_montgomery, to_montgomery
from core_vm.hash import poseidon2_kernels as kernels
from core_vm.hash.poseidon2 import (
    DIAGONAL,
    compress,
    compress_batch,
    hash_leaf,
    hash_leaves_batch,
    permute,
    permute_batch,
)

# Plonky3, koala-bear/src/poseidon2.rs, test_default_koalabear_poseidon2_width_16.
KNOWN_INPUT = [
    *(894848333, 1437655012, 1200606629, 1690012884, 71131202, 1749206695, 1717947831, 120589055),
    *(19776022, 42382981, 1831865506, 724844064, 171220207, 1299207443, 227047920, 1783754913),
]
KNOWN_OUTPUT = [
    *(1934285469, 604889435, 133449501, 1026180808, 1830659359, 176667110, 1391183747, 351743874),
    *(1238264085, 1292768839, 2023573270, 1201586780, 1360691759, 1230682461, 748270449, 651545025),
]
OUTPUT_OF_IOTA = [
    *(1259554834, 663463928, 1989430097, 476523442, 836740795, 1803459961, 1229318262, 2023956904),
    *(2054405130, 1556655036, 1455339712, 1471465890, 423337459, 353979748, 1203410294, 1592576868),
]
KNOWN_DIAGONAL = [
    *(2130706431, 1, 2, 1065353217, 3, 4, 1065353216, 2130706430, 2130706429, 2122383361, 1864368129),
    *(2130706306, 8323072, 266338304, 133169152, 127),
]
EDGES = [[0] * 16, [P - 1] * 16, [1] * 16, [P - 1, 0] * 8, [0] * 15 + [P - 1], [(P + 1) // 2] * 16]


def _states(count: int, seed: int = 0) -> np.ndarray:
    states = np.random.default_rng(seed).integers(0, P, (count, 16)).astype(np.uint32)
    states[: len(EDGES)] = EDGES[:count]
    return states


def test_known_answers() -> None:
    assert permute(KNOWN_INPUT) == KNOWN_OUTPUT
    assert permute(list(range(16))) == OUTPUT_OF_IOTA
    assert DIAGONAL == KNOWN_DIAGONAL


def test_known_answers_of_the_fast_paths() -> None:
    inputs, outputs = [KNOWN_INPUT, list(range(16))], [KNOWN_OUTPUT, OUTPUT_OF_IOTA]
    assert permute_batch(inputs).tolist() == outputs
    assert from_montgomery(kernels.permute_states(to_montgomery(inputs))).tolist() == outputs
    assert [kernels.permute_canonical(state) for state in inputs] == outputs
    words = to_montgomery(KNOWN_INPUT)
    kernels.permute_one(words)
    assert from_montgomery(words).tolist() == KNOWN_OUTPUT


@settings(max_examples=30, deadline=None)
@given(st.lists(st.one_of(st.integers(0, P - 1), st.sampled_from([0, 1, P - 1])), min_size=16, max_size=16))
def test_all_paths_agree(state: list[int]) -> None:
    expected = permute(state)
    assert permute_batch([state]).tolist() == [expected]
    assert kernels.permute_canonical(state) == expected


@pytest.mark.parametrize("count", [1, 7, 8, 15, 16, 17, 33, 100])
def test_batches_of_any_length_agree(count: int) -> None:
    states = _states(count)
    encoded = to_montgomery(states)
    assert permute_batch(states).tolist() == [permute(state) for state in states.tolist()]
    assert (from_montgomery(kernels.permute_states(encoded)) == permute_batch(states)).all()
    assert (encoded == to_montgomery(states)).all(), "permute_states must not change its argument"
    compressed = compress_batch(states[:, :8], states[:, 8:])
    assert compressed.tolist() == [compress(state[:8], state[8:]) for state in states.tolist()]
    assert (from_montgomery(kernels.compress_many(encoded)) == compressed).all()


def test_nothing_to_permute() -> None:
    empty = np.zeros((0, 16), np.uint32)
    assert permute_batch(empty).shape == kernels.permute_states(empty).shape == (0, 16)
    assert kernels.compress_many(empty).shape == (0, 8)


def test_compression_feeds_forward() -> None:
    left, right = KNOWN_INPUT[:8], KNOWN_INPUT[8:]
    assert compress(left, right) == [(x + y) % P for x, y in zip(KNOWN_OUTPUT[:8], left, strict=True)]


@pytest.mark.parametrize("width", [1, 7, 8, 9, 16, 21, 64, 80])
def test_leaf_hashes_agree(width: int) -> None:
    rows = np.random.default_rng(width).integers(0, P, (40, width)).astype(np.uint32)
    padded = np.zeros((40, -(-width // 16) * 16), np.uint32)
    padded[:, :width] = to_montgomery(rows)
    expected = [hash_leaf(row) for row in rows.tolist()]
    assert hash_leaves_batch(rows).tolist() == expected
    for threads in (1, 2):
        assert from_montgomery(kernels.hash_matrix(padded, width, threads)).tolist() == expected


def test_leaf_chain_is_a_chain_of_compressions() -> None:
    elements = list(range(1, 12))
    first = compress([0] * 8, elements[:8])
    assert hash_leaf(elements) == compress(first, [9, 10, 11, 0, 0, 0, 0, 0])
    assert hash_leaf([]) == [0] * 8


def test_kernels_refuse_wrong_shapes() -> None:
    with pytest.raises(ValueError, match="columns"):
        kernels.hash_matrix(np.zeros((16, 16), np.uint32), 17)
    with pytest.raises(ValueError, match="columns"):
        kernels.hash_matrix(np.zeros((16, 16), np.uint64), 16)
    with pytest.raises(ValueError, match="pairs"):
        kernels.compress_many(np.zeros((16, 8), np.uint32))


def test_nonce_is_the_smallest_one() -> None:
    state, bits = list(range(16)), 5

    def has_work(nonce: int) -> bool:
        return permute([*state[:3], nonce, *state[4:]])[0] % (1 << bits) == 0

    nonce = kernels.find_nonce(state, 3, bits)
    assert has_work(nonce)
    assert not any(has_work(x) for x in range(nonce))
    following = kernels.find_nonce(state, 3, bits, nonce + 1)
    assert has_work(following)
    assert not any(has_work(x) for x in range(nonce + 1, following))
