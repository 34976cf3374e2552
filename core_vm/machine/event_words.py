"""Where what happened stands in an event, a row of 64-bit words. Two numbers of 32 bits share a word, the first one in
its lower half."""

from __future__ import annotations

from enum import IntEnum
from typing import Final


class EventWord(IntEnum):
    """Of an executed instruction. What belongs to an operand that the operation lacks is unspecified."""

    WHEN = 0
    """Index of the instruction; time t. rs1 is read at t, rs2 at t + 1, memory at t + 2, and rd is written at t + 3."""
    RS1 = 1
    """Of an instruction done in place what it overwrites, even if it names that register second; RS2 is the other
    operand then (`core_vm/isa/forms.py`)."""
    RS2 = 2
    RD = 3
    """What rd held before."""
    SOURCE_TIMES = 4
    """When rs1 was accessed before; rs2."""
    OTHER_TIMES = 5
    """When rd was accessed before; the dword of memory."""
    MEMORY = 6
    """The dword before; of a misaligned access the first one."""
    RESULT = 7
    """rd after; of a store the dword after, of a misaligned one the first."""
    SECOND = 8
    """The second dword of a misaligned access before."""
    SECOND_TIME = 9
    """When that was accessed before."""


class EcallWord(IntEnum):
    """Of an environment call."""

    WHEN = 0
    X17 = 1
    X10 = 2
    X11 = 3
    X12 = 4
    TIMES_OF_X17_X10 = 5
    """When they were accessed before."""
    TIMES_OF_X11_X12 = 6
    RESULT = 7
    """x10 after."""
    KIND = 8
    """0 exit, 1 write, 2 precompile: `calls.CallKind`."""


class RenewalWord(IntEnum):
    """Of a register whose time moved on by itself, as it was left alone for so long."""

    REGISTER = 0
    VALUE = 1
    PREVIOUS = 2
    """When it was accessed before."""
    TIME = 3
    """Since when it counts as accessed: a multiple of `NEAR`."""


EVENT_WIDTH: Final = EventWord.RESULT + 1
MISALIGNED_WIDTH: Final = EventWord.SECOND_TIME + 1
ECALL_WIDTH: Final = 12
"""Whole vectors of four words; what follows `EcallWord.KIND` is zero."""
RENEWAL_WIDTH: Final = RenewalWord.TIME + 1


def lower_half(word: int) -> int:
    """The place of a word's first number among halves of 32 bits."""
    return 2 * word


def upper_half(word: int) -> int:
    """The place of its second number."""
    return 2 * word + 1
