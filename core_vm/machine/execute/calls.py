"""Environment calls: their kinds, why one is refused, and what the kernels have to know of the precompiles."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from enum import IntEnum
from typing import Final

import numpy as np

from core_vm.machine.precompile import POINTER_REGISTERS, ComputeKernel, Precompile
from core_vm.state.memory_map import LEAF_DWORDS

NUMBER_REGISTER: Final = 17
RESULT_REGISTER: Final = 10
EXIT_NUMBER: Final = 93
WRITE_NUMBER: Final = 64
_MASK64 = 2**64 - 1

OnOutput = Callable[[int, bytes], None]


class CallKind(IntEnum):
    """What an ECALL turns out to be: one of the first three, as events number them, or refused for one reason."""

    EXIT = 0
    WRITE = 1
    PRECOMPILE = 2
    UNKNOWN = 3
    BAD_STREAM = 4
    BAD_BUFFER = 5
    BAD_ARGUMENT = 6
    BAD_OPERAND = 7
    OVERLAP = 8
    NO_RESULT = 9


class CallField(IntEnum):
    """The columns of `CallTable.rows`; three more for each operand follow: register, dwords, whether it is written."""

    NUMBER = 0
    COMPUTE = 1
    """Address of the compiled function; 0 while it is not loaded."""
    CELLS = 2
    """Of the precompile's tables and its compressions, what a call takes from the budget; `cutting.Cutter` sees to it
    that that is enough."""
    DWORDS = 3
    """Of all operands together."""
    LEAVES = 4
    """At most so many leaves of memory hold the operands."""
    COUNT = 5
    """Calls in this shard."""
    LOG_CURSOR = 6
    """Where the recorder writes the next call, and where it may not write any more."""
    LOG_END = 7
    MOST_CELLS = 8
    """The same, and for all the memory that a call may touch."""
    PARAMETER = 9
    """What the compiled function is told besides the operands."""
    OPERANDS = 10


OPERAND_FIELDS: Final = 3
NUM_CALL_FIELDS: Final = CallField.OPERANDS + OPERAND_FIELDS * len(POINTER_REGISTERS)


class CallTable:
    """The machine's precompiles for the kernels: `rows` (precompiles, NUM_CALL_FIELDS) int64, see `CallField`.

    An operand that a precompile lacks has no dwords. Compiled functions are loaded when they are first called.
    """

    def __init__(self, precompiles: Sequence[Precompile]) -> None:
        self.precompiles = tuple(precompiles)
        self.rows = np.zeros((len(self.precompiles), NUM_CALL_FIELDS), np.int64)
        self._counts = self.rows[:, CallField.COUNT]
        self._loaded: list[ComputeKernel] = []
        for row, precompile in zip(self.rows, self.precompiles, strict=True):
            widths = [operand.dwords for operand in precompile.operands]
            row[CallField.NUMBER] = precompile.number
            row[CallField.DWORDS] = sum(widths)
            row[CallField.PARAMETER] = precompile.parameter
            row[CallField.LEAVES] = sum(width // LEAF_DWORDS + 2 for width in widths)
            fields = [(operand.register, operand.dwords, operand.access == "write") for operand in precompile.operands]
            row[CallField.OPERANDS : CallField.OPERANDS + OPERAND_FIELDS * len(fields)] = np.ravel(fields)

    def load(self, place: int) -> None:
        """Put the address of the compiled function into row `place`."""
        kernel = self.precompiles[place].kernel()
        self._loaded.append(kernel)  # the address is good for as long as the object lives
        self.rows[place, CallField.COMPUTE] = kernel.address

    @property
    def cells(self) -> int:
        """Cells of the precompiles' tables for the counted calls."""
        return sum(precompile.cells(count) for precompile, count in self._called())

    @property
    def compressions(self) -> int:
        """Compressions that the counted calls ask for, at most."""
        return sum(precompile.compressions_per_call * count for precompile, count in self._called())

    @property
    def num_claims(self) -> int:
        """The counted calls that are claims."""
        return sum(count for precompile, count in self._counted() if precompile.claims)

    @property
    def counts(self) -> dict[str, int]:
        """The counted calls by precompile."""
        return {precompile.name: count for precompile, count in self._counted()}

    def _called(self) -> Iterator[tuple[Precompile, int]]:
        """Those that the shard calls: of no others are tables made, to ask what they cost."""
        if not self._counts.any():  # asked between any two stretches
            return iter(())
        return ((self.precompiles[place], int(self._counts[place])) for place in np.flatnonzero(self._counts).tolist())

    def _counted(self) -> Iterator[tuple[Precompile, int]]:
        return zip(self.precompiles, self.rows[:, CallField.COUNT].tolist(), strict=True)


def refusal(kind: int, address: int, registers: np.ndarray, precompiles: Sequence[Precompile]) -> str:
    """Why the call that the registers (int64) ask for was refused; `address` is that of the operand to blame."""
    number, a0, a1, a2 = (int(registers[r]) & _MASK64 for r in (NUMBER_REGISTER, 10, 11, 12))
    name = next((precompile.name for precompile in precompiles if precompile.number == number), "")
    reasons = {
        CallKind.UNKNOWN: f"unknown environment call a7 = {number:#x}",
        CallKind.BAD_STREAM: f"write to file {a0}: only 1 and 2 exist",
        CallKind.BAD_BUFFER: f"write of {a2} bytes from address {a1:#x}, outside the memory map",
        CallKind.BAD_ARGUMENT: f"{name}: an argument is no 32-bit address: {a0:#x}, {a1:#x}, {a2:#x}",
        CallKind.BAD_OPERAND: f"{name}: operand at {address:#x} is misaligned or outside the memory map",
        CallKind.OVERLAP: f"{name}: the operand at {address:#x} overlaps one that is accessed later",
        CallKind.NO_RESULT: f"{name}: the call has no result for its operands at {a0:#x}, {a1:#x}, {a2:#x}",
    }
    return reasons[CallKind(kind)]
