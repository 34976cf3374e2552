"""What the memory tree does to many nodes at once: gathering digests, and going up from children to parents.

Nodes are numbered as in `memory_tree`; digests (nodes, 8) uint32. A digest that is all zero stands for the level's
default, but for that of the reserved region, which is zero.
"""

from __future__ import annotations

from core_vm.host.kernel_cache import njit
from core_vm.state.memory_map import RESERVED_NODE, TREE_DEPTH

_WORDS = 8
RESERVED_HEAP = (1 << (TREE_DEPTH - RESERVED_NODE[0])) + RESERVED_NODE[1]


@njit(forceinline=True)
def _copy(digests, node, default, row, words, first):
    """The digest of a node, or `default` (8,), to words[row, first : first + 8]."""
    bits = digests[node, 0]
    for word in range(_WORDS):
        value = digests[node, word]
        bits |= value
        words[row, first + word] = value
    if bits == 0 and node != RESERVED_HEAP:
        for word in range(_WORDS):
            words[row, first + word] = default[word]


@njit(cache=True, nogil=True)
def gather_pairs(digests, parents, default, pairs):
    """The digests of the children of `parents` (n,) int64, left then right, to pairs (n, 16)."""
    for row in range(len(parents)):
        _copy(digests, 2 * parents[row], default, row, pairs, 0)
        _copy(digests, 2 * parents[row] + 1, default, row, pairs, _WORDS)


@njit(cache=True, nogil=True)
def gather_lone_siblings(digests, nodes, default, siblings):
    """The digests of the siblings of `nodes` (n,) int64, sorted and distinct, that are not among them, in order, to the
    beginning of siblings (n, 8); returns how many there are."""
    count = 0
    for place in range(len(nodes)):
        sibling = nodes[place] ^ 1
        if place > 0 and nodes[place - 1] == sibling:
            continue
        if place + 1 < len(nodes) and nodes[place + 1] == sibling:
            continue
        _copy(digests, sibling, default, count, siblings, 0)
        count += 1
    return count


@njit(cache=True, nogil=True)
def find_parents(nodes, parents, places):
    """The parents of `nodes` (n,) int64, sorted and distinct, likewise, to the beginning of parents (n,), and to places
    (n,) which of them is each node's; returns how many there are."""
    count = 0
    for place in range(len(nodes)):
        parent = nodes[place] >> 1
        if count == 0 or parents[count - 1] != parent:
            parents[count] = parent
            count += 1
        places[place] = count - 1
    return count
