"""What rows of gadgets have in common: the graph, the rows so far, and where values and chains go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from core_vm.air.table import Bus
from core_vm.hash.poseidon2 import DIGEST
from recursion.circuit.assertions import Claim
from recursion.circuit.gadgets import Gadget, Kind
from recursion.circuit.graph import Graph, Operation
from recursion.circuit.liveness import Liveness
from recursion.circuit.lowering.memory import Times
from recursion.circuit.lowering.placing import Places
from recursion.circuit.lowering.rows import CircuitRows
from recursion.circuit.variable import Variable
from recursion.tables.buses import NODE

Fixed = dict[str, "int | Times"]
Carried = tuple[int, ...]
"""All the nodes that one row of a chain hands on to the next."""


class Context:
    """`same` gives for the first node of a computed octet the octet that it must be, `public` holds what is published.

    `queries` are rows of drawn elements, by both outputs of their gadgets: where chains of leaves and weights start.
    """

    def __init__(self, graph: Graph, live: Liveness) -> None:
        self.graph, self.rows = graph, CircuitRows()
        self.queries: dict[int, Fixed] = {}
        _require_ended_chains(graph)
        self.same = _same_octets(graph)
        live_gadgets = zip(graph.gadgets, live.gadgets, strict=True)
        self.gadgets = [gadget for gadget, is_live in live_gadgets if is_live]
        self.public = {gadget.inputs for gadget in self.gadgets if gadget.kind is Kind.PUBLIC}
        self.memory, self.places = self.rows.memory, Places(graph, self.rows, self.public)
        self._ends = _ends_of_paths(self.gadgets)
        self._trees: dict[int, int] = {}
        self._chains: dict[tuple[Bus, Carried], int] = {}

    def add(self, table: str, gadget: Gadget, operands: Mapping[str, Sequence[int]], fixed: Fixed) -> Fixed:
        """A row for this gadget; returns its fixed columns, which may still be changed."""
        return self.rows.add(table, gadget.part, operands, fixed)

    # ------------------------------------------------------------------------------------------ chains
    def read_chain(self, bus: Bus, carried: Carried) -> int:
        """Where the row before has sent just these nodes. Raises AssertionError if none has."""
        if (bus, carried) not in self._chains:
            raise AssertionError(f"bus {bus.name}: no row hands on all of the nodes {carried}")
        return self.memory.read(bus, self._chains[bus, carried])

    def hand_on(self, bus: Bus, carried: Carried) -> int:
        """A row hands on what it computes, once, to one row. Addresses rise by one from row to row."""
        self._chains[bus, carried] = self.memory.write_often(bus, self.memory.fresh(bus), 1)
        return self._chains[bus, carried]

    def require_start(self, nodes: Sequence[int], values: Sequence[int]) -> None:
        """A chain's first row has these in its table, so nothing else may stand there."""
        for node, value in zip(nodes, values, strict=True):
            if self.graph.operations[node] is not Operation.CONSTANT or self.graph.constants[node] != value:
                raise AssertionError(f"a chain starts with node {node} in place of {value}")

    def tree(self, tree: int) -> int:
        """The address at which paths of a tree end; the rows of its cap receive there as often as paths do."""
        if tree not in self._trees:
            self._trees[tree] = self.memory.fresh(NODE)
        return self._trees[tree]

    def next_on_path(self, node: Carried) -> int:
        """Where an index and a digest go on their way up: to the row of the next level, or to the cap."""
        return self.tree(self._ends.pop(node)) if node in self._ends else self.hand_on(NODE, node)

    def require_ended_paths(self) -> None:
        """That a node is one of a cap is asserted by the row that gives it: each such assertion has found its row."""
        if self._ends:
            raise AssertionError(f"no row of its own asserts: the end of a path, of the nodes {[*self._ends]}")


def _ends_of_paths(gadgets: Sequence[Gadget]) -> dict[Carried, int]:
    """The tree at whose cap a path ends, by the index and the digest that it ends with. No two paths end in one."""
    found: dict[Carried, int] = {}
    for gadget in gadgets:
        if gadget.kind is Kind.PATH_END:
            if gadget.inputs in found:
                raise AssertionError(f"no row of its own asserts: the end of a path, of the nodes {gadget.inputs}")
            found[gadget.inputs] = gadget.constants[0]
    return found


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
