"""A tape cut into blocks whose registers stay in the cache: what the packed interpreters run.

Interpreted over many rows at once, an operand is hundreds of bytes. A table of two thousand columns, all in registers
from the first operation on, is more than a megabyte, which no cache near the core holds. So a column is brought into a
register right before the block that first reads it, and the register is free after its last reader; a column that
nothing reads, such as one for messages alone, is never brought in. Operations of a wide tape run as soon as what they
read is there, columns coming in order: neighbours are read together. The order changes no value, and a sum of
constraints in a field does not depend on its order either.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from core_vm.air.tape import Opcode, Tape
from core_vm.stark.words import Int64

# A tape that reads more columns than this is cut, into blocks that bring in so many each.
COLUMNS_OF_A_BLOCK = 64
MAX_UNCUT_COLUMNS = 256
READS_TWO = (Opcode.ADD, Opcode.SUBTRACT, Opcode.MULTIPLY, Opcode.DOUBLE_ADD)


class BlockedTape(NamedTuple):
    """`operations` are those of a tape, of registers alone. `fills` (n, 2): a column, and the register it goes to.
    `blocks` (n, 4): fills from where to where, then operations from where to where."""

    operations: Int64
    fills: Int64
    blocks: Int64
    num_registers: int


def blocked(tape: Tape) -> BlockedTape:
    """The same values emitted, each with the number of its constraint."""
    operations = np.array(tape.operations, np.int64).reshape(-1, 4)
    reads_two = np.isin(operations[:, 0], READS_TWO)
    read = np.concatenate([operations[:, 2], operations[reads_two, 3]])
    columns = np.unique(read[read < tape.width])
    if len(columns) > MAX_UNCUT_COLUMNS:
        return _cut(tape, columns.tolist())
    numbers = np.full(tape.width + tape.num_registers, -1, np.int64)
    numbers[columns] = np.arange(len(columns))
    numbers[tape.width :] = len(columns) + np.arange(tape.num_registers)
    operations[:, 2] = numbers[operations[:, 2]]
    operations[reads_two, 3] = numbers[operations[reads_two, 3]]
    writes = operations[:, 0] != Opcode.EMIT
    operations[writes, 1] = numbers[operations[writes, 1]]
    fills = np.stack([columns, np.arange(len(columns))], axis=1)
    blocks = np.array([[0, len(fills), 0, len(operations)]], np.int64)
    return BlockedTape(operations, fills, blocks, len(columns) + tape.num_registers)


Operation = tuple[int, int, int, int]
Operands = tuple[int, ...]
# As plain integers, which are compared faster than members of an enumeration.
_EMIT, _READS_TWO = int(Opcode.EMIT), frozenset(map(int, READS_TWO))


def _single_assignment(tape: Tape) -> list[Operation]:
    """Every operation writes a value of its own: operation n the number width + n."""
    now = list(range(tape.width + tape.num_registers))
    found: list[Operation] = []
    for value, (opcode, d, a, b) in enumerate(tape.operations.tolist(), tape.width):
        found.append((opcode, d, now[a], now[b] if opcode in _READS_TWO else b))
        if opcode != _EMIT:
            now[d] = value
    return found


def _cut(tape: Tape, columns: list[int]) -> BlockedTape:
    code, width = _single_assignment(tape), tape.width
    operands = [(a, b) if opcode in _READS_TWO and a != b else (a,) for opcode, _, a, b in code]
    readers: list[list[int]] = [[] for _ in range(width + len(code))]
    for number, read in enumerate(operands):
        for operand in read:
            readers[operand].append(number)
    order, blocks = _as_soon_as_possible(operands, readers, columns)
    registers = _Registers([len(of_value) for of_value in readers])
    fills: list[tuple[int, int]] = []
    out: list[Operation] = []
    for first_fill, last_fill, first, last in blocks:
        fills += [(column, registers.take(column)) for column in columns[first_fill:last_fill]]
        for number in order[first:last]:
            opcode, d, a, b = code[number]
            source, other = registers.of[a], registers.of[b] if opcode in _READS_TWO else b
            for operand in operands[number]:
                registers.let_go(operand)
            out.append((opcode, d if opcode == _EMIT else registers.take(width + number), source, other))
    return BlockedTape(np.array(out, np.int64), np.array(fills, np.int64), np.array(blocks, np.int64), registers.count)


def _as_soon_as_possible(
    operands: list[Operands], readers: list[list[int]], columns: list[int]
) -> tuple[list[int], list[tuple[int, int, int, int]]]:
    """Numbers of all operations in a new order, and its blocks as `BlockedTape` has them."""
    missing, width = [len(read) for read in operands], len(readers) - len(operands)
    order: list[int] = []
    blocks: list[tuple[int, int, int, int]] = []
    for first_fill in range(0, len(columns), COLUMNS_OF_A_BLOCK):
        last_fill, first = min(first_fill + COLUMNS_OF_A_BLOCK, len(columns)), len(order)
        for column in columns[first_fill:last_fill]:
            there = [column]
            while there:
                for number in readers[there.pop()]:
                    missing[number] -= 1
                    if not missing[number]:
                        order.append(number)
                        there.append(width + number)
        blocks.append((first_fill, last_fill, first, len(order)))
    return order, blocks


class _Registers:
    """Values in registers, each from when it is taken until its last reader lets go."""

    def __init__(self, uses: list[int]) -> None:
        self.of: dict[int, int] = {}
        self.count = 0
        self._uses, self._free = uses, list[int]()

    def take(self, value: int) -> int:
        """A register for a value; what nobody reads gets one that is free again at once."""
        if not self._free:
            self._free.append(self.count)
            self.count += 1
        register = self.of[value] = self._free.pop() if self._uses[value] else self._free[-1]
        return register

    def let_go(self, value: int) -> None:
        self._uses[value] -= 1
        if not self._uses[value]:
            self._free.append(self.of.pop(value))
