"""A leaf of the memory tree that the shard touches: its four dwords at the start and at the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from core_vm.tables import buses
from core_vm.tables.gadgets.rows import split_limbs
from core_vm.tables.gadgets.witness_table import WitnessTable

if TYPE_CHECKING:
    from core_vm.tables.source import WitnessSource

_DWORDS, _LIMBS = 4, 16


class LeafRows:
    """A chunk of leaves: `index` (n,), limbs `before`, `after` (n, 16), `last_times` (n, 4), digests (n, 8)."""

    def __init__(self, source: WitnessSource, start: int, stop: int) -> None:
        events, chunk = source.events, slice(start, stop)
        self.index = events.leaves[chunk]
        self.before = split_limbs(events.before[chunk]).reshape(-1, _LIMBS)
        self.after = split_limbs(events.after[chunk]).reshape(-1, _LIMBS)
        self.last_times = events.last_times[chunk]
        before, after = source.leaf_digests
        self.digest_before, self.digest_after = before[chunk], after[chunk]


def _table() -> WitnessTable:
    t = WitnessTable("memory_leaf", __doc__ or "")
    real = t.bit("real", lambda rows: np.ones(len(rows.index), np.uint8))
    index = t.column("index", lambda rows: rows.index)
    before = t.columns("before", _LIMBS, lambda rows: rows.before)
    after = t.columns("after", _LIMBS, lambda rows: rows.after)
    last_times = t.columns("last_time", _DWORDS, lambda rows: rows.last_times)
    digest_before = t.columns("digest_before", 8, lambda rows: rows.digest_before)
    digest_after = t.columns("digest_after", 8, lambda rows: rows.digest_after)

    # The only place where a dword's history starts, at time 0, and where it ends. The tree bus gives each index one
    # leaf row, so a dword has one history; its accesses and renewals, each later than the one before, are a path from
    # start to end.
    for k in range(_DWORDS):
        limbs = slice(4 * k, 4 * k + 4)
        t.send(buses.MEMORY, (4 * index + k, *before[limbs], 0), real)
        t.receive(buses.MEMORY, (4 * index + k, *after[limbs], last_times[k]), real)
    # Limbs before may be the prover's own choice (a private input); those after were checked by whoever wrote them.
    for limb in before:
        t.range16(limb, real)
    t.compress(before, digest_before, real, lambda rows: rows.before)
    t.compress(after, digest_after, real, lambda rows: rows.after)
    t.send(buses.TREE, (0, index, *digest_before, *digest_after), real)
    return t


MEMORY_LEAF = _table().module_of(lambda source: len(source.events.leaves), LeafRows)
MODULES = (MEMORY_LEAF,)
