"""The guests that the benchmarks prove: built from examples/, with inputs made here, so that sizes are a choice."""

from __future__ import annotations

import random
import struct
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from core_vm.guest.build import build
from core_vm.machine.program.program import Program
from precompiles.guest_sources import guest_sources

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"


@dataclass(frozen=True, slots=True)
class Workload:
    """`guest` is a folder of examples/; `kind` says what the guest spends its time on; `calls` counts its precompile
    calls."""

    name: str
    guest: str
    kind: str
    input: bytes
    calls: int = 0


def _numbers(count: int) -> bytes:
    rng = random.Random(count)
    return struct.pack(f"<{count}Q", *(rng.getrandbits(64) for _ in range(count)))


def _bytes(count: int) -> bytes:
    return random.Random(count).randbytes(count)


def _hashed_files(size: int) -> list[Workload]:
    """By SHA-256, whose padding is nine bytes at least, and by Keccak, whose is one."""
    return [
        Workload("sha256_file", "sha256_file", "SHA-256 precompile", _bytes(size), -(-(size + 9) // 64)),
        Workload("keccak_file", "keccak_file", "Keccak precompile", _bytes(size), -(-(size + 1) // 136)),
    ]


def _rooted_output(size: int) -> Workload:
    leaves = 1 + -(-size // 32)  # one is hashed, and joined to others, for each 32 bytes; some more for what is empty
    return Workload("output_root", "output_root", "Poseidon2 precompile", _bytes(size), 2 * leaves)


def workloads(scale: float = 1.0) -> list[Workload]:
    """At `scale` 1 each that calls no precompile runs four million instructions or more."""
    return [
        Workload("fibonacci", "fibonacci", "arithmetic loop", str(int(1_100_000 * scale)).encode()),
        Workload("sort", "sort", "sorting, pointer chasing", _numbers(int(24_000 * scale))),
        Workload("sha256_software", "sha256_software", "hashing in software", _bytes(int(96_000 * scale))),
        Workload("keccak_software", "keccak_software", "hashing in software", _bytes(int(96_000 * scale))),
        *_hashed_files(int(2**20 * scale)),
        _rooted_output(int(2**18 * scale)),
    ]


SMALL = Workload("fibonacci, small", "fibonacci", "a few thousand instructions", b"300")


@cache
def program(guest: str) -> Program:
    """The example guest `guest`, compiled."""
    with tempfile.TemporaryDirectory() as folder:
        elf = Path(folder) / f"{guest}.elf"
        build([EXAMPLES / guest / "main.c"], elf, library_sources=guest_sources())
        return Program.from_elf(elf.read_bytes())
