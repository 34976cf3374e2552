"""Assertions that no proof can be made to break alone, and why; each is broken in the piece of the verifier that asks.

`PIECES` are circuits of that piece on hints of its own: what it is given, a prover may choose. So it is seen that the
piece refuses what it should, and that nothing else in it does; the reason says why a whole proof never gets there, or
fails elsewhere as well.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from core_vm.air.grouping import Grouping
from core_vm.air.public import PublicMessage
from core_vm.errors import MalformedProof
from core_vm.field.extension import K
from core_vm.field.koalabear import P
from core_vm.pcs.whir.verifier import require_capacity
from core_vm.stark.gkr.verifier import Fingerprint, PublicPart, public_part, verify_gkr
from core_vm.stark.shape import ShardShape, require_fixed_heights
from core_vm.tables.buses import HALT
from recursion.circuit.arithmetic import CircuitArithmetic
from recursion.circuit.channel import CircuitChannel
from recursion.circuit.gadgets import Kind
from recursion.circuit.graph import Graph
from tests.recursion.shards import CORE, HEIGHT
from tests.soundness.runs import QUICK

NUM_TABLES = len(CORE.tables.tables)
TILE_BITS = QUICK.whir.tile_bits(HEIGHT)


@dataclass(frozen=True)
class Piece:
    """`build` gives a circuit's graph; `honest` are hints that it accepts, `forged` some that break assertions of one
    kind alone."""

    why: str
    build: Callable[[Graph], None]
    honest: list[int]
    forged: list[int]


def _words(graph: Graph, count: int) -> list[Any]:
    return [graph.hint(Kind.WORD)[0] for _ in range(count)]


def _point(count: int) -> list[K]:
    return [K(number + 2, 1, 0, 0, 0) for number in range(count)]


def _capacity(graph: Graph) -> None:
    shape = ShardShape.of_height(CORE.tables, _words(graph, NUM_TABLES), HEIGHT, QUICK)
    require_capacity(CircuitArithmetic(graph), shape.layout, shape.opening.num_variables, shape.row_variables)


def _heights(graph: Graph) -> None:
    require_fixed_heights(CircuitArithmetic(graph), CORE.tables, _words(graph, NUM_TABLES))


def _chain(graph: Graph) -> None:
    CircuitArithmetic(graph).rows_below(_words(graph, 1)[0], _point(TILE_BITS))


def _index(graph: Graph) -> None:
    refused = MalformedProof("whir_queries", "a squeezed element is p - 1, whose low bits would be biased")
    graph.require_gadget(Kind.INDEX, _words(graph, 1), (8,), refused)


def _fingerprint(graph: Graph) -> None:
    """The challenges are hints: alpha, and one weight."""
    (alpha, *_), (weight, *_) = graph.hint(Kind.ELEMENT), graph.hint(Kind.ELEMENT)
    drawn = Fingerprint(alpha, [weight] * 32)
    public_part(CircuitArithmetic(graph), drawn, [PublicMessage(HALT, 1, (3, 1))])


def _product(graph: Graph) -> None:
    verify_gkr(CircuitChannel(graph), 0, Grouping((), 0, 0), PublicPart(K(5, 0, 0, 0, 0), K.one, K.one))


def _counts(counts: dict[int, int]) -> list[int]:
    return [counts.get(number, 0) for number in range(NUM_TABLES)]


FULL = 1 << TILE_BITS
NARROW = min(range(NUM_TABLES), key=lambda number: CORE.tables.widths[number])
LOOKUPS = next(number for number, table in enumerate(CORE.tables.tables) if table.log_height is not None)
TOO_MANY_ROWS = "A count that is too large breaks the chains that take it apart as well."
TOO_MANY_CELLS = (
    "The committed vector has no cells there, so no trace of this size is proved by our prover. For the weight that is "
    "opened, what lies beyond the end would count as zero."
)
PARTIAL = (
    "The verifier takes the table's closed-form columns off by the factor tiles / all tiles, which is meant to be one "
    "or zero (decision 11): of a table that is there in part, the claim about the rows does not hold either."
)
ONCE_MORE = (
    "Counts are required to be small before, and this says so once more to the rows: there the bits are a prover's, "
    "and what is left after them is all that ties them to the count."
)
LUCK = "A challenge would have to be this one element: no prover finds a transcript that leads to it."
WORK = "It is squeezed: 2^31 permutations for a proof that has it, and then it would be one index out of many."

PIECES: dict[str, Piece] = {
    "tile counts: table N has N^N rows or more": Piece(
        TOO_MANY_ROWS, _capacity, _counts({NARROW: FULL - 1}), _counts({NARROW: FULL})
    ),
    "tile counts: the layout does not end before N^N cells": Piece(
        TOO_MANY_CELLS, _capacity, _counts({0: 1}), _counts(dict.fromkeys(range(NUM_TABLES - 1), FULL - 1))
    ),
    "tile counts: lookup table: neither none nor all of its N^N rows": Piece(
        PARTIAL,
        _heights,
        _counts({LOOKUPS: 2**16 // 64}),
        _counts({LOOKUPS: 1}),
    ),
    "tile counts: a count has more bits than were asked for (chain)": Piece(
        ONCE_MORE,
        _chain,
        [FULL - 1],
        [FULL],
    ),
    "whir_queries: a squeezed element is p - N, whose low bits would be biased": Piece(WORK, _index, [P - 2], [P - 1]),
    "public messages: message N on a bus has a zero fingerprint": Piece(
        LUCK, _fingerprint, [1, 0, 0, 0, 0, 1, 0, 0, 0, 0], [P - HALT.number - 4, 0, 0, 0, 0, 1, 0, 0, 0, 0]
    ),
    "gkr root: the product of all fingerprints is zero": Piece(
        LUCK + " A prover who says so without it is caught in the layer below.",
        _product,
        [P - 5, 0, 0, 0, 0, 0, 0, 0, 0, 0],
        [0, 0, 0, 0, 0, P - 1, 0, 0, 0, 0],
    ),
}
