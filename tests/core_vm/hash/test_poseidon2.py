"""Poseidon2: known answers, and every fast path against the plain one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core_vm.field.koalabear import P, from_montgomery, to_montgomery
from core_vm.field.packed import LANES
from core_vm.field.packed.transpose import load_block, store_block
from core_vm.hash import poseidon2_kernels as kernels
from core_vm.hash.long_poseidon2 import permute_long
from core_vm.hash.packed_partial_rounds import LAYOUTS
from core_vm.hash.packed_poseidon2 import join, split
from core_vm.hash.poseidon2 import (
    compress,
    compress_batch,
    hash_leaf,
    hash_leaves_batch,
    permute,
    permute_batch,
)
from core_vm.hash.poseidon2_parameters import POSEIDON2_16, POSEIDON2_24, Poseidon2
from core_vm.host.kernel_cache import njit

# Plonky3, koala-bear/src/poseidon2.rs, test_default_koalabear_poseidon2_width_16 and .._24.
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
KNOWN_INPUT_24 = [
    *(886409618, 1327899896, 1902407911, 591953491, 648428576, 1844789031, 1198336108, 355597330),
    *(1799586834, 59617783, 790334801, 1968791836, 559272107, 31054313, 1042221543, 474748436),
    *(135686258, 263665994, 1962340735, 1741539604, 2026927696, 449439011, 1131357108, 50869465),
]
KNOWN_OUTPUT_24 = [
    *(382801106, 82839311, 1503190615, 1987418517, 854076995, 1862291425, 262755189, 1050814217),
    *(722724562, 741265943, 1026879332, 754316749, 1966025564, 1518878196, 502200188, 1368172258),
    *(845459257, 1711434837, 724453836, 171032289, 655223446, 1098636135, 407832555, 1707498914),
]
OUTPUT_OF_IOTA_24 = [
    *(723511737, 87131171, 587052829, 1323145575, 949917837, 2060493993, 234724110, 834906887),
    *(306751607, 1771020267, 329216878, 823818173, 765507096, 1447982946, 605505945, 247386051),
    *(1223069940, 354661286, 233493652, 2075130821, 1961191294, 313483662, 1701936810, 1815724394),
]
KNOWN_DIAGONAL_24 = [
    *(2130706431, 1, 2, 1065353217, 3, 4, 1065353216, 2130706430),
    *(2130706429, 2122383361, 1598029825, 1864368129, 1997537281, 2064121857, 2097414145, 2130706306),
    *(8323072, 266338304, 133169152, 66584576, 33292288, 16646144, 4161536, 127),
]
EDGES = [[0] * 16, [P - 1] * 16, [1] * 16, [P - 1, 0] * 8, [0] * 15 + [P - 1], [(P + 1) // 2] * 16]


def _states(count: int, seed: int = 0) -> np.ndarray:
    states = np.random.default_rng(seed).integers(0, P, (count, 16)).astype(np.uint32)
    states[: len(EDGES)] = EDGES[:count]
    return states


@njit
def _permute_group_24(rows):
    """The packed permutation of LANES rows of 24 words in place."""
    blocks = (load_block(rows, 0, 24), load_block(rows, 8, 24), load_block(rows, 16, 24))
    blocks = split(kernels.permute_packed(join(blocks), kernels.FULL_24, kernels.PARTIAL_24))
    store_block(rows, 0, 24, blocks[0])
    store_block(rows, 8, 24, blocks[1])
    store_block(rows, 16, 24, blocks[2])


def _permute_packed_24(states: Sequence[Sequence[int]]) -> list[list[int]]:
    rows = np.zeros((LANES, 24), np.uint32)
    rows[: len(states)] = to_montgomery(states)
    _permute_group_24(rows.reshape(-1))
    return from_montgomery(rows[: len(states)]).tolist()


@pytest.mark.parametrize(
    ("poseidon2", "known_input", "known_output", "output_of_iota", "diagonal"),
    [
        (POSEIDON2_16, KNOWN_INPUT, KNOWN_OUTPUT, OUTPUT_OF_IOTA, KNOWN_DIAGONAL),
        (POSEIDON2_24, KNOWN_INPUT_24, KNOWN_OUTPUT_24, OUTPUT_OF_IOTA_24, KNOWN_DIAGONAL_24),
    ],
)
def test_known_answers(
    poseidon2: Poseidon2,
    known_input: list[int],
    known_output: list[int],
    output_of_iota: list[int],
    diagonal: list[int],
) -> None:
    iota = list(range(poseidon2.width))
    assert permute(known_input, poseidon2) == known_output
    assert permute(iota, poseidon2) == output_of_iota
    assert permute_batch([known_input, iota], poseidon2).tolist() == [known_output, output_of_iota]
    assert list(poseidon2.diagonal) == diagonal


def test_known_answers_of_the_packed_width_24() -> None:
    inputs = [KNOWN_INPUT_24, list(range(24))]
    assert _permute_packed_24(inputs) == [KNOWN_OUTPUT_24, OUTPUT_OF_IOTA_24]


@pytest.mark.parametrize(("poseidon2", "pairs"), [(POSEIDON2_16, 6), (POSEIDON2_24, 9)])
def test_elements_of_opposite_entries_are_pairs(poseidon2: Poseidon2, pairs: int) -> None:
    layout = LAYOUTS[poseidon2.width]
    assert len(layout.pairs) == pairs
    for x, y, _ in layout.pairs:
        assert (poseidon2.diagonal[x] + poseidon2.diagonal[y]) % P == 0
    places = [*layout.singles, *(place for pair in layout.pairs for place in (pair.x, pair.y))]
    assert sorted(places) == list(range(1, poseidon2.width))


def permute_states(states: np.ndarray) -> np.ndarray:
    """The compiled permutation of each row (n, 16), Montgomery form."""
    result = np.array(states, np.uint32)
    kernels.permute_rows(result.reshape(-1), False)
    return result


def test_known_answers_of_the_fast_paths() -> None:
    inputs, outputs = [KNOWN_INPUT, list(range(16))], [KNOWN_OUTPUT, OUTPUT_OF_IOTA]
    assert permute_batch(inputs).tolist() == outputs
    assert from_montgomery(permute_states(to_montgomery(inputs))).tolist() == outputs
    assert [kernels.permute_canonical(state) for state in inputs] == outputs
    assert [permute_long(state) for state in inputs] == outputs


ELEMENT = st.one_of(st.integers(0, P - 1), st.sampled_from([0, 1, P - 1]))


@settings(max_examples=100, deadline=None)
@given(st.lists(ELEMENT, min_size=16, max_size=16))
def test_all_paths_agree(state: list[int]) -> None:
    expected = permute(state)
    assert permute_batch([state]).tolist() == [expected]
    assert kernels.permute_canonical(state) == expected
    assert permute_long(state) == expected


@settings(max_examples=30, deadline=None)
@given(st.lists(ELEMENT, min_size=24, max_size=24))
def test_all_paths_of_width_24_agree(state: list[int]) -> None:
    expected = permute(state, POSEIDON2_24)
    assert permute_batch([state], POSEIDON2_24).tolist() == [expected]
    assert _permute_packed_24([state]) == [expected]


@pytest.mark.parametrize("state", EDGES)
def test_long_integers_agree_at_the_edges(state: list[int]) -> None:
    assert permute_long(state) == permute(state)


@pytest.mark.parametrize("count", [1, 7, 8, 15, 16, 17, 33, 100])
def test_batches_of_any_length_agree(count: int) -> None:
    states = _states(count)
    encoded = to_montgomery(states)
    assert permute_batch(states).tolist() == [permute(state) for state in states.tolist()]
    assert (from_montgomery(permute_states(encoded)) == permute_batch(states)).all()
    compressed = compress_batch(states[:, :8], states[:, 8:])
    assert compressed.tolist() == [compress(state[:8], state[8:]) for state in states.tolist()]
    assert (from_montgomery(kernels.compress_many(encoded)) == compressed).all()


def test_nothing_to_permute() -> None:
    empty = np.zeros((0, 16), np.uint32)
    assert permute_batch(empty).shape == (0, 16)
    assert kernels.compress_many(empty).shape == (0, 8)


def test_compression_feeds_forward() -> None:
    left, right = KNOWN_INPUT[:8], KNOWN_INPUT[8:]
    assert compress(left, right) == [(x + y) % P for x, y in zip(KNOWN_OUTPUT[:8], left, strict=True)]


def _check_leaf_hashes(width: int, columns: int, count: int) -> None:
    rows = np.random.default_rng(width).integers(0, P, (count, width)).astype(np.uint32)
    padded = np.zeros((count, columns), np.uint32)
    padded[:, :width] = to_montgomery(rows)
    expected = [hash_leaf(row) for row in rows.tolist()]
    assert hash_leaves_batch(rows).tolist() == expected
    for threads in (1, 2):
        assert from_montgomery(kernels.hash_matrix(padded, width, threads)).tolist() == expected


@pytest.mark.parametrize("width", [1, 8, 16, 21, 80, 130])
def test_leaf_hashes_agree(width: int) -> None:
    _check_leaf_hashes(width, -(-width // 16) * 16, 40)


@pytest.mark.parametrize("width", range(1, 131))
def test_leaf_hashes_of_every_width_agree(width: int) -> None:
    _check_leaf_hashes(width, -(-width // 16) * 16, 3)


@pytest.mark.parametrize("width", [33, 48, 128])
@pytest.mark.parametrize("stored", [0, 16, 32])
def test_blocks_of_zeros_at_the_end_are_not_hashed_again(width: int, stored: int) -> None:
    rows = np.random.default_rng(width).integers(0, P, (40, stored)).astype(np.uint32)
    expected = [hash_leaf([*row, *[0] * (width - stored)]) for row in rows.tolist()]
    assert from_montgomery(kernels.hash_matrix(to_montgomery(rows), width)).tolist() == expected


def test_leaf_chain_feeds_forward_from_zero_last_block_first() -> None:
    elements = list(range(1, 28))
    first = permute([*[0] * 8, *elements[16:], *[0] * 5], POSEIDON2_24)[:8]
    second = permute([*first, *elements[:16]], POSEIDON2_24)[:8]
    assert hash_leaf(elements[16:]) == first
    assert hash_leaf(elements) == [(x + y) % P for x, y in zip(second, first, strict=True)]
    assert hash_leaf([]) == [0] * 8


def test_a_leaf_is_not_a_node() -> None:
    assert hash_leaf(KNOWN_INPUT) != compress(KNOWN_INPUT[:8], KNOWN_INPUT[8:])


def test_kernels_refuse_wrong_shapes() -> None:
    with pytest.raises(ValueError, match="columns"):
        kernels.hash_matrix(np.zeros((16, 24), np.uint32), 24)
    with pytest.raises(ValueError, match="longer"):
        kernels.hash_matrix(np.zeros((16, 32), np.uint32), 16)
    with pytest.raises(ValueError, match="longer"):
        kernels.hash_matrix(np.ones((16, 16), np.uint32), 15)
    with pytest.raises(ValueError, match="columns"):
        kernels.hash_matrix(np.zeros((16, 16), np.uint64), 16)
    with pytest.raises(ValueError, match="pairs"):
        kernels.compress_many(np.zeros((16, 8), np.uint32))
