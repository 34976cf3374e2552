"""A shard's result as bytes: the way back, and that other bytes are refused with a name."""

from __future__ import annotations

import struct

import numpy as np
import pytest

from aggregator.runs.shard_result import ShardResult, proof_of
from core_vm.errors import MalformedProof
from core_vm.statement.shard import ShardStatement

STATEMENT = ShardStatement((1,) * 8, 5, (2,) * 8, 7, (3,) * 8, 41, False, 0, (4,) * 8, 2, (5,) * 8)
WORDS = np.arange(10, dtype=np.uint32)
RESULT = ShardResult(4, proof_of(STATEMENT, 1, WORDS), 2**20, 2**22, 2**30, {"record": 0.25, "trace": 1.5})
HEADER = "<QQQI"


def read(data: object) -> ShardResult:
    return ShardResult.from_bytes(data, 4, STATEMENT, 1)


def with_phases(phases: bytes) -> bytes:
    return struct.pack(HEADER, 1, 2, 3, len(phases)) + phases + WORDS.tobytes()


def test_what_is_read_is_what_was_written() -> None:
    again = read(RESULT.to_bytes())
    assert again.to_bytes() == RESULT.to_bytes()
    assert (again.index, again.cells, again.interactions, again.phases) == (4, 2**20, 2**22, RESULT.phases)
    assert np.array_equal(again.proof.words, WORDS)
    assert (again.proof.pc_end, again.proof.end_time, again.proof.profile) == (7, 41, 1)
    assert again.proof.root_end == STATEMENT.root_end
    assert (again.proof.num_claims, again.proof.claims_end) == (2, STATEMENT.claims_end)


def test_every_cut_is_refused_or_read_with_other_words() -> None:
    data = RESULT.to_bytes()
    for length in range(len(data)):
        try:
            assert len(read(data[:length]).proof.words) < len(WORDS)
        except MalformedProof:
            pass


@pytest.mark.parametrize(
    "phases",
    [
        b"",
        b"{",
        b"[]",
        b"[" * 100_000,
        b'{"a": 1}',
        b'{"a": "1.5"}',
        b'{"a": NaN}',
        b'{"\\u001b[2J": 1.0}',
        b'{"a": 1e999}',
        b'{"a": ' + b"9" * 10_000 + b"}",
        b"\xff\xfe",
    ],
    ids=lambda phases: phases[:8].decode("latin-1"),
)
def test_phases_that_are_no_seconds_by_name_are_refused(phases: bytes) -> None:
    with pytest.raises(MalformedProof, match="shard result"):
        read(with_phases(phases))


@pytest.mark.parametrize("data", [None, 7, "text", bytearray(100), b"", b"\0" * 27, with_phases(b"{}") + b"\0"])
def test_what_is_no_result_is_refused(data: object) -> None:
    with pytest.raises(MalformedProof, match="shard result"):
        read(data)
