"""An inner node above what the shard opens, in the memory tree (levels 1 to 28) or the program tree (33 to 62)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from core_vm.field.koalabear import P
from core_vm.tables import buses
from core_vm.tables.buses import PROGRAM_LEAF_LEVEL
from core_vm.tables.gadgets.inverses import inverses
from core_vm.tables.gadgets.witness_table import WitnessTable

if TYPE_CHECKING:
    from core_vm.tables.source import WitnessSource


class NodeChunk:
    """A chunk of `core_vm.machine.replay.node_rows.NodeRows`, with the same attributes."""

    def __init__(self, source: WitnessSource, start: int, stop: int) -> None:
        self._nodes, self._chunk = source.nodes, slice(start, stop)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._nodes, name)[self._chunk]

    def children(self, when: str) -> np.ndarray:
        """Both children's digests "before" or "after": (n, 16)."""
        return np.concatenate([getattr(self, f"left_{when}"), getattr(self, f"right_{when}")], axis=1)


def _table() -> WitnessTable:
    t = WitnessTable("memory_node", __doc__ or "")
    real = t.bit("real", lambda rows: np.ones(len(rows.level), np.uint8))
    level = t.column("level", lambda rows: rows.level)
    index = t.column("index", lambda rows: rows.index)
    # What stands at a leaf's level is data, not two digests: were it opened as a node, data that happens to be a digest
    # (eight limbs of a chosen input: 2^120 tries) could change without an access. Below, no chain comes past these.
    inverse = t.column(
        "inverse_of_level_and_height", lambda rows: inverses(rows.level * (rows.level - PROGRAM_LEAF_LEVEL) % P)
    )
    t.constrain("a_node_stands_above_the_leaves", level * (level - PROGRAM_LEAF_LEVEL) * inverse - real)
    own_before = t.columns("digest_before", 8, lambda rows: rows.before)
    own_after = t.columns("digest_after", 8, lambda rows: rows.after)
    children_before, children_after = [], []
    for number, side in enumerate(("left", "right")):
        touched = t.bit(f"{side}_is_touched", lambda rows, side=side: getattr(rows, f"{side}_touched"))
        before = t.columns(f"{side}_before", 8, lambda rows, side=side: getattr(rows, f"{side}_before"))
        after = t.columns(f"{side}_after", 8, lambda rows, side=side: getattr(rows, f"{side}_after"))
        # A row not in use must not take a child's message away.
        t.constrain(f"only_rows_in_use_touch_their_{side}_child", touched * (1 - real))
        for i in range(8):
            # With `touched`, the child's own row has the last word on its digests.
            changed = (1 - touched) * (before[i] - after[i])
            t.constrain(f"{side}_child_not_touched_keeps_its_digest_{i}", changed)
        # The parent's place fixes the child's: each index, from the root's 0 down, is an integer below 2^30.
        t.receive(buses.TREE, (level - 1, 2 * index + number, *before, *after), touched)
        children_before += before
        children_after += after

    t.compress(children_before, own_before, real, lambda rows: rows.children("before"))
    t.compress(children_after, own_after, real, lambda rows: rows.children("after"))
    t.send(buses.TREE, (level, index, *own_before, *own_after), real)
    return t


MEMORY_NODE = _table().module_of(lambda source: len(source.nodes), NodeChunk)
MODULES = (MEMORY_NODE,)
