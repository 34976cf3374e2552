"""Environment calls: what an ECALL asks for, decided from the registers alone, before anything is changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

import numpy as np

from core_vm.machine.memory_map import ADDRESS_LIMIT
from core_vm.machine.precompile import Precompile

NUMBER_REGISTER: Final = 17
RESULT_REGISTER: Final = 10
EXIT_NUMBER: Final = 93
WRITE_NUMBER: Final = 64
STREAMS: Final = (1, 2)
_MASK64 = 2**64 - 1

OnOutput = Callable[[int, bytes], None]


class CallKind(IntEnum):
    """The kinds of call, as events number them."""

    EXIT = 0
    WRITE = 1
    PRECOMPILE = 2


class CallRefusedError(Exception):
    """The call is a trap; the driver adds where it happened."""


@dataclass(frozen=True, slots=True)
class EnvironmentCall:
    """One call. EXIT has `exit_code`; WRITE stream, address and size; PRECOMPILE itself and its operands' addresses."""

    kind: CallKind
    exit_code: int = 0
    stream: int = 0
    address: int = 0
    size: int = 0
    precompile: Precompile | None = None
    addresses: tuple[int, ...] = ()


def read_call(registers: np.ndarray, precompiles: Mapping[int, Precompile]) -> EnvironmentCall:
    """The call that the registers (int64) ask for. Raises CallRefusedError for whatever is no call of this machine."""
    number, a0, a1, a2 = (int(registers[r]) & _MASK64 for r in (NUMBER_REGISTER, 10, 11, 12))
    if number == EXIT_NUMBER:
        return EnvironmentCall(CallKind.EXIT, exit_code=a0 & 0xFFFFFFFF)
    if number == WRITE_NUMBER:
        return _write_call(a0, a1, a2)
    precompile = precompiles.get(number)
    if precompile is None:
        raise CallRefusedError(f"unknown environment call a7 = {number:#x}")
    if max(a0, a1, a2) >= 2**32:
        raise CallRefusedError(f"{precompile.name}: an argument is no 32-bit address: {a0:#x}, {a1:#x}, {a2:#x}")
    addresses = tuple((a0, a1, a2)[operand.register - 10] for operand in precompile.operands)
    _check_operands(precompile, addresses)
    return EnvironmentCall(CallKind.PRECOMPILE, precompile=precompile, addresses=addresses)


def _write_call(stream: int, address: int, size: int) -> EnvironmentCall:
    if stream not in STREAMS:
        raise CallRefusedError(f"write to file {stream}: only 1 and 2 exist")
    if size and (address >= ADDRESS_LIMIT or address + size > ADDRESS_LIMIT):
        raise CallRefusedError(f"write of {size} bytes from address {address:#x}, outside the memory map")
    return EnvironmentCall(CallKind.WRITE, stream=stream, address=address, size=size)


def _check_operands(precompile: Precompile, addresses: Sequence[int]) -> None:
    spans = [(at, at + 8 * operand.dwords) for at, operand in zip(addresses, precompile.operands, strict=True)]
    for start, end in spans:
        if start % 8 or end > ADDRESS_LIMIT:
            raise CallRefusedError(f"{precompile.name}: operand at {start:#x} is misaligned or outside the memory map")
    for place, (start, end) in enumerate(spans):
        later = spans[place + 1 :] if precompile.operands[place].access == "write" else ()
        if any(start < other_end and other_start < end for other_start, other_end in later):
            raise CallRefusedError(f"{precompile.name}: the operand at {start:#x} overlaps one that is accessed later")


def compute_operands(call: EnvironmentCall, before: list[np.ndarray]) -> list[np.ndarray]:
    """The value of every operand (uint64) after the call; a read operand keeps its own."""
    precompile = call.precompile
    assert precompile is not None
    written = iter(precompile.compute([value.copy() for value in before]))
    return [
        np.asarray(next(written), np.uint64) if operand.access == "write" else value
        for operand, value in zip(precompile.operands, before, strict=True)
    ]
