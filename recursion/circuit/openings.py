"""Rows of a committed matrix in a circuit: hashed and folded at once, and led to the cap of their tree.

The channel receives rows before the verifier says how it folds them. They are kept until it does: the same gadget
hashes sixteen elements of a row and adds them up with their weights, so what is folded is what was committed to.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from core_vm.errors import MerkleRejection, UsageError
from core_vm.field.extension import DEGREE
from core_vm.hash.poseidon2 import DIGEST, LEAF_RATE
from core_vm.transcript.numbers import BASIS
from recursion.circuit.assertions import Claim
from recursion.circuit.gadgets import Kind
from recursion.circuit.graph import Graph, Value
from recursion.circuit.variable import Variable

SEGMENT_BITS = 4
"""A block of a leaf holds the elements of 2^SEGMENT_BITS = LEAF_RATE segments."""


@dataclass(eq=False)
class ReceivedRows:
    """Rows at `indices` of one tree. `first_row` and `first_path` number words of the hints; `tree` names the cap."""

    tree: int
    width: int
    indices: Sequence[Variable]
    levels: int
    first_row: int
    first_path: int
    line: str
    rejection: MerkleRejection = field(default_factory=lambda: MerkleRejection("whir openings", "a row is not there"))

    def __post_init__(self) -> None:
        if self.width % LEAF_RATE:
            raise UsageError(f"a leaf of {self.width} elements: whole blocks of {LEAF_RATE} are folded")


def receive_tree(
    graph: Graph, root: Sequence[Variable], width: int, indices: Sequence[Variable], depth: int, log_cap: int, line: str
) -> ReceivedRows:
    """Takes the words of all rows, all paths and the cap; the cap must hash to the root."""
    levels, count = depth - log_cap, len(indices)
    first_row = graph.take_hints(count * width)
    first_path = graph.take_hints(count * levels * DIGEST)
    tree, graph.num_trees = graph.num_trees, graph.num_trees + 1
    received = ReceivedRows(tree, width, indices, levels, first_row, first_path, line)
    with graph.part("merkle caps"):
        level = [graph.hint(Kind.CAP, (tree, index)) for index in range(1 << log_cap)]
        while len(level) > 1:
            level = [
                graph.gadget(Kind.COMPRESS, left + right) for left, right in zip(level[::2], level[1::2], strict=True)
            ]
        rejection = MerkleRejection("whir openings", "the cap does not hash to the root")
        if log_cap:
            graph.require(Claim.SAME, [*level[0], *root], rejection, line)
        else:  # nothing is computed that a row could compare
            for element, expected in zip(level[0], root, strict=True):
                graph.require(Claim.ZERO, [element - expected], rejection, line)
    graph.unfolded.add(received)
    return received


def fold_trees(
    graph: Graph,
    trees: Sequence[ReceivedRows],
    high_weights: Sequence[Value],
    point: Sequence[Value],
    in_extension: bool,
) -> list[Value]:
    """`Arithmetic.fold_rows`, with `high_weights` the table of eq for the coordinates of `point` from the fourth on."""
    _require_folded_whole(trees, len(point), in_extension)
    _require_same_rows(graph, trees)
    graph.unfolded.difference_update(trees)
    weights = _block_weights(graph, high_weights, point, in_extension)
    sums: list[Value] = [0] * len(trees[0].indices)
    first_block = 0
    for tree in trees:
        blocks = weights[first_block : first_block + tree.width // LEAF_RATE]
        first_block += len(blocks)
        for number, index in enumerate(tree.indices):
            digest, total = _leaf(graph, tree, number, index, blocks)
            _path(graph, tree, number, index, digest)
            sums[number] = sums[number] + total
    return sums


def _require_folded_whole(trees: Sequence[ReceivedRows], coordinates: int, in_extension: bool) -> None:
    """Every block has its weights: one without would be neither hashed nor folded."""
    width = sum(tree.width for tree in trees)
    if in_extension:
        fits = coordinates == SEGMENT_BITS and width == DEGREE * LEAF_RATE  # a block is a plane
    else:
        fits = coordinates >= SEGMENT_BITS and width <= 1 << coordinates
    if not fits:
        raise UsageError(f"leaves of {width} elements in all are not folded by {coordinates} coordinates")


def _require_same_rows(graph: Graph, trees: Sequence[ReceivedRows]) -> None:
    """Each tree has a row for each index, and is folded once: what is left out would be neither hashed nor added."""
    drawn = [[index.node for index in tree.indices] for tree in trees]
    if any(nodes != drawn[0] for nodes in drawn) or not graph.unfolded.issuperset(trees):
        raise UsageError("rows that are folded together are those of one draw, received and not folded yet")


Bundle = list[Variable]
Block = tuple[Bundle, Bundle]


def _block_weights(
    graph: Graph, high_weights: Sequence[Value], point: Sequence[Value], in_extension: bool
) -> list[Block]:
    """For each block two bundles whose products are the weights of its elements: the lower two coordinates, and the
    next two with what is common to the block, which is a power of X where the vector is in K."""
    z0, z1, z2, z3 = point[:SEGMENT_BITS]
    common = BASIS[:DEGREE] if in_extension else high_weights
    low = graph.gadget(Kind.EXPAND, (1, z0, z1))
    return [(low, graph.gadget(Kind.EXPAND, (factor, z2, z3))) for factor in common]


def _leaf(
    graph: Graph, tree: ReceivedRows, number: int, index: Variable, blocks: Sequence[Block]
) -> tuple[Sequence[Value], Value]:
    """The digest of a row and its weighted sum; blocks are hashed from the last to the first, as in `hash_leaf`."""
    digest: Sequence[Value] = [0] * DIGEST
    total: Value = 0
    with graph.part("merkle leaves"):
        for place in reversed(range(len(blocks))):
            low, high = blocks[place]
            first_hint = tree.first_row + number * tree.width + LEAF_RATE * place
            ends = int(place == len(blocks) - 1), int(place == 0)
            inputs = (index, *digest, total, *low, *high)
            *digest, total = graph.gadget(Kind.LEAF, inputs, ends, first_hint)
    return digest, total


def _path(graph: Graph, tree: ReceivedRows, number: int, index: Variable, digest: Sequence[Value]) -> None:
    """Up to the cap, whose node at the index that is left must be the digest."""
    with graph.part("merkle paths"):
        for level in range(tree.levels):
            first_hint = tree.first_path + (number * tree.levels + level) * DIGEST
            index, *digest = graph.gadget(Kind.PATH, (index, *digest), (), first_hint)
        graph.require_gadget(Kind.PATH_END, (index, *digest), (tree.tree,), tree.rejection, tree.line)
