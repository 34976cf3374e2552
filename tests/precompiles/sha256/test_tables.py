"""Honest traces satisfy the tables, and a call costs what the documentation says."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np

from core_vm.witness.module import ColumnWriter
from core_vm.witness.trace import Trace
from precompiles.sha256.precompile import PRECOMPILE
from tests.precompiles.sha256.calls import (
    CALL_MODULE,
    ROUND_MODULE,
    ROWS_PER_CALL,
    fill,
    objections,
    random_calls,
    run_calls,
)


def test_cells_and_interactions_of_a_call() -> None:
    calls, rounds = CALL_MODULE.table, ROUND_MODULE.table
    assert calls.width + ROWS_PER_CALL * rounds.width == 7644
    assert len(calls.interactions) + ROWS_PER_CALL * len(rounds.interactions) == 97


def test_random_calls_are_accepted() -> None:
    assert objections(fill(random_calls(33))) == []


def test_extreme_words_are_accepted() -> None:
    """All bits clear, all set, and mixtures: the largest and the smallest carries."""
    values = np.array([0, 2**64 - 1, 0xFFFF_0000_FFFF_0000, 0x8000_0000_8000_0000], dtype=np.uint64)
    blocks = np.repeat(values, 4)[:, None] * np.ones(8, dtype=np.uint64)
    states = np.tile(values, 4)[:, None] * np.ones(4, dtype=np.uint64)
    assert objections(fill(run_calls(blocks, states))) == []


def test_state_inside_the_block_is_read_before_it_is_written() -> None:
    """The block is read at t + 1; the state's access at t + 2 finds what that read put back."""
    block = np.arange(8, dtype=np.uint64) * np.uint64(0x0123_4567_89AB_CDEF)
    for offset in range(5):
        pointers = np.array([[0x2000 + 8 * offset, 0x2000]], dtype=np.uint64)
        events = run_calls(block[None], block[None, offset : offset + 4], pointers)
        events.previous_times[1][:] = events.times[0] + 1
        assert objections(fill(events)) == []


def test_pointers_up_to_the_end_of_the_map_are_accepted() -> None:
    block, state = np.ones((1, 8), dtype=np.uint64), np.ones((1, 4), dtype=np.uint64)
    pointers = np.array([[0xF000_0000 - 32, 0xF000_0000 - 128]], dtype=np.uint64)
    assert objections(fill(run_calls(block, state, pointers, first_time=2**24 - 7))) == []


def test_no_calls_need_no_rows() -> None:
    source = SimpleNamespace(events=SimpleNamespace(precompiles={}))
    assert [module.rows(source) for module in PRECOMPILE.tables] == [0, 0]


def test_filling_in_pieces_gives_the_same_trace() -> None:
    source = SimpleNamespace(events=SimpleNamespace(precompiles={PRECOMPILE.name: random_calls(70)}))
    traces = []
    for piece in (10**6, 64):
        trace = Trace([m.table for m in PRECOMPILE.tables], [m.rows(source) for m in PRECOMPILE.tables])
        for number, module in enumerate(PRECOMPILE.tables):
            for start in range(0, module.rows(source), piece):
                module.fill(source, start, min(start + piece, module.rows(source)), ColumnWriter(trace, number, start))
        traces.append(trace.q)
    assert np.array_equal(*traces)
