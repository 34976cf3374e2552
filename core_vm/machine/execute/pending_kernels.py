"""First touches of compiled code that are not charged yet: many climb the memory tree together.

What a touch costs is known when its path was followed up to where another one passed before. One path after the other,
a processor waits for the marks and guesses wrong where it ends. So compiled code (`hot.touching`) logs the leaf and
marks it, and no more; once `MOST_PENDING` are pending, or where it stops, all of them are charged, level by level.
How many nodes they open and change in the end does not depend on their order.

The budget must not end meanwhile: while compiled code runs, it is smaller by what all that may become pending may cost.
So where it lasts for a block, what is left when all is charged lasts too: the stretch ends at the same instruction as
without compiled code, with the same charges. Where the reserve is too much, fewer become pending, at last none at all:
then `touch` charges every one at once.

Pending are touched[NUM_SETTLED : NUM_TOUCHED] (opened; places as LOG_MASK has them) and the leaves at the beginning of
`pending` (first stores).
"""

from __future__ import annotations

import numpy as np

from core_vm.host.kernel_cache import njit
from core_vm.machine.execute.places import (
    BUDGET,
    COMPRESSION_COST,
    LEAF_COST,
    LOG_MASK,
    LOG_ROOM,
    MARK,
    NODE_COST,
    NUM_COMPRESSIONS,
    NUM_NODES,
    NUM_PENDING,
    NUM_PENDING_STORES,
    NUM_SETTLED,
    NUM_TOUCHED,
    PENDING_COMPRESSIONS,
    PENDING_ROOM,
)
from core_vm.machine.execute.touch_kernels import LEAF_HEAP, LEAVES_OF_AN_INSTRUCTION
from core_vm.state.memory_map import TREE_DEPTH

MOST_PENDING = 64
PENDING_SIZE = 2 * MOST_PENDING
"""Of `pending` (int64): leaves that were stored to, then nodes on the way up."""
_SHARE_OF_BUDGET = 4
"""At most one part in so many of the budget is reserved. Where that is used up, less is, and so on: each time, a block
is interpreted."""


@njit(forceinline=True)
def cost_of_a_touch(state):
    """The most that one touch takes from the budget: the first access to a leaf that is also the first store."""
    return state[LEAF_COST] + (TREE_DEPTH + 1) * (state[NODE_COST] + 2 * state[COMPRESSION_COST])


@njit
def reserve(state):
    """Take from the budget what pending touches may cost, and return it; nothing is pending."""
    most = cost_of_a_touch(state)
    count = min(state[BUDGET] // (_SHARE_OF_BUDGET * most), MOST_PENDING)
    state[NUM_SETTLED] = state[NUM_TOUCHED]
    limit_pending(count, state)
    state[BUDGET] -= count * most
    return count * most


@njit(forceinline=True)
def limit_pending(count, state):
    """Let `count` touches become pending at most, and fewer where the log would be full behind them."""
    state[PENDING_ROOM] = min(count, state[LOG_ROOM] - state[NUM_TOUCHED] - LEAVES_OF_AN_INSTRUCTION)


@njit
def settle(marks, touched, pending, state):
    """Charge what is pending, and mark the paths of its leaves as `touch` would have, one by one."""
    opened, stored = np.uint8(2 * state[MARK]), np.uint8(2 * state[MARK] + 1)
    first, num_leaves = state[NUM_SETTLED], state[NUM_TOUCHED] - state[NUM_SETTLED]
    for i in range(num_leaves):
        leaf = np.uint64(touched[(first + i) & state[LOG_MASK]])
        pending[MOST_PENDING + i] = np.int64((LEAF_HEAP + leaf) >> np.uint64(1))
    num_nodes, num_compressions = _climb(num_leaves, opened, marks, pending)
    num_stores = state[NUM_PENDING_STORES]
    for i in range(num_stores):
        pending[MOST_PENDING + i] = (np.int64(LEAF_HEAP) + pending[i]) >> 1
    num_changed, _ = _climb(num_stores, stored, marks, pending)
    num_compressions += num_changed + state[PENDING_COMPRESSIONS]
    state[NUM_NODES] += num_nodes
    state[NUM_COMPRESSIONS] += num_compressions
    state[BUDGET] -= (
        num_leaves * state[LEAF_COST] + num_nodes * state[NODE_COST] + num_compressions * state[COMPRESSION_COST]
    )
    state[NUM_SETTLED] = state[NUM_TOUCHED]
    state[NUM_PENDING] = state[NUM_PENDING_STORES] = state[PENDING_COMPRESSIONS] = 0


@njit(forceinline=True)
def _climb(count, mark, marks, pending):
    """Mark the `count` nodes behind the pending stores, and all above them, with `mark` at least.

    Returns how many had less, and how many of these had a mark at all. Whether a node goes on to the next level is
    added, not branched on; a node that is there twice is marked when it comes the second time.
    """
    num_nodes = num_there = 0
    while count > 0:
        on = 0
        for i in range(count):
            node = pending[MOST_PENDING + i]
            before = marks[node]
            is_less = np.int64(before < mark)
            marks[node] = max(before, mark)
            pending[MOST_PENDING + on] = node >> 1
            on += is_less
            num_there += is_less & np.int64(before != 0)
        num_nodes += on
        count = on
    return num_nodes, num_there
