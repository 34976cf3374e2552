"""The three ways to compress (reference, kernel, words of rows) give what hashlib gives."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import numpy as np
import pytest

from precompiles.sha256.compress_kernels import compress
from precompiles.sha256.reference import INITIAL_STATE, ROUND_CONSTANTS, compress_dwords
from precompiles.sha256.witness import block_words, state_words
from precompiles.sha256.word_kernels import NUM_WORDS, ROWS, TILE, E, store_row_words
from tests.precompiles.sha256.calls import pad

Compression = Callable[[np.ndarray, np.ndarray], np.ndarray]


def by_reference(state: np.ndarray, block: np.ndarray) -> np.ndarray:
    return np.array(compress_dwords(state.tolist(), block.tolist()), dtype=np.uint64)


def by_kernel(state: np.ndarray, block: np.ndarray) -> np.ndarray:
    return compress(state, block)


def by_rows(state: np.ndarray, block: np.ndarray) -> np.ndarray:
    """The sum of the state and the newest four values of a and e in the call's last row."""
    before, words = state_words(state[None]), np.empty(NUM_WORDS * TILE, np.uint32)
    store_row_words(before, block_words(block[None]), 0, words)
    last_row = words.reshape(NUM_WORDS, TILE)[:, ROWS - 1]
    after = before[:, 0] + np.concatenate([last_row[E - 1 : E - 5 : -1], last_row[2 * E - 1 : 2 * E - 5 : -1]])
    return np.ascontiguousarray(after).view(np.uint64)


def digest(message: bytes, compression: Compression) -> bytes:
    state = np.array(INITIAL_STATE, dtype="<u4").view(np.uint64)
    padded = np.frombuffer(pad(message), dtype="<u8").reshape(-1, 8)
    for block in padded:
        state = compression(state, block)
    return state.view(np.uint32).astype(">u4").tobytes()


@pytest.mark.parametrize("compression", [by_reference, by_kernel, by_rows])
def test_digests_equal_those_of_hashlib(compression: Compression) -> None:
    random = np.random.default_rng(0)
    for length in [*range(70), 111, 112, 119, 120, 127, 128, 129, 1000]:
        message = random.bytes(length)
        assert digest(message, compression) == hashlib.sha256(message).digest(), length


def test_constants_are_those_of_the_standard() -> None:
    assert ROUND_CONSTANTS[0] == 0x428A2F98
    assert ROUND_CONSTANTS[-1] == 0xC67178F2
    assert INITIAL_STATE[0] == 0x6A09E667
    assert INITIAL_STATE[-1] == 0x5BE0CD19
