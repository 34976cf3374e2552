"""What of a graph matters: what assertions and checking gadgets depend on. The rest is not computed."""

from __future__ import annotations

from recursion.circuit.assertions import Claim
from recursion.circuit.graph import Graph, Operation


class Liveness:
    """`nodes[i]` and `gadgets[i]` are 1 for what is used."""

    def __init__(self, graph: Graph) -> None:
        self.nodes, self.gadgets = bytearray(len(graph)), bytearray(len(graph.gadgets))
        self._graph = graph
        self._open: list[int] = []
        for assertion in graph.assertions:
            if assertion.claim is not Claim.GADGET:
                self._open += assertion.nodes
        for number, gadget in enumerate(graph.gadgets):
            if gadget.kind.checks:
                self._use_gadget(number)
        while self._open:
            self._use(self._open.pop())

    def _use_gadget(self, number: int) -> None:
        if not self.gadgets[number]:
            self.gadgets[number] = 1
            self._open += self._graph.gadgets[number].inputs

    def _use(self, node: int) -> None:
        if self.nodes[node]:
            return
        self.nodes[node] = 1
        operation = self._graph.operations[node]
        if operation is Operation.OUTPUT:
            self._use_gadget(self._graph.lefts[node])
        elif operation is not Operation.CONSTANT:
            self._open += (self._graph.lefts[node], self._graph.rights[node])
