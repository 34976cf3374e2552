"""The packed interpreter of tapes that keeps what is emitted, tile by tile: columns that follow from others, or what
each constraint is on each row. Those of the zerocheck add it up. `air.tape.run_tape` is the definition.

Operand number i of the tape is the run of 64 words from i * 64. Montgomery form throughout.
"""

from __future__ import annotations

import numpy as np

from core_vm.air.table import TILE
from core_vm.field.packed import LANES, load, splat, store
from core_vm.field.packed.room import aligned_room
from core_vm.host.kernel_cache import njit

ADD, SUBTRACT, MULTIPLY, ADD_CONSTANT, MULTIPLY_CONSTANT, CONSTANT_SUBTRACT, DOUBLE_ADD = range(7)
"""As in `air.tape.Opcode`, in which those that write a register come first."""


@njit(forceinline=True)
def run_operation(opcode, d, a, b, constants, registers, block):
    """One of those above; operand number i is the run of `block` words from i * block, a multiple of LANES."""
    to, a = d * block, a * block
    if opcode == ADD:
        for v in range(0, block, LANES):
            store(registers, to + v, load(registers, a + v) + load(registers, b * block + v))
    elif opcode == SUBTRACT:
        for v in range(0, block, LANES):
            store(registers, to + v, load(registers, a + v) - load(registers, b * block + v))
    elif opcode == MULTIPLY:
        for v in range(0, block, LANES):
            store(registers, to + v, load(registers, a + v) * load(registers, b * block + v))
    elif opcode == ADD_CONSTANT:
        constant = splat(constants[b])
        for v in range(0, block, LANES):
            store(registers, to + v, load(registers, a + v) + constant)
    elif opcode == MULTIPLY_CONSTANT:
        constant = splat(constants[b])
        for v in range(0, block, LANES):
            store(registers, to + v, load(registers, a + v) * constant)
    elif opcode == CONSTANT_SUBTRACT:
        constant = splat(constants[b])
        for v in range(0, block, LANES):
            store(registers, to + v, constant - load(registers, a + v))
    else:
        for v in range(0, block, LANES):
            twice = load(registers, a + v) + load(registers, a + v)
            store(registers, to + v, twice + load(registers, b * block + v))


@njit
def run_tile(operations, constants, registers, tile, cells, first, stride):
    """Run the tape; what is emitted as d is the run of 64 cells from first[d] + tile * stride[d]."""
    for at in range(len(operations)):
        opcode, d, a, b = operations[at, 0], operations[at, 1], operations[at, 2], operations[at, 3]
        if opcode <= DOUBLE_ADD:
            run_operation(opcode, d, a, b, constants, registers, TILE)
        else:
            for v in range(0, TILE, LANES):
                store(cells, first[d] + tile * stride[d] + v, load(registers, a * TILE + v))


@njit(cache=True, nogil=True)
def values_on_rows(operations, constants, num_operands, columns, values):
    """values[d] becomes what the tape emits as d from `columns` (width, rows): uint32, whole tiles of rows.
    `num_operands` counts columns and registers."""
    width, rows = columns.shape
    source, cells, registers = columns.reshape(-1), values.reshape(-1), aligned_room(num_operands * TILE)
    first, stride = np.arange(len(values)) * rows, np.full(len(values), TILE)
    for tile in range(rows // TILE):
        for c in range(width):
            for v in range(0, TILE, LANES):
                store(registers, c * TILE + v, load(source, c * rows + tile * TILE + v))
        run_tile(operations, constants, registers, tile, cells, first, stride)
