"""Honest rows of every table, from the conformance guests."""

from __future__ import annotations

from functools import cache

import numpy as np

from core_vm.tables.source import WitnessSource
from core_vm.witness.module import ColumnWriter, TableModule
from core_vm.witness.trace import Trace
from tests.conformance.checking import shards_of
from tests.conformance.guests import all_guests


@cache
def sources() -> tuple[WitnessSource, ...]:
    """Each conformance guest's one shard."""
    shards = [shard for guest in all_guests() for shard in shards_of(guest.program, guest.input)]
    return tuple(shard.source() for shard in shards)


def rows_of(module: TableModule, source: WitnessSource) -> np.ndarray:
    """All rows in use of one table, canonical int64 (width, rows)."""
    count = module.num_rows(source) if module.fill else 0
    if not count or module.fill is None:
        return np.zeros((module.table.width, 0), np.int64)
    trace = Trace([module.table], [count])
    writer = ColumnWriter(trace, 0, 0)
    module.fill(source, 0, count, writer)
    writer.finish()
    return trace.read_table(0)[:, :count].astype(np.int64)


@cache
def all_rows(module: TableModule) -> np.ndarray:
    """The rows of all guests side by side, canonical int64 (width, rows)."""
    return np.concatenate([rows_of(module, source) for source in sources()], axis=1)


def some_rows(module: TableModule, count: int) -> list[np.ndarray]:
    """The row of zeros, and up to `count` honest rows, the same ones in every session."""
    rows = all_rows(module)
    chosen = np.random.default_rng(count).permutation(rows.shape[1])[:count]
    return [np.zeros(module.table.width, np.int64), *rows[:, np.sort(chosen)].T]
