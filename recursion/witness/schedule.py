"""When what is computed: hashing side by side, all else one after the other, in turns.

A turn of hashing takes every compression, leaf and step of a path whose inputs are there, level by level: what does not
depend on one another is hashed side by side. A turn of other steps takes what is possible then, in the order of the
graph. The transcript of a proof depends on hints and on what is hashed from them alone, and draws what is opened; so a
lift takes two turns of each: hints are hashed, the transcript runs; leaves and paths are hashed, the rest is computed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from recursion.circuit.gadgets import Gadget, Kind
from recursion.circuit.lowering.hashing_rows import capacity_and_header
from recursion.circuit.lowering.lower import Lowered, Sum
from recursion.circuit.lowering.rows import NOTHING
from recursion.witness.cells import HINTED

HASHED = (Kind.COMPRESS, Kind.PATH, Kind.LEAF)
HINTS_READY = (1, -1)


class Step(NamedTuple):
    """A gadget or a sum. Turns of hashing are odd, others even; `level` counts within a turn of hashing."""

    of: Gadget | Sum
    turn: int
    level: int


def schedule(lowered: Lowered) -> list[Step]:
    """All steps by turn, level and kind, else in the order of the graph."""
    ready: dict[int, tuple[int, int]] = {}
    steps: list[Step] = []
    for item in _in_order(lowered):
        turn, level = max([ready[node] for node in inputs_of(lowered, item) if node in ready], default=HINTS_READY)
        if not (isinstance(item, Gadget) and item.kind in HASHED):
            turn, level = turn + turn % 2, 0
        elif turn % 2:
            level += 1
        else:
            turn, level = turn + 1, 0
        steps.append(Step(item, turn, level))
        ready.update(dict.fromkeys(_outputs(item), (turn, level)))
    return sorted(steps, key=_rank)


def _in_order(lowered: Lowered) -> list[Gadget | Sum]:
    """What is made from nodes comes behind them."""
    gadgets = zip(lowered.graph.gadgets, lowered.live.gadgets, strict=True)
    items: list[Gadget | Sum] = [g for g, live in gadgets if live and g.kind.outputs and g.kind not in HINTED]
    return sorted([*items, *lowered.sums], key=lambda item: item.node if isinstance(item, Sum) else item.first_output)


def _rank(step: Step) -> tuple[int, int, int]:
    kind = HASHED.index(step.of.kind) if isinstance(step.of, Gadget) and step.of.kind in HASHED else 0
    return step.turn, step.level, kind


def _outputs(item: Gadget | Sum) -> Sequence[int]:
    return item.outputs if isinstance(item, Gadget) else [item.output]


def inputs_of(lowered: Lowered, item: Gadget | Sum) -> Iterator[int]:
    """The nodes that a step reads: of a sponge, its capacity as the permutation before has left it."""
    if isinstance(item, Sum):
        return (node for _, node in item.row.operands() if node != NOTHING)
    if item.kind is Kind.SPONGE:
        capacity, _ = capacity_and_header(lowered.graph, item)
        return iter([*item.inputs[:8], *capacity])
    return iter(item.inputs)
