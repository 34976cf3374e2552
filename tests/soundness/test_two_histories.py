"""A prover that opens one leaf twice, to give its dwords a second first value, fails at the root and nowhere else."""

from __future__ import annotations

import numpy as np
import pytest

from core_vm.errors import LogUpRejection
from core_vm.stark.prover import prove_shard
from core_vm.stark.verifier import verify_shard
from core_vm.witness.check import unbalanced
from core_vm.witness.lookups import count_lookups
from core_vm.witness.trace import Trace
from tests.soundness.roomy_traces import number_of, roomy_trace, rows_in_use
from tests.soundness.runs import QUICK, TABLES, everything


class Columns:
    """A table's columns by name, for reading and changing."""

    def __init__(self, trace: Trace, table: str) -> None:
        self.trace, self.number = trace, number_of(table)
        self.names = TABLES.tables[self.number].columns
        self.values = trace.read_table(self.number).astype(np.int64)
        self.free = rows_in_use(table)

    def __getitem__(self, name: str) -> np.ndarray:
        return self.values[self.names.index(name)]

    def group(self, name: str, count: int) -> np.ndarray:
        return np.stack([self[f"{name}_{i}"] for i in range(count)])

    def copy(self, row: int) -> int:
        """A copy of a row in the filling; returns where."""
        self.values[:, self.free] = self.values[:, row]
        self.free += 1
        return self.free - 1

    def write(self) -> None:
        for place, values in enumerate(self.values):
            self.trace.write(self.number, place, 0, values)


def open_twice(trace: Trace) -> None:
    """Leaf row 0 and its path, again, unchanged from start to end; hashes and lookups are counted accordingly."""
    leaves, nodes = Columns(trace, "memory_leaf"), Columns(trace, "memory_node")
    compressions = Columns(trace, "compression")
    leaf = leaves.copy(0)
    for i in range(16):
        leaves[f"after_{i}"][leaf] = leaves[f"before_{i}"][leaf]
    for i in range(8):
        leaves[f"digest_after_{i}"][leaf] = leaves[f"digest_before_{i}"][leaf]
    for k in range(4):
        leaves[f"last_time_{k}"][leaf] = 0
    _count(compressions, leaves.group("before", 16)[:, leaf])
    index = int(leaves["index"][leaf])
    for level in range(1, 29):
        (row,) = np.flatnonzero((nodes["level"] == level) & (nodes["index"] == index >> level))
        copy = nodes.copy(int(row))
        _keep_unchanged(nodes, copy, index >> (level - 1) & 1)
        _count(compressions, np.concatenate([nodes.group("left_before", 8), nodes.group("right_before", 8)])[:, copy])
    for table in (leaves, nodes, compressions):
        table.write()
    count_lookups(trace)


def _keep_unchanged(nodes: Columns, row: int, side: int) -> None:
    """Nothing changes below this copy, and only the child on the path is opened."""
    for number, name in enumerate(("left", "right")):
        nodes[f"{name}_is_touched"][row] = int(number == side)
        for i in range(8):
            nodes[f"{name}_after_{i}"][row] = nodes[f"{name}_before_{i}"][row]
    for i in range(8):
        nodes[f"digest_after_{i}"][row] = nodes[f"digest_before_{i}"][row]


def _count(compressions: Columns, block: np.ndarray) -> None:
    """Two more messages ask for the compression of these sixteen elements: before and after."""
    known = np.concatenate([compressions.group("left", 8), compressions.group("right", 8)])
    (row,) = np.flatnonzero((known == block[:, None]).all(axis=0))[:1]
    compressions["multiplicity"][row] += 2


def test_a_second_history_is_left_over_at_the_root_alone() -> None:
    shard, trace = everything(), roomy_trace()
    assert unbalanced(trace, shard.public.messages) == []
    open_twice(trace)
    (line,) = unbalanced(trace, shard.public.messages)
    assert line.startswith("bus tree: +1 x (level=28, index=0")
    words = prove_shard(TABLES, trace, shard.public, config=QUICK, check=False)
    with pytest.raises(LogUpRejection):
        verify_shard(TABLES, words, shard.public, QUICK)
