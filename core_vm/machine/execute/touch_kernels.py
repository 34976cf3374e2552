"""The log of leaves that a shard touches, and the marks on the paths above them: what memory costs in nodes and hashes.

The first access to a leaf in a shard saves the leaf's content and marks its path to the root of the memory tree, and so
does the first store, so that the nodes that the shard opens and those that it changes are known exactly. In shard n a
mark is 2 n for opened and 2 n + 1 for stored to, where n begins anew when a mark holds no more (`marks.forget_shards`);
at the start it is 1 above everything that is loaded, so that 0 says: all zero since the run began. The first access is
also where a leaf that the program does not own is noticed, at no cost to all the others.

What a guest does decides how much is logged, and nobody checks an index: see `touch` for why the log never overflows.
"""

from __future__ import annotations

import numpy as np

from core_vm.host.kernel_cache import njit
from core_vm.machine.execute.places import (
    BUDGET,
    COMPRESSION_COST,
    GUARD_END,
    GUARD_START,
    LEAF_COST,
    LOG_MASK,
    LOG_ROOM,
    MARK,
    NODE_COST,
    NOT_OWNED,
    NULL_END,
    NUM_COMPRESSIONS,
    NUM_NODES,
    NUM_TOUCHED,
    STATUS,
)
from core_vm.state.memory_map import TREE_DEPTH

LEAF_HEAP = np.uint64(2**TREE_DEPTH)
"""Where the leaves' marks begin."""
LEAVES_OF_AN_INSTRUCTION = 2
"""An access touches so many at most; only a call, which asks for its room beforehand, touches more."""


@njit
def touch(leaf, is_store, dwords, marks, touched, saved, state):
    """The first access to a leaf of memory, or the first store: log it and mark its path; room for it must be there.

    Where less room is left than an instruction may need, the budget becomes 0: so the stretch ends after the one that
    is being executed, and none starts without that room. 0 is set, not reached by subtracting, because an instruction
    that touches two leaves comes here twice.

    A leaf that the program does not own (`guards.Guards`; leaf indices in state) is not logged: state[STATUS] says so,
    and the budget becomes 0. The instruction is not cut short, for one way out more costs all the others: memory is
    there for it, and the run is over after it.
    """
    if marks[LEAF_HEAP + leaf] >= 2 * state[MARK]:
        _mark_stored(LEAF_HEAP + leaf, marks, state)
        return
    place = np.int64(leaf)
    if place < state[NULL_END] or state[GUARD_START] <= place < state[GUARD_END]:
        state[STATUS], state[BUDGET] = NOT_OWNED, 0
        return
    logged = state[NUM_TOUCHED] & state[LOG_MASK]
    touched[logged] = leaf
    for place in range(4):
        saved[4 * logged + place] = dwords[np.uint64(4) * leaf + np.uint64(place)]
    state[NUM_TOUCHED] += 1
    state[NUM_NODES] -= 1  # the leaf itself, which is about to be marked
    state[BUDGET] -= state[LEAF_COST] - state[NODE_COST]
    _mark_opened(LEAF_HEAP + leaf, marks, state)
    if is_store:
        _mark_stored(LEAF_HEAP + leaf, marks, state)
    if state[LOG_ROOM] - state[NUM_TOUCHED] < LEAVES_OF_AN_INSTRUCTION:
        state[BUDGET] = 0


@njit(forceinline=True)
def _mark_opened(node, marks, state):
    """Mark a leaf and its path as opened, and charge the nodes and the compressions of what is there before.

    What is all zero since the run began hashes like empty memory: one compression a level, which `metering.Meter`
    charges once and for all.
    """
    opened, num_nodes, num_compressions = np.uint8(2 * state[MARK]), 0, 0
    while marks[node] < opened:
        num_nodes += 1
        num_compressions += np.int64(marks[node] != 0)
        marks[node] = opened
        node >>= np.uint64(1)
    state[NUM_NODES] += num_nodes
    state[NUM_COMPRESSIONS] += num_compressions
    state[BUDGET] -= num_nodes * state[NODE_COST] + num_compressions * state[COMPRESSION_COST]


@njit(forceinline=True)
def _mark_stored(node, marks, state):
    """Mark an opened leaf and its path as stored to, and charge the compressions of what is there after.

    Where nothing is stored, what is there before and after is one compression, and is proved once.
    """
    stored, num_compressions = np.uint8(2 * state[MARK] + 1), 0
    while marks[node] < stored:
        num_compressions += 1
        marks[node] = stored
        node >>= np.uint64(1)
    state[NUM_COMPRESSIONS] += num_compressions
    state[BUDGET] -= num_compressions * state[COMPRESSION_COST]


@njit
def touch_range(first, last, is_store, dwords, marks, touched, saved, state):
    """Touch the leaves from `first` to `last` as far as they are not marked yet; room for all of them must be there."""
    for leaf in range(np.uint64(first), np.uint64(last) + np.uint64(1)):
        if marks[LEAF_HEAP + np.uint64(leaf)] < 2 * state[MARK] + is_store:
            touch(np.uint64(leaf), is_store, dwords, marks, touched, saved, state)
