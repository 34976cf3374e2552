"""What rows of gadgets have in common: the graph, the rows so far, and where values and chains go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from core_vm.air.table import Bus
from core_vm.hash.poseidon2 import DIGEST
from recursion.circuit.assertions import Claim
from recursion.circuit.gadgets import Gadget, Kind
from recursion.circuit.graph import Graph
from recursion.circuit.liveness import Liveness
from recursion.circuit.lowering.memory import Times
from recursion.circuit.lowering.placing import Places
from recursion.circuit.lowering.rows import CircuitRows
from recursion.circuit.variable import Variable
from recursion.tables.buses import NODE

Fixed = dict[str, "int | Times"]


class Context:
    """`same` gives for the first node of a computed octet the octet that it must be, `public` holds what is published.

    `queries` are rows of drawn elements, by both outputs of their gadgets: where chains of leaves and weights start.
    """

    def __init__(self, graph: Graph, live: Liveness) -> None:
        self.graph, self.rows = graph, CircuitRows()
        self.memory, self.places = self.rows.memory, Places(graph, self.rows)
        self.queries: dict[int, Fixed] = {}
        _require_ended_chains(graph)
        self.same = _same_octets(graph)
        live_gadgets = zip(graph.gadgets, live.gadgets, strict=True)
        self.gadgets = [gadget for gadget, is_live in live_gadgets if is_live]
        self.public = {gadget.inputs for gadget in self.gadgets if gadget.kind is Kind.PUBLIC}
        self._ends = {gadget.inputs[1]: gadget.constants[0] for gadget in self.gadgets if gadget.kind is Kind.PATH_END}
        self._trees: dict[int, int] = {}
        self._chains: dict[int, int] = {}

    def add(self, table: str, gadget: Gadget, operands: Mapping[str, Sequence[int]], fixed: Fixed) -> Fixed:
        """A row for this gadget; returns its fixed columns, which may still be changed."""
        return self.rows.add(table, gadget.part, operands, fixed)

    # ------------------------------------------------------------------------------------------ chains
    def read_chain(self, bus: Bus, node: int) -> int:
        """Where the row before, whose first output this node is, has sent what it hands on."""
        return self.memory.read(bus, self._chains[node])

    def hand_on(self, bus: Bus, node: int) -> int:
        """A row hands on what it computes, once, to one row. Addresses rise by one from row to row."""
        self._chains[node] = self.memory.write_often(bus, self.memory.fresh(bus), 1)
        return self._chains[node]

    def tree(self, tree: int) -> int:
        """The address at which paths of a tree end; the rows of its cap receive there as often as paths do."""
        if tree not in self._trees:
            self._trees[tree] = self.memory.fresh(NODE)
        return self._trees[tree]

    def next_on_path(self, digest: int) -> int:
        """Where a digest goes on its way up: to the row of the next level, or to the cap."""
        return self.tree(self._ends[digest]) if digest in self._ends else self.hand_on(NODE, digest)


def _same_octets(graph: Graph) -> dict[int, tuple[int, ...]]:
    """Each is asserted by the one row that computes the first octet: there must be one, and no second assertion."""
    found: dict[int, tuple[int, ...]] = {}
    for assertion in graph.assertions:
        if assertion.claim is Claim.SAME:
            first, computed = assertion.nodes[0], assertion.nodes[:DIGEST]
            gadget = graph.gadget_of(Variable(graph, first))
            if (
                first in found
                or gadget is None
                or gadget.kind is not Kind.COMPRESS
                or computed != tuple(gadget.outputs)
            ):
                raise AssertionError(f"no row of its own asserts: {assertion.claim.value}, at {assertion.line}")
            found[first] = assertion.nodes[DIGEST:]
    return found


def _require_ended_chains(graph: Graph) -> None:
    """That nothing is left of a number is asserted by the row that ends its chain."""
    for assertion in graph.assertions:
        if assertion.claim is Claim.REST:
            gadget = graph.gadget_of(Variable(graph, assertion.nodes[0]))
            if gadget is None or gadget.kind not in (Kind.BELOW, Kind.JAGGED) or not gadget.constants[1]:
                raise AssertionError(f"no row of its own asserts: {assertion.claim.value}, at {assertion.line}")
