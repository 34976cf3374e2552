"""RIPEMD-160 against pycryptodome, at every length around a block's end and every alignment."""

from __future__ import annotations

import random

from Crypto.Hash import RIPEMD160

from tests.precompiles.accelerators.functions import Call, Function, outcomes


def expected(data: bytes) -> bytes:
    return bytes(12) + RIPEMD160.new(data).digest()


def test_all_lengths_and_alignments() -> None:
    generator = random.Random(160)
    data = [generator.randbytes(length) for length in (*range(140), 1000, 4096)]
    calls = [Call(Function.RIPEMD160, part, misalignment=k % 8) for part in data for k in (0, len(part))]
    assert outcomes(calls) == [expected(call.operands) for call in calls]


def test_the_hash_may_lie_in_the_data() -> None:
    data = random.Random(161).randbytes(200)
    calls = [Call(Function.RIPEMD160, data, place=place) for place in (0, 8, 168)]
    assert outcomes(calls) == [expected(data)] * 3
