"""What of a graph matters: what assertions and checking gadgets depend on. The rest is not computed."""

from __future__ import annotations

from recursion.circuit.assertions import Claim
from recursion.circuit.graph import Graph, Operation


class Liveness:
    """`nodes[i]` and `gadgets[i]` are 1 for what is used. What a node is made from has a smaller number than it."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self.nodes, self.gadgets = bytearray(len(graph)), bytearray(len(graph.gadgets))
        for assertion in graph.assertions:
            if assertion.claim is not Claim.GADGET:
                for node in assertion.nodes:
                    self.nodes[node] = 1
        for number, gadget in enumerate(graph.gadgets):
            if gadget.kind.checks:
                self._use_gadget(number)
        for node in reversed(range(len(graph))):
            if self.nodes[node]:
                self._use_operands(node)

    def _use_operands(self, node: int) -> None:
        operation = self._graph.operations[node]
        if operation is Operation.OUTPUT:
            self._use_gadget(self._graph.lefts[node])
        elif operation is not Operation.CONSTANT:
            self.nodes[self._graph.lefts[node]] = self.nodes[self._graph.rights[node]] = 1

    def _use_gadget(self, number: int) -> None:
        if not self.gadgets[number]:
            self.gadgets[number] = 1
            for node in self._graph.gadgets[number].inputs:
                self.nodes[node] = 1
