"""Kernel that fills a table of the circuit machine, tile by tile, from values that lie in one memory.

Operand number i of the tape is the run of 64 words from i * 64, as in `stark.zerocheck.packed_tape`: first what the
rows take in, then fixed columns, then bits of numbers, then registers. Montgomery form throughout.
"""

from __future__ import annotations

from core_vm.air.table import TILE
from core_vm.field.packed import LANES, load, splat, store
from core_vm.field.packed.room import aligned_room
from core_vm.field.scalar_kernels import monty_decode, monty_encode
from core_vm.host.kernel_cache import njit
from core_vm.stark.zerocheck.packed_tape import (
    ADD,
    ADD_CONSTANT,
    CONSTANT_SUBTRACT,
    DOUBLE_ADD,
    MULTIPLY,
    MULTIPLY_CONSTANT,
    SUBTRACT,
)


@njit
def _gather(groups, memory, places, row, count, registers):
    """Groups of neighbouring words of `count` rows from `row` on; the rest of the tile is zero."""
    for g in range(len(groups)):
        slot, words = groups[g, 0], groups[g, 1]
        for lane in range(count):
            at = places[row + lane, g]
            for j in range(words):
                registers[(slot + j) * TILE + lane] = memory[at + j]
        for j in range(words):
            registers[(slot + j) * TILE + count : (slot + j + 1) * TILE] = 0


@njit
def _copy_fixed(fixed, cells, tile, registers):
    for i in range(len(fixed)):
        at = fixed[i, 1] + tile * fixed[i, 2]
        for v in range(0, TILE, LANES):
            store(registers, fixed[i, 0] * TILE + v, load(cells, at + v))


@njit
def _cut(cuts, registers):
    """Bits of canonical integers."""
    for i in range(len(cuts)):
        target, source, shift, mask = cuts[i, 0] * TILE, cuts[i, 1] * TILE, cuts[i, 2], cuts[i, 3]
        for lane in range(TILE):
            registers[target + lane] = monty_encode((monty_decode(registers[source + lane]) >> shift) & mask)


@njit
def _compute(operations, constants, registers, tile, cells, first, stride):
    """Run the tape; what is emitted as d is a run of column d."""
    for at in range(len(operations)):
        opcode, d, a, b = operations[at, 0], operations[at, 1], operations[at, 2] * TILE, operations[at, 3]
        if opcode == ADD:
            for v in range(0, TILE, LANES):
                store(registers, d * TILE + v, load(registers, a + v) + load(registers, b * TILE + v))
        elif opcode == SUBTRACT:
            for v in range(0, TILE, LANES):
                store(registers, d * TILE + v, load(registers, a + v) - load(registers, b * TILE + v))
        elif opcode == MULTIPLY:
            for v in range(0, TILE, LANES):
                store(registers, d * TILE + v, load(registers, a + v) * load(registers, b * TILE + v))
        elif opcode == ADD_CONSTANT:
            for v in range(0, TILE, LANES):
                store(registers, d * TILE + v, load(registers, a + v) + splat(constants[b]))
        elif opcode == MULTIPLY_CONSTANT:
            for v in range(0, TILE, LANES):
                store(registers, d * TILE + v, load(registers, a + v) * splat(constants[b]))
        elif opcode == CONSTANT_SUBTRACT:
            for v in range(0, TILE, LANES):
                store(registers, d * TILE + v, splat(constants[b]) - load(registers, a + v))
        elif opcode == DOUBLE_ADD:
            for v in range(0, TILE, LANES):
                twice = load(registers, a + v) + load(registers, a + v)
                store(registers, d * TILE + v, twice + load(registers, b * TILE + v))
        else:
            for v in range(0, TILE, LANES):
                store(cells, first[d] + tile * stride[d] + v, load(registers, a + v))


@njit(cache=True, nogil=True)
def fill_rows(
    groups, fixed, cuts, operations, constants, num_operands, memory, places, cells, first, stride, start, stop
):
    """Tiles `start` to `stop` of a table: column c of tile k is at cells[first[c] + k * stride[c]].

    `groups` (slot, words) are taken from `memory` at `places` (rows, groups); `fixed` (slot, first cell, stride) are
    columns that are there; `cuts` (slot, source slot, shift, mask) are bits of integers. `num_operands` counts all
    operands of the tape, registers included.
    """
    registers = aligned_room(num_operands * TILE)
    for tile in range(start, stop):
        row = tile * TILE
        _gather(groups, memory, places, row, min(TILE, len(places) - row), registers)
        _copy_fixed(fixed, cells, tile, registers)
        _cut(cuts, registers)
        _compute(operations, constants, registers, tile, cells, first, stride)
