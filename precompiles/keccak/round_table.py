"""The rounds of Keccak-f: two of the 24 a row, twelve rows a call.

A row receives the state before its first round, after rho and pi, and sends the one before the round after its second.
Round r does chi and iota, and then theta, rho and pi of round r + 1; after the last round there is no theta. No bit is
a column: `digits` says how eight of them are one, and why a lookup says what chi, iota and theta make of eight bits.

Soundness is argued in docs/reference/precompiles/keccak.md, and step by step beside the lookups.
"""

from __future__ import annotations

from functools import cache
from typing import Final

from core_vm.air.expression import Expression
from core_vm.air.table import Table
from core_vm.air.table_builder import TableBuilder
from precompiles.keccak.buses import CHUNKS_IN_A_PART, PLACES_OF_A_ROUND, ROUND, STATE, STEP
from precompiles.keccak.digits import CHUNKS, CONSTANT_CHUNKS
from precompiles.keccak.reference import NUM_LANES, NUM_ROUNDS
from precompiles.keccak.theta import COLUMN_COUNTS, Lanes, Theta, flat, in_lanes, look_up_chunks, theta
from precompiles.shared.parts import in_parts

ROUNDS_PER_ROW: Final = 2
ROWS_PER_CALL: Final = NUM_ROUNDS // ROUNDS_PER_ROW
LEADING_COLUMNS: Final = ("real", "call", "round", "is_last")
"""All other columns are chunks of bits."""


@cache
def round_table() -> Table:
    """The table `keccak_rounds`, built on first use."""
    t = TableBuilder("keccak_rounds", documentation=__doc__ or "")
    real, call, number = t.bit("real"), t.column("call"), t.column("round")
    # ROUND says which row is the last of its call, but nothing is looked up on a filling row: one that were the last
    # would take a state and give another.
    is_last = t.bit("is_last")
    t.constrain("only_a_row_in_use_is_last", is_last * (real - 1))
    state = in_lanes(t.columns("moved", NUM_LANES * CHUNKS))
    _receive(t, call, number, state, real)
    last = None
    for i in range(ROUNDS_PER_ROW):
        ends = i == ROUNDS_PER_ROW - 1
        constants = t.columns(f"round_{i}_constant", len(CONSTANT_CHUNKS))
        # No other round of a row can be the call's last: the lookup has none that is.
        t.send(ROUND, (number + i * real, is_last if ends else 0, *constants), real)
        columns = {name: t.columns(f"round_{i}_{name}", count) for name, count in COLUMN_COUNTS.items()}
        last = theta(t, columns, real, real - is_last if ends else None)
        _look_up_round(t, i, state, last, constants, real)
        state = last.moved
    assert last is not None
    for x, lane in enumerate(last.offset):
        for c, chunk in enumerate(lane):
            t.constrain(f"the_last_round_adds_no_offset_{x}_{c}", is_last * chunk)
    after = number + ROUNDS_PER_ROW * real
    _send(t, call, after, state, real - is_last)
    _send(t, call, after, last.new, is_last)
    return t.build()


def _look_up_round(
    t: TableBuilder, i: int, state: Lanes, after: Theta, constants: list[Expression], real: Expression
) -> None:
    """chi, iota and the next theta by STEP, chunk by chunk.

    In lane 0, D xor the constant takes the place of D; only its parity matters, so any digits will do for which half
    the sum of all three is a bit.
    """
    of_lane_0 = list(after.offset[0])
    with_constant = t.columns(f"round_{i}_offset_with_constant", len(CONSTANT_CHUNKS))
    halves = []
    for c, constant, both in zip(CONSTANT_CHUNKS, constants, with_constant, strict=True):
        halves.append((of_lane_0[c] + constant + both) / 2)
        of_lane_0[c] = both
    look_up_chunks(t, halves, real)
    for lane in range(NUM_LANES):
        x, row = lane % 5, lane - lane % 5
        offset = after.offset[x] if lane else of_lane_0
        a, b, c = state[lane], state[row + (x + 1) % 5], state[row + (x + 2) % 5]
        for k in range(CHUNKS):
            t.send(STEP, (c[k] - b[k] + 2 * (a[k] + after.new[lane][k] - offset[k]),), real)


def _receive(t: TableBuilder, call: Expression, number: Expression, state: Lanes, times: Expression) -> None:
    _send(t, call, number, state, -times)


def _send(t: TableBuilder, call: Expression, number: Expression, state: Lanes, times: Expression) -> None:
    for part, chunks in enumerate(in_parts(flat(state), CHUNKS_IN_A_PART)):
        t.send(STATE, (call, PLACES_OF_A_ROUND * number + part, *chunks), times)
