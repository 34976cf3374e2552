"""The reference, the kernel and the guest's oracle give what others give: hashlib, pycryptodome, published digests."""

from __future__ import annotations

import ctypes
import hashlib

import numpy as np
import pytest
from Crypto.Hash import keccak

from precompiles.keccak.permute_kernels import absorb as absorb_kernel
from precompiles.keccak.permute_kernels import compute
from precompiles.keccak.reference import (
    NUM_LANES,
    RATE_LANES,
    ROTATIONS,
    ROUND_CONSTANTS,
    absorb,
    permute,
    sponge_256,
)

LENGTHS = [*range(3), 63, 64, 134, 135, 136, 137, 271, 272, 273, 1000]
# The digests that Ethereum knows as those of nothing, of a list of nothing, and of the event of a token's transfer.
PUBLISHED = {
    b"": "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470",
    b"\xc0": "1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347",
    b"abc": "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45",
    b"Transfer(address,address,uint256)": "ddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef",
}
# The first lanes of Keccak-f[1600] of zeros, once and twice (the Keccak team's KeccakF-1600-IntermediateValues.txt).
ONCE = (0xF1258F7940E1DDE7, 0x84D5CCF933C0478A, 0xD598261EA65AA9EE, 0xBD1547306F80494D, 0x8B284E056253D057)
TWICE = (0x2D5C954DF96ECB3C, 0x6A332CD07057B56D, 0x093D8D1270D76B6C, 0x8A20D9B25569D094, 0x4F9C4F99E5E7F156)


@pytest.mark.parametrize("length", LENGTHS)
def test_digests_are_those_of_other_libraries(length: int) -> None:
    message = np.random.default_rng(length).bytes(length)
    assert sponge_256(message) == keccak.new(digest_bits=256, data=message).digest()
    assert sponge_256(message, 0x06) == hashlib.sha3_256(message).digest()


def test_digests_are_those_that_are_published() -> None:
    assert {message: sponge_256(message).hex() for message in PUBLISHED} == PUBLISHED


def test_the_permutation_of_zeros_is_the_published_one() -> None:
    once = permute([0] * NUM_LANES)
    assert tuple(once[:5]) == ONCE
    assert tuple(permute(once)[:5]) == TWICE


def test_constants_are_those_of_the_standard() -> None:
    assert (ROUND_CONSTANTS[0], ROUND_CONSTANTS[1], ROUND_CONSTANTS[-1]) == (1, 0x8082, 0x8000000080008008)
    assert ROTATIONS[:5] == (0, 1, 62, 28, 27)
    assert sorted(ROTATIONS)[-1] == 62


def test_the_kernel_computes_what_the_reference_says() -> None:
    random = np.random.default_rng(3)
    call = ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.POINTER(ctypes.c_uint64))(compute.address)
    for case in range(60):
        values = random.integers(0, 2**64, RATE_LANES + NUM_LANES, dtype=np.uint64)
        if case < 2:
            values[:] = (0, 2**64 - 1)[case]
        block, state = values[:RATE_LANES].copy(), values[RATE_LANES:].copy()
        expected = absorb(state.tolist(), block.tolist())
        assert absorb_kernel(state, block).tolist() == expected
        call(values.ctypes.data_as(ctypes.POINTER(ctypes.c_uint64)))
        assert values.tolist() == [*block.tolist(), *expected]
