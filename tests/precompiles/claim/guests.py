"""Guests that make claims."""

from __future__ import annotations

import struct
import tempfile
from functools import cache
from pathlib import Path

import numpy as np

from core_vm.field.koalabear import P
from core_vm.machine.program.program import Program
from core_vm.state.claims import Claim
from precompiles.claim.precompile import NUMBER
from tests.conformance.assembler import Assembler, guest
from tests.conformance.checking import Shard, shards_of
from tests.precompiles.guests import built

CLAIMING = """
#include <quire.h>
#include <zkvm_io.h>

int main(void) {
    const uint8_t *input;
    size_t size;
    uint64_t root[4];
    read_input(&input, &size);
    quire_output_root(input + 32, size - 32, root);
    quire_claim((const uint64_t *)input, root);
    write_output(input, 32);
    return 0;
}
"""
DATA = 0x20_0000
POINTER, COUNTER, NUM_ROUNDS, ROUND = 5, 6, 7, 8


def claims(count: int, seed: int = 1) -> list[Claim]:
    """Claims of random words, and of the words at the edges."""
    generator = np.random.default_rng(seed)
    words = generator.integers(0, P, (count, 16))
    words[::3] = generator.choice([0, 1, 0xFFFF, 0x1_0000, P - 1], words[::3].shape)
    return [Claim(tuple(row[:8]), tuple(row[8:])) for row in words.tolist()]


def bytes_of(made: list[Claim]) -> bytes:
    """The claims as a guest has them."""
    return b"".join(struct.pack("<16I", *claim.program_id, *claim.output_root) for claim in made)


def program(made: list[Claim], rounds_between: int = 0) -> Program:
    """A guest that makes these claims, with so many rounds of a loop before each."""
    return program_of_bytes(bytes_of(made), len(made), rounds_between)


def program_of_bytes(data: bytes, count: int, rounds_between: int = 0) -> Program:
    """The same for claims that are no digests."""
    code = Assembler()
    code.set(POINTER, DATA)
    code.set(COUNTER, count)
    code.set(NUM_ROUNDS, rounds_between)
    code.label("claim")
    if rounds_between:
        code.emit("add", ROUND, NUM_ROUNDS, 0)
        code.label("round")
        code.emit("addi", ROUND, ROUND, immediate=-1)
        code.branch("bne", ROUND, 0, "round")
    code.emit("addi", 10, POINTER)
    code.emit("addi", 11, POINTER, immediate=32)
    code.set(17, NUMBER)
    code.emit("ecall")
    code.emit("addi", POINTER, POINTER, immediate=64)
    code.emit("addi", COUNTER, COUNTER, immediate=-1)
    code.branch("bne", COUNTER, 0, "claim")
    code.exit()
    return guest("claims", code, data, DATA).program


@cache
def shard() -> Shard:
    """One shard that makes the twenty claims `claims(20)`."""
    (only,) = shards_of(program(claims(20)))
    return only


@cache
def shards() -> tuple[Shard, ...]:
    """Several shards that make twelve claims."""
    return tuple(shards_of(program(claims(12), 6000), shard_cells=2**20))


@cache
def claiming_guest() -> Program:
    """It claims that the program of its input's first 32 bytes ended with the rest for output, and gives that id."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "main.c"
        source.write_text(CLAIMING, encoding="utf-8")
        return built(source)
