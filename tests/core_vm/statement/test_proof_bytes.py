"""The proof's bytes: one encoding for one proof, and any other bytes are refused with the place."""

from __future__ import annotations

import struct
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core_vm.errors import MalformedProof, UsageError
from core_vm.field.koalabear import P
from core_vm.state.memory_map import MAX_INPUT, MAX_OUTPUT
from core_vm.statement.encoding import MAGIC, VERSION
from core_vm.statement.proof import RunProof, ShardProof
from core_vm.statement.public_input import PublicInput

digests = st.tuples(*[st.integers(0, P - 1)] * 8)
shards = st.builds(
    ShardProof,
    pc_end=st.integers(0, 2**30 - 1),
    end_time=st.integers(0, 2**24),
    halted=st.booleans(),
    profile=st.integers(0, 255),
    root_end=digests,
    num_claims=st.integers(0, 2**22 - 1),
    claims_end=digests,
    words=st.lists(st.integers(0, P - 1), max_size=6).map(lambda values: np.array(values, np.uint32)),
)
proofs = st.builds(
    RunProof,
    program_root=digests,
    image_roots=st.tuples(digests, digests, digests),
    entry=st.integers(0, 2**32 - 1),
    input_root=digests,
    exit_code=st.integers(0, 2**32 - 1),
    output=st.binary(max_size=20),
    output_siblings=st.tuples(digests, digests, digests, digests),
    shards=st.lists(shards, max_size=3).map(tuple),
    public_input=st.none()
    | st.builds(PublicInput, st.integers(0, MAX_INPUT), st.lists(digests, min_size=24, max_size=24).map(tuple)),
)

ZERO = (0,) * 8
SHARD = ShardProof(5, 9, False, 0, ZERO, 0, ZERO, np.arange(7, dtype=np.uint32))
SMALL = RunProof(ZERO, (ZERO,) * 3, 0x100000, ZERO, 0, b"output", (ZERO,) * 4, (SHARD, replace(SHARD, halted=True)))

# Offsets of fields in SMALL's encoding.
HEADER = len(MAGIC) + 3
ENTRY = HEADER + 4 * 32
OUTPUT_LENGTH = ENTRY + 4 + 32 + 4
PUBLIC = OUTPUT_LENGTH + 4 + len(SMALL.output) + 4 * 32
NUM_SHARDS = PUBLIC + 1
FIRST_SHARD = NUM_SHARDS + 4
NUM_CLAIMS = FIRST_SHARD + 10 + 32
NUM_WORDS = NUM_CLAIMS + 4 + 32


def same(left: RunProof, right: RunProof) -> bool:
    """Equality; arrays compare by their values."""
    plain = [replace(s, words=()) for s in left.shards] == [replace(s, words=()) for s in right.shards]
    words = all(np.array_equal(a.words, b.words) for a, b in zip(left.shards, right.shards, strict=False))
    return plain and words and replace(left, shards=()) == replace(right, shards=())


@given(proofs)
def test_decoding_undoes_encoding(proof: RunProof) -> None:
    assert same(RunProof.from_bytes(proof.to_bytes()), proof)


@given(st.binary(max_size=400))
def test_any_bytes_are_refused_or_canonical(data: bytes) -> None:
    try:
        proof = RunProof.from_bytes(data)
    except MalformedProof:
        return
    assert proof.to_bytes() == data


@settings(max_examples=300)
@given(proofs, st.data())
def test_a_flipped_byte_is_refused_or_another_canonical_proof(proof: RunProof, data: st.DataObject) -> None:
    encoded = bytearray(proof.to_bytes())
    place = data.draw(st.integers(0, len(encoded) - 1))
    encoded[place] ^= data.draw(st.integers(1, 255))
    try:
        decoded = RunProof.from_bytes(bytes(encoded))
    except MalformedProof:
        return
    assert decoded.to_bytes() == bytes(encoded)
    assert not same(decoded, proof)


def test_every_truncation_is_refused() -> None:
    encoded = SMALL.to_bytes()
    for length in range(len(encoded)):
        with pytest.raises(MalformedProof):
            RunProof.from_bytes(encoded[:length])


def test_bytes_after_the_end_are_refused() -> None:
    with pytest.raises(MalformedProof, match="1 bytes too many"):
        RunProof.from_bytes(SMALL.to_bytes() + b"\0")


@pytest.mark.parametrize(
    ("offset", "value", "message"),
    [
        (0, struct.pack("<I", 0), "not a Quire proof"),
        (len(MAGIC), struct.pack("<H", VERSION + 1), "version"),
        (HEADER - 1, b"\3", "kind: 3 is not below 3"),
        (HEADER - 1, b"\1", "expected a proof of kind shards, got folded"),
        (HEADER, struct.pack("<I", P), "not below P"),
        (ENTRY + 4, struct.pack("<I", 2**32 - 1), "not below P"),
        (OUTPUT_LENGTH, struct.pack("<I", MAX_OUTPUT + 1), "output length"),
        (OUTPUT_LENGTH, struct.pack("<I", 2**27), "output"),
        (PUBLIC, b"\2", "whether the input is public: expected 0 or 1"),
        (PUBLIC, b"\1" + struct.pack("<I", MAX_INPUT + 1), "input length"),
        (NUM_SHARDS, struct.pack("<I", 2**20), "number of shards"),
        (NUM_SHARDS, struct.pack("<I", 2**20 - 1), "number of shards: 1048575 need 85983150 bytes at least"),
        (NUM_SHARDS, struct.pack("<I", 1), "bytes too many"),
        (FIRST_SHARD, struct.pack("<I", 2**30), "pc"),
        (FIRST_SHARD + 4, struct.pack("<I", 2**24 + 1), "end time"),
        (FIRST_SHARD + 8, b"\2", "halted"),
        (FIRST_SHARD + 10, struct.pack("<I", P), "not below P"),
        (NUM_WORDS, struct.pack("<I", 2**30), "number of words"),
        (NUM_WORDS, struct.pack("<I", 2**29), "shard 0"),
        (NUM_WORDS + 4, struct.pack("<I", P), "not below P"),
    ],
    ids=[
        *(
            "magic",
            "version",
            "kind",
            "another_kind",
            "program_root",
            "input_root",
            "output_bound",
            "output_length",
            "public",
            "input_length",
            "shard_bound",
            "shards_in_bytes",
            "shard_count",
        ),
        *("pc", "time", "halted", "root", "word_bound", "word_count", "word"),
    ],
)
def test_each_field_is_checked(offset: int, value: bytes, message: str) -> None:
    encoded = bytearray(SMALL.to_bytes())
    encoded[offset : offset + len(value)] = value
    with pytest.raises(MalformedProof, match=message):
        RunProof.from_bytes(bytes(encoded))


def test_shards_shorter_than_the_callers_bound_are_refused() -> None:
    encoded = SMALL.to_bytes()
    assert same(RunProof.from_bytes(encoded, least_shard_words=7), SMALL)
    with pytest.raises(MalformedProof, match="number of shards: 2 need"):
        RunProof.from_bytes(encoded, least_shard_words=8)
    longer = replace(SMALL, shards=(replace(SHARD, words=np.zeros(9, np.uint32)), SMALL.shards[1]))
    with pytest.raises(MalformedProof, match="shard 1, number of words: 7, at least 8"):
        RunProof.from_bytes(longer.to_bytes(), least_shard_words=8)


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_anything_that_holds_bytes_will_do(kind: type) -> None:
    assert same(RunProof.from_bytes(kind(SMALL.to_bytes())), SMALL)


@pytest.mark.parametrize("value", ["QUIRE", None, 7, [1, 2]])
def test_what_is_no_bytes_at_all_is_wrong_usage(value: object) -> None:
    with pytest.raises(UsageError, match="a proof is bytes"):
        RunProof.from_bytes(value)
