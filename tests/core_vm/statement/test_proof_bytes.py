"""The codec: one proof, one encoding; any other bytes are a MalformedProof, never a crash."""

from __future__ import annotations

import random

import numpy as np
import pytest

from core_vm.errors import MalformedProof
from core_vm.field.koalabear import P
from core_vm.statement.proof import RunProof, ShardProof


def example(rng: random.Random) -> RunProof:
    def digest():
        return tuple(rng.randrange(P) for _ in range(8))

    words = np.array([rng.randrange(P) for _ in range(9)], dtype=np.uint32)
    running = ShardProof(0x40002, 4 * 17 + 1, False, digest(), words)
    halted = ShardProof(0, 0, True, digest(), words[:3])
    siblings = tuple(digest() for _ in range(4))
    roots = (digest(), digest(), digest())
    return RunProof(digest(), roots, 0x100000, digest(), 0, b"output", siblings, (running, halted))


def same(a: RunProof, b: RunProof) -> bool:
    return a.to_bytes() == b.to_bytes()


def test_round_trip():
    proof = example(random.Random(1))
    again = RunProof.from_bytes(proof.to_bytes())
    assert same(proof, again)
    assert again.output == b"output"
    assert again.shards[0].words.tolist() == proof.shards[0].words.tolist()


def test_every_truncation_and_extension_is_malformed():
    data = example(random.Random(2)).to_bytes()
    for length in range(len(data)):
        with pytest.raises(MalformedProof):
            RunProof.from_bytes(data[:length])
    with pytest.raises(MalformedProof, match="1 bytes too many"):
        RunProof.from_bytes(data + b"\0")


def test_what_decodes_is_canonical():
    """Any bytes that decode encode to themselves: no field can be written in two ways."""
    rng = random.Random(3)
    data = example(rng).to_bytes()
    accepted = 0
    for _ in range(2000):
        mutant = bytearray(data)
        mutant[rng.randrange(len(data))] = rng.randrange(256)
        try:
            decoded = RunProof.from_bytes(bytes(mutant))
        except MalformedProof:
            continue
        accepted += 1
        assert decoded.to_bytes() == bytes(mutant)
    assert accepted > 100


@pytest.mark.parametrize(
    ("at", "value", "why"),
    [
        (0, b"QUARK\0", "not a Quire proof"),
        (6, b"\2\0", "expected 1, got 2"),
        (8, P.to_bytes(4, "little"), "not below P"),
    ],
)
def test_named_refusals(at, value, why):
    data = bytearray(example(random.Random(4)).to_bytes())
    data[at : at + len(value)] = value
    with pytest.raises(MalformedProof, match=why):
        RunProof.from_bytes(bytes(data))
