"""The guest that adds up vectors, built once a session, and inputs for it."""

from __future__ import annotations

import struct
import tempfile
from functools import cache
from pathlib import Path

import numpy as np

from core_vm.guest.build import build
from core_vm.machine.program.program import Program
from precompiles.guest_sources import guest_sources
from tests.conformance.checking import Shard, shards_of
from tests.precompiles.toy.machine import toy_machine

HERE = Path(__file__).resolve().parent
LANES = 7
EDGES = (0, 1, 0xFFFF, 0x1_0000, 2**32 - 1, 2**63, 2**64 - 2**16, 2**64 - 1)


@cache
def program() -> Program:
    with tempfile.TemporaryDirectory() as folder:
        elf = Path(folder) / "sum.elf"
        build([HERE / "sum.c"], elf, library_sources=[*guest_sources(), HERE / "vector_add" / "guest.c"])
        return Program.from_elf(elf.read_bytes())


@cache
def vectors(count: int = 40) -> bytes:
    """Vectors of random numbers, every third one of numbers at which carries begin and end."""
    generator = np.random.default_rng(7)
    numbers = generator.integers(0, 2**64, (count, LANES), dtype=np.uint64)
    numbers[::3] = generator.choice(np.array(EDGES, np.uint64), numbers[::3].shape)
    return numbers.astype("<u8").tobytes()


def total_of(data: bytes) -> bytes:
    """What the guest writes, computed apart from everything under test."""
    columns = zip(*struct.iter_unpack(f"<{LANES}Q", data), strict=True)
    return struct.pack(f"<{LANES}Q", *(sum(column) % 2**64 for column in columns))


@cache
def shard() -> Shard:
    """The one shard of a run on the toy machine."""
    (only,) = shards_of(program(), vectors(), machine=toy_machine())
    return only
