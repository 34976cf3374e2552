"""The three ways to compress (reference, kernel, numpy over many calls) give what hashlib gives."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import numpy as np
import pytest

from precompiles.sha256.compress_kernels import compress
from precompiles.sha256.reference import INITIAL_STATE, ROUND_CONSTANTS, compress_dwords
from precompiles.sha256.witness import block_words, compress_words, state_words

Compression = Callable[[np.ndarray, np.ndarray], np.ndarray]


def by_reference(state: np.ndarray, block: np.ndarray) -> np.ndarray:
    return np.array(compress_dwords(state.tolist(), block.tolist()), dtype=np.uint64)


def by_kernel(state: np.ndarray, block: np.ndarray) -> np.ndarray:
    return compress(state, block)


def by_numpy(state: np.ndarray, block: np.ndarray) -> np.ndarray:
    before = state_words(state[None])
    words = compress_words(before, block_words(block[None]))
    after = before + np.concatenate([words.a[:-5:-1], words.e[:-5:-1]])
    return np.ascontiguousarray(after[:, 0]).view(np.uint64)


def pad(message: bytes) -> bytes:
    zeros = (55 - len(message)) % 64
    return message + b"\x80" + bytes(zeros) + (8 * len(message)).to_bytes(8, "big")


def digest(message: bytes, compression: Compression) -> bytes:
    state = np.array(INITIAL_STATE, dtype="<u4").view(np.uint64)
    padded = np.frombuffer(pad(message), dtype="<u8").reshape(-1, 8)
    for block in padded:
        state = compression(state, block)
    return state.view(np.uint32).astype(">u4").tobytes()


@pytest.mark.parametrize("compression", [by_reference, by_kernel, by_numpy])
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
