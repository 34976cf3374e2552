"""One call of Keccak a row: take the call, and with it the state and the block, and hand them to the rounds.

The lanes lie in memory; `keccak_lanes` reads and writes them, nine rows a call. It sends state + block in digits 0 to
2, whose parity is the exclusive-or: the first theta takes them as they are.
"""

from __future__ import annotations

import numpy as np

from core_vm.tables.gadgets.calls import CallRows, CallTable
from core_vm.witness.module import TableModule
from precompiles.keccak.buses import ACCESS, CHUNKS_IN_A_PART, INPUT, LANES_IN_A_PART, STATE, STEP
from precompiles.keccak.digits import CHUNKS
from precompiles.keccak.lane_table import GROUPS, part_shape, shape_of
from precompiles.keccak.operands import BLOCK, NAME, NUMBER, OPERANDS, STATE_OPERAND
from precompiles.keccak.reference import NUM_LANES
from precompiles.keccak.theta import COLUMN_COUNTS, flat, in_lanes, theta
from precompiles.shared.parts import in_parts


def absorb_module() -> TableModule:
    """The table `keccak_absorb`."""
    t = CallTable("keccak_absorb", NUMBER, OPERANDS, __doc__ or "")
    taken = in_lanes(t.columns("state_and_block", NUM_LANES * CHUNKS, lambda rows: _first(rows)["state_and_block"]))
    columns = {
        name: t.columns(f"first_{name}", count, lambda rows, name=name: _first(rows)[name])
        for name, count in COLUMN_COUNTS.items()
    }
    for part, chunks in enumerate(in_parts(flat(taken), CHUNKS_IN_A_PART)):
        shape = part_shape(part)
        firsts = [t.first_dword(group.operand) + LANES_IN_A_PART * part for group in GROUPS]
        dwords = [first if there else 0 for first, there in zip(firsts, shape, strict=True)]
        t.send(
            ACCESS,
            (t.time, part, shape_of(shape), t.first_dword(STATE_OPERAND) + LANES_IN_A_PART * part, *dwords),
            t.real,
        )
        t.receive(INPUT, (t.time, part, *chunks), t.real)
    after = theta(t.builder, columns, t.real)
    for lane in range(NUM_LANES):
        for k in range(CHUNKS):
            t.send(STEP, (2 * (taken[lane][k] + after.new[lane][k] - after.offset[lane % 5][k]),), t.real)
    for part, chunks in enumerate(in_parts(flat(after.moved), CHUNKS_IN_A_PART)):
        t.send(STATE, (t.time, part, *chunks), t.real)
    return t.module(NAME)


def _first(rows: CallRows) -> dict[str, np.ndarray]:
    return rows.once(_compute_first)


def _compute_first(rows: CallRows) -> dict[str, np.ndarray]:
    from precompiles.keccak.witness import first_theta

    return first_theta(rows.before(STATE_OPERAND), rows.before(BLOCK))
