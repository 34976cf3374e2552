"""A tape cut into blocks whose registers stay in the cache: what the packed interpreters run.

Interpreted over many rows at once, an operand is hundreds of bytes. A table of two thousand columns, all in registers
from the first operation on, is more than a megabyte, which no cache near the core holds. So a column is brought into a
register right before the block that first reads it, and the register is free after its last reader; a column that
nothing reads, such as one for messages alone, is never brought in. Operations of a wide tape run as soon as what they
read is there, columns coming in order: neighbours are read together. The order changes no value, and a sum of
constraints in a field does not depend on its order either.
"""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import numpy as np

from core_vm.air.tape import Opcode, Tape
from core_vm.stark.words import Int64
from core_vm.stark.zerocheck.fused_tape import SQUARES, Step, fused

# A tape that reads more columns than this is cut, into blocks that bring in so many each.
COLUMNS_OF_A_BLOCK = 64
MAX_UNCUT_COLUMNS = 256


class BlockedTape(NamedTuple):
    """`operations` are those of a fused tape as rows, of registers alone. `fills` (n, 2): a column, and the register it
    goes to. `blocks` (n, 4): fills from where to where, then rows of operations from where to where."""

    operations: Int64
    fills: Int64
    blocks: Int64
    num_registers: int


def blocked(tape: Tape, chains: bool) -> BlockedTape:
    """The same values emitted, each with the number of its constraint; with `chains` fused, for a tape over F."""
    steps, width = fused(tape, chains), tape.width
    reads = [tuple(dict.fromkeys(step.operands)) for step in steps]
    readers: dict[int, list[int]] = {}
    for number, read in enumerate(reads):
        for operand in read:
            readers.setdefault(operand, []).append(number)
    columns = sorted(value for value in readers if value < width)
    order, blocks = _as_soon_as_possible(steps, reads, readers, columns)
    registers = _Registers({value: len(of_value) for value, of_value in readers.items()})
    fills: list[tuple[int, int]] = []
    out: list[tuple[int, ...]] = []
    starts = [0]
    for first_fill, last_fill, first, last in blocks:
        fills += [(column, registers.take(column)) for column in columns[first_fill:last_fill]]
        for number in order[first:last]:
            step = steps[number]
            sources = tuple(registers.of[operand] for operand in step.operands)
            for operand in reads[number]:
                registers.let_go(operand)
            writes = step.opcode not in (Opcode.EMIT, SQUARES)
            out += step.rows(registers.take(step.value) if writes else 0, sources)
        starts.append(len(out))
    bounds = [(*block[:2], *rows) for block, rows in zip(blocks, pairwise(starts), strict=True)]
    rows = np.array(out, np.int64).reshape(-1, 4)
    return BlockedTape(rows, np.array(fills, np.int64).reshape(-1, 2), np.array(bounds, np.int64), registers.count)


def _as_soon_as_possible(
    steps: list[Step], reads: list[tuple[int, ...]], readers: dict[int, list[int]], columns: list[int]
) -> tuple[list[int], list[tuple[int, int, int, int]]]:
    """Numbers of all steps in a new order, and its blocks as `BlockedTape` has them, but for steps in place of rows."""
    missing = [len(read) for read in reads]
    order: list[int] = []
    blocks: list[tuple[int, int, int, int]] = []
    columns_of_a_block = COLUMNS_OF_A_BLOCK if len(columns) > MAX_UNCUT_COLUMNS else max(len(columns), 1)
    for first_fill in range(0, max(len(columns), 1), columns_of_a_block):
        last_fill, first = min(first_fill + columns_of_a_block, len(columns)), len(order)
        for column in columns[first_fill:last_fill]:
            there = [column]
            while there:
                for number in readers.get(there.pop(), ()):
                    missing[number] -= 1
                    if not missing[number]:
                        order.append(number)
                        there.append(steps[number].value)
        blocks.append((first_fill, last_fill, first, len(order)))
    return order, blocks


class _Registers:
    """Values in registers, each from when it is taken until its last reader lets go."""

    def __init__(self, uses: dict[int, int]) -> None:
        self.of: dict[int, int] = {}
        self.count = 0
        self._uses, self._free = uses, list[int]()

    def take(self, value: int) -> int:
        """A register for a value; what nobody reads gets one that is free again at once."""
        if not self._free:
            self._free.append(self.count)
            self.count += 1
        register = self.of[value] = self._free.pop() if self._uses.get(value) else self._free[-1]
        return register

    def let_go(self, value: int) -> None:
        self._uses[value] -= 1
        if not self._uses[value]:
            self._free.append(self.of.pop(value))
