"""Memory that no correct program touches: where the executor tells a null pointer or a stack overflow from an access.

The machine itself has no such places: all of the image region can be read and written, and the tables prove it. So
these are diagnoses, not traps. They stop the honest executor, for whoever wrote the guest; a prover with an executor
of its own can go on. Only memory that the program file leaves out is guarded: whoever wants to use it puts a segment
there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from core_vm.machine.program.elf_symbols import symbol_values
from core_vm.state.memory_map import IMAGE_END, LEAF_BYTES

if TYPE_CHECKING:
    from core_vm.machine.program.elf import Segment
    from core_vm.machine.program.program import Program

GUARD_SYMBOLS: Final = ("__quire_guard_start", "__quire_guard_end")
"""A program file that defines both says that it owns nothing between these addresses, where its stack ends (core_vm's
linker script does). Two symbols and no segment: what a program is guarded against is no part of its identity."""
FIRST_PAGE: Final = 4096
_STACK_POINTER: Final = 2
_LARGEST_ACCESS: Final = 8


@dataclass(frozen=True, slots=True)
class Guards:
    """Byte addresses, multiples of a leaf's size: what the program does not own is below `null_end` and in
    [guard_start, guard_end)."""

    null_end: int
    guard_start: int = 0
    guard_end: int = 0

    @classmethod
    def of(cls, program: Program) -> Guards:
        """What this program's file leaves unowned.

        A file with a guard has the kit's layout, where nothing lies below the first segment. Of any other file it is
        only known that its first page, where it is not loaded, is what null pointers reach.
        """
        lowest = min((segment.address for segment in program.segments), default=IMAGE_END) & -LEAF_BYTES
        guard = _guard(program.elf, program.segments)
        if guard is None:
            return cls(min(lowest, FIRST_PAGE))
        return cls(min(lowest, guard[0]), *guard)

    @property
    def leaves(self) -> tuple[int, int, int]:
        """The three ends as leaf indices."""
        return self.null_end // LEAF_BYTES, self.guard_start // LEAF_BYTES, self.guard_end // LEAF_BYTES

    def holds(self, address: int, size: int) -> bool:
        """Whether one of `size` bytes from `address` on is unowned."""
        end = address + size
        return size > 0 and (address < self.null_end or (address < self.guard_end and end > self.guard_start))

    def diagnosis(self, address: int, registers: np.ndarray) -> str:
        """What an access to unowned memory at `address` is, as the stack pointer among registers (int64) tells."""
        stack_pointer = int(registers[_STACK_POINTER]) % 2**64
        access = f"access to address 0x{address:x}"
        if address < self.null_end:
            # A stack without a guard ends here at last, one of a program that has no stack pointer never began.
            return f"stack overflow: {access}" if 0 < stack_pointer < self.null_end else f"null pointer: {access}"
        if stack_pointer < address + _LARGEST_ACCESS:
            return f"stack overflow: {access}, below the stack's end at 0x{self.guard_end:x}"
        return f"{access}, which lies between the heap and the stack and belongs to neither"


def _guard(elf: bytes, segments: tuple[Segment, ...]) -> tuple[int, int] | None:
    """(start, end) of the guard that the file declares, cut to whole leaves; None unless it makes sense."""
    values = symbol_values(elf, GUARD_SYMBOLS)
    if len(values) < len(GUARD_SYMBOLS):
        return None
    start, end = (values[name] for name in GUARD_SYMBOLS)
    start, end = -(-start // LEAF_BYTES) * LEAF_BYTES, end & -LEAF_BYTES
    is_free = all(segment.address + segment.size <= start or end <= segment.address for segment in segments)
    return (start, end) if start < end <= IMAGE_END and is_free else None
