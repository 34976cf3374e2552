"""A guest that calls functions of `zkvm_accelerators.h`, many in one run."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from core_vm.guest.build import build
from core_vm.machine.program.program import Program
from core_vm.machine.shard import Run
from precompiles.guest_sources import guest_sources
from precompiles.standard.machine import standard_machine
from tests.core_vm.machine.running import execute
from tests.places import VECTORS

HERE = Path(__file__).resolve().parent
OK, FAILED = 0, -1
FIRST_OPERAND = 1
"""For an address: that of the operands, where the guest keeps them."""
_APART, _AS_GIVEN, _PATTERN, _BEHIND = 2**64 - 1, 2**63 + 1, 0xA5, 8
"""So many bytes behind a result are looked at too."""


class Function(IntEnum):
    """What the guest calls by this number."""

    RIPEMD160 = 0
    SECP256K1_VERIFY = 1
    SECP256R1_VERIFY = 2
    ECRECOVER = 3
    MODEXP = 4
    BN254_G1_ADD = 5
    BN254_G1_MUL = 6
    BLAKE2F = 7
    KECCAK256 = 8
    SHA256 = 9
    G1_ADD = 64
    G1_MSM = 65
    G2_ADD = 66
    G2_MSM = 67
    BLS12_PAIRING = 68
    BN254_PAIRING = 69
    MAP_TO_G1 = 70
    MAP_TO_G2 = 71
    KZG = 72


RESULT_SIZES = {
    Function.RIPEMD160: 32,
    Function.KECCAK256: 32,
    Function.SHA256: 32,
    Function.ECRECOVER: 64,
    Function.BN254_G1_ADD: 64,
    Function.BN254_G1_MUL: 64,
    Function.BLAKE2F: 64,
    Function.G1_ADD: 96,
    Function.G1_MSM: 96,
    Function.MAP_TO_G1: 96,
    Function.G2_ADD: 192,
    Function.G2_MSM: 192,
    Function.MAP_TO_G2: 192,
}
"""In bytes. That of modexp is as long as its modulus, that of the others one byte, 0 or 1."""
TRUE, FALSE = b"\1", b"\0"
NUM_POINTERS = dict.fromkeys(Function, 2) | {
    Function.SECP256K1_VERIFY: 4,
    Function.SECP256R1_VERIFY: 4,
    Function.ECRECOVER: 3,
    Function.MODEXP: 4,
    Function.BN254_G1_ADD: 3,
    Function.BN254_G1_MUL: 3,
    Function.BLAKE2F: 3,
    Function.G1_ADD: 3,
    Function.G2_ADD: 3,
    Function.KZG: 5,
}
"""Arguments that are pointers."""


@dataclass(frozen=True)
class Call:
    """A call on operands as the standard lays them out, one behind the other, and on numbers.

    The result goes to `place` in the operands, or to a place of its own. `pointer` is the number of one, from 1, and
    the address that is handed over in its place; `count` is how many bytes or pairs are claimed to be there.
    """

    function: Function
    operands: bytes
    numbers: tuple[int, ...] = ()
    place: int | None = None
    misalignment: int = 0
    pointer: tuple[int, int] = (0, 0)
    count: int = _AS_GIVEN

    @property
    def result_size(self) -> int:
        return self.numbers[2] if self.function == Function.MODEXP else RESULT_SIZES.get(self.function, 1)

    @property
    def room(self) -> int:
        """Bytes that the guest shows of the place of the result: of the operands none that are behind them."""
        room = self.result_size + _BEHIND
        return room if self.place is None else min(room, len(self.operands) - self.place)

    def record(self) -> bytes:
        numbers = (*self.numbers, 0, 0, 0)[:3]
        place = _APART if self.place is None else self.place
        words = (
            *(self.function, len(self.operands), self.misalignment),
            *(*self.pointer, self.count, *numbers, place, self.room),
        )
        header = b"".join(int(word).to_bytes(8, "little") for word in words)
        return header + self.operands + bytes(-len(self.operands) % 8)

    def outcome(self, written: bytes) -> bytes | None:
        """The result, or None for ZKVM_EFAIL, after which the place of the result has to be as before."""
        status = int.from_bytes(written[:8], "little", signed=True)
        assert status in (OK, FAILED)
        place, size = written[8:], 0 if status == FAILED else self.result_size
        before = bytes([_PATTERN]) * self.room if self.place is None else self.operands[self.place :]
        assert place[size:] == before[size : self.room]
        return None if status == FAILED else place[:size]


@cache
def program() -> Program:
    with tempfile.TemporaryDirectory() as folder:
        elf = Path(folder) / "functions.elf"
        build([HERE / "functions.c"], elf, library_sources=guest_sources())
        return Program.from_elf(elf.read_bytes())


def run(calls: Iterable[Call]) -> Run:
    data = b"".join(call.record() for call in calls)
    return execute(program(), data, precompiles=standard_machine().precompiles, with_records=False)


def outcomes(calls: Sequence[Call]) -> list[bytes | None]:
    """Of all calls, in one run."""
    finished, results = run(calls), list[bytes | None]()
    assert finished.exit_code == 0
    output = finished.output
    for call in calls:
        written, output = output[: 8 + call.room], output[8 + call.room :]
        results.append(call.outcome(written))
    assert not output
    return results


def published(name: str) -> Any:
    """The published vectors of this name; the test is skipped where they are not beside the checkout."""
    path = VECTORS / f"{name}.json"
    if not path.is_file():
        pytest.skip(f"no published vectors at {VECTORS}")
    return json.loads(path.read_text(encoding="utf-8"))
