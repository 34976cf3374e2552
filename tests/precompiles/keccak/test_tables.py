"""Honest traces satisfy the tables, and a call costs what the documentation says."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np

from core_vm.machine.precompile import PrecompileEvents
from core_vm.witness.module import ColumnWriter
from core_vm.witness.trace import Trace
from precompiles.keccak.precompile import PRECOMPILE
from tests.precompiles.keccak.filled import ABSORB, BLOCK, LANES, ROUNDS, STATE, Filled, random_calls, run_calls


def source_of(events: PrecompileEvents) -> SimpleNamespace:
    return SimpleNamespace(events=SimpleNamespace(precompiles={PRECOMPILE.name: events}))


def test_cells_and_interactions_of_a_call() -> None:
    tables = [(module.table, module.rows_per_call) for module in (ABSORB, LANES, ROUNDS)]
    assert [(t.width, len(t.interactions), n) for t, n in tables] == [(654, 493, 1), (349, 60, 9), (1112, 959, 12)]
    assert sum(t.width * n for t, n in tables) == PRECOMPILE.cells_per_call == 17_139
    assert sum(len(t.interactions) * n for t, n in tables) == 12_541
    assert PRECOMPILE.fixed_cells == 4 * 2**16 + 2 * 2**11


def test_random_calls_are_accepted() -> None:
    assert Filled(random_calls(7)).objection() == ""


def test_extreme_lanes_are_accepted() -> None:
    """All bits clear, all set, single bits, and one limb's."""
    values = np.array([0, 2**64 - 1, 1, 2**63, 0xFFFF_0000_FFFF_0000], dtype=np.uint64)
    blocks = np.repeat(values, len(values))[:, None] * np.ones(17, dtype=np.uint64)
    states = np.tile(values, len(values))[:, None] * np.ones(25, dtype=np.uint64)
    states[3] = np.uint64(1) << np.arange(25, dtype=np.uint64)
    assert Filled(run_calls(blocks, states)).objection() == ""


def test_a_block_inside_the_state_is_read_before_it_is_written() -> None:
    """The block is read at t + 1; the state's access at t + 2 finds what that read put back."""
    state = np.arange(25, dtype=np.uint64) * np.uint64(0x0123_4567_89AB_CDEF)
    for offset in (0, 3, 8):
        pointers = np.array([[0x2000, 0x2000 + 8 * offset]], dtype=np.uint64)
        events = run_calls(state[None, offset : offset + 17], state[None], pointers)
        events.previous_times[STATE][0, offset : offset + 17] = events.times[0] + 1
        assert Filled(events).objection() == ""


def test_pointers_up_to_the_end_of_the_map_are_accepted() -> None:
    block, state = np.ones((1, 17), dtype=np.uint64), np.ones((1, 25), dtype=np.uint64)
    pointers = np.array([[0xF000_0000 - 200, 0xF000_0000 - 336]], dtype=np.uint64)
    assert Filled(run_calls(block, state, pointers, first_time=2**24 - 7)).objection() == ""


def test_no_calls_need_no_rows_and_no_lookup_tables() -> None:
    source = SimpleNamespace(events=SimpleNamespace(precompiles={}))
    assert [module.num_rows(source) for module in PRECOMPILE.tables] == [0] * 5
    assert [module.num_rows(source_of(random_calls(2))) for module in PRECOMPILE.tables] == [2, 18, 24, 2**16, 2**11]


def test_filling_in_pieces_gives_the_same_trace() -> None:
    """A piece may begin inside a call."""
    source, traces = source_of(random_calls(70)), []
    for piece in (10**6, 64, 192):
        trace = Trace([m.table for m in PRECOMPILE.tables], [m.num_rows(source) for m in PRECOMPILE.tables])
        for number, module in enumerate(PRECOMPILE.tables[:3]):
            assert module.fill is not None
            for start in range(0, module.num_rows(source), piece):
                stop = min(start + piece, module.num_rows(source))
                module.fill(source, start, stop, ColumnWriter(trace, number, start))
        traces.append(trace.q)
    assert np.array_equal(traces[0], traces[1])
    assert np.array_equal(traces[0], traces[2])


def test_operands_are_what_the_page_says() -> None:
    assert [(o.register, o.dwords, o.access) for o in PRECOMPILE.operands] == [(11, 17, "read"), (10, 25, "write")]
    assert (PRECOMPILE.number, BLOCK, STATE) == (0x1001, 0, 1)
