"""Whether rows of a very wide table satisfy its constraints, by the packed interpreter of tapes.

All constraints of a row are added up with random weights in K: a row of which one does not hold has the sum zero by a
chance of 2^-150. `row_search.constraints_hold` uses it where the tape is so long that the plain interpreter would take
minutes for the mutants of one row.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from core_vm.air.tape import Tape
from core_vm.field.koalabear import P, to_montgomery
from core_vm.field.packed.room import aligned_room
from core_vm.stark.zerocheck.packed_tape import room_of_base, run_base

BLOCK = 64
"""Rows at once: so registers of thousands of columns stay in a cache."""


@cache
def _for_kernel(tape: Tape) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Its operations, its constants, and a weight in K for each constraint."""
    weights = np.random.default_rng(tape.num_constraints).integers(0, P, 5 * tape.num_constraints)
    constants = to_montgomery(np.array(tape.constants, np.int64))
    return np.array(tape.operations, np.int64), constants, to_montgomery(weights)


def rows_hold(tape: Tape, columns: np.ndarray) -> np.ndarray:
    """bool (n,) for canonical `columns` (width, n)."""
    count, hold = columns.shape[1], np.ones(columns.shape[1], np.bool_)
    room = np.zeros(room_of_base(BLOCK), np.uint32)
    registers = aligned_room((tape.width + tape.num_registers) * BLOCK)
    values = np.zeros((tape.width, count + -count % BLOCK), np.uint32)
    values[:, :count] = to_montgomery(columns.astype(np.int64))
    for start in range(0, count, BLOCK):
        registers[: tape.width * BLOCK] = values[:, start : start + BLOCK].reshape(-1)
        totals = aligned_room(5 * BLOCK)
        totals[:] = 0
        run_base(*_for_kernel(tape), registers, BLOCK, totals, room)
        hold[start : start + BLOCK] = (totals.reshape(5, BLOCK) % P == 0).all(axis=0)[: count - start]
    return hold
