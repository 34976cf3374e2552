"""Kernel that fills a table of the circuit machine, tile by tile, from values that lie in one memory.

Operands of the tape are first what the rows take in, then fixed columns, then bits of numbers, then registers.
Montgomery form throughout.
"""

from __future__ import annotations

from core_vm.air.table import TILE
from core_vm.field.packed import LANES, load, store
from core_vm.field.packed.room import aligned_room
from core_vm.field.scalar_kernels import monty_decode, monty_encode
from core_vm.host.kernel_cache import njit
from core_vm.witness.tape_kernels import run_tile


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
        run_tile(operations, constants, registers, tile, cells, first, stride)
