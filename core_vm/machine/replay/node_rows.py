"""The rows of the Node table: every node above what a shard opens, in the memory tree and in the program tree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core_vm.errors import WitnessError
from core_vm.field.koalabear import from_montgomery
from core_vm.state.memory_map import PROGRAM_DEPTH, TREE_DEPTH
from core_vm.state.memory_tree import is_lone, parents_of
from core_vm.state.sparse_tree import compress_pairs, leaf_digests, to_digest

if TYPE_CHECKING:
    from core_vm.machine.program.program import Program
    from core_vm.machine.shard import ShardEvents, ShardRecord


@dataclass(frozen=True)
class NodeRows:
    """n nodes, level by level from the one above the leaves to the root, left to right.

    `level` is the node's own (1 for the parents of leaves), `index` its place in the level, both int64. The digests are
    (n, 8) uint32, canonical. A child is `touched` (bool) when it is opened itself: a leaf of the shard, or a node of
    this list; of any other child before and after are the same.
    """

    level: np.ndarray
    index: np.ndarray
    left_before: np.ndarray
    right_before: np.ndarray
    left_after: np.ndarray
    right_after: np.ndarray
    left_touched: np.ndarray
    right_touched: np.ndarray
    before: np.ndarray
    after: np.ndarray

    def __len__(self) -> int:
        return len(self.level)


def node_rows(record: ShardRecord, events: ShardEvents) -> NodeRows:
    """The memory tree's nodes above a shard's leaves. Raises WitnessError unless they lead to the record's roots."""
    digests = np.stack([leaf_digests(events.before), leaf_digests(events.after)], axis=1)
    rows, roots = climb(events.leaves.astype(np.int64), digests, record.siblings, TREE_DEPTH)
    if (to_digest(roots[0]), to_digest(roots[1])) != (record.root_before, record.root_after):
        raise WitnessError(f"shard {record.index}: the replayed memory does not lead to the recorded roots")
    return rows


def program_node_rows(program: Program, pc_index: np.ndarray) -> NodeRows:
    """The program tree's nodes above the instructions `pc_index` (sorted, distinct); levels count from 1 here too."""
    leaves = np.asarray(pc_index).astype(np.int64)
    indices, known = program.tree[0]
    place = np.minimum(np.searchsorted(indices, leaves), len(indices) - 1)
    if (indices[place] != leaves).any():
        raise WitnessError("an executed instruction is not part of the program tree")
    digests = np.repeat(known[place][:, None], 2, axis=1)
    rows, roots = climb(leaves, digests, _program_siblings(program, leaves), PROGRAM_DEPTH)
    if to_digest(roots[0]) != program.program_root:
        raise WitnessError("an executed instruction is not part of the program tree")
    return rows


def _program_siblings(program: Program, nodes: np.ndarray) -> np.ndarray:
    """The program tree's multiproof of sorted, distinct leaves; a sibling without instructions is zero."""
    parts = []
    for indices, digests in program.tree[:PROGRAM_DEPTH]:
        wanted = (nodes ^ 1)[is_lone(nodes)]
        place = np.minimum(np.searchsorted(indices, wanted), len(indices) - 1)
        parts.append(np.where((indices[place] == wanted)[:, None], digests[place], np.uint32(0)))
        nodes, _ = parents_of(nodes)
    return np.concatenate(parts)


def climb(nodes: np.ndarray, digests: np.ndarray, siblings: np.ndarray, depth: int) -> tuple[NodeRows, np.ndarray]:
    """(rows, root before and after (2, 8) Montgomery) from leaf digests (n, 2, 8), before and after."""
    levels, used = [], 0
    for level in range(1, depth + 1):
        parents, place = parents_of(nodes)
        children = np.zeros((len(parents), 2, 2, 8), np.uint32)  # parent, before or after, side, element
        touched = np.zeros((len(parents), 2), np.bool_)
        lone = is_lone(nodes)
        missing = siblings[used : used + int(lone.sum())]
        used += len(missing)
        children[place, :, nodes & 1] = digests
        children[place[lone], :, (nodes[lone] & 1) ^ 1] = missing[:, None]
        touched[place, nodes & 1] = True
        digests = compress_pairs(children.reshape(-1, 16)).reshape(-1, 2, 8)
        nodes = parents
        levels.append((np.full(len(parents), level), parents, children, touched, digests))
    level, index, children, touched, own = (np.concatenate(column) for column in zip(*levels, strict=True))
    children, own = from_montgomery(children), from_montgomery(own)
    rows = NodeRows(
        level, index, children[:, 0, 0], children[:, 0, 1], children[:, 1, 0], children[:, 1, 1],
        touched[:, 0], touched[:, 1], own[:, 0], own[:, 1],
    )  # fmt: skip
    if used != len(siblings):
        raise WitnessError(f"{len(siblings) - used} siblings too many")
    return rows, digests[0]
