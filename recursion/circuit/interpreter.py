"""The plain interpreter: a circuit's values on the words of a proof, and the first assertion that fails.

Slow and obvious: it says what a circuit means. The order of assertions is that of the verifier, so what fails first
here is what the verifier on numbers would have raised.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from core_vm.errors import MalformedProof
from core_vm.field.extension import K
from core_vm.field.koalabear import Integers, P
from core_vm.hash.poseidon2 import DIGEST
from core_vm.transcript.sponge import REFUSED
from recursion.circuit.assertions import Assertion, Claim
from recursion.circuit.gadget_values import COMPUTED
from recursion.circuit.gadgets import Gadget, Kind
from recursion.circuit.graph import Graph, Operation
from recursion.circuit.liveness import Liveness


class Interpreter:
    """Runs a circuit on any number of proofs."""

    def __init__(self, graph: Graph) -> None:
        self.graph, self.live = graph, Liveness(graph)
        self.caps = {gadget.constants: gadget for gadget in graph.gadgets if gadget.kind is Kind.CAP}

    def run(self, hints: Integers | Iterable[int]) -> Run:
        """Raises MalformedProof unless there are as many hints as the circuit takes, all of them canonical."""
        return Run(self, canonical_words(hints, self.graph.num_hints).tolist())


class Run:
    """A circuit on some hints. `values[node]` is an integer, a `K`, or None where it does not matter.

    Nodes have the order in which the verifier made them, and are computed as far as assertions ask for them.
    """

    def __init__(self, interpreter: Interpreter, hints: list[int]) -> None:
        self.graph, self.hints = interpreter.graph, hints
        self.values: list[Any] = [None] * len(self.graph)
        self._live, self._caps, self._computed_nodes = interpreter.live, interpreter.caps, 0

    @property
    def digest(self) -> tuple[int, ...]:
        """The public digest. Raises StopIteration in a circuit that has none."""
        public = next(gadget for gadget in self.graph.gadgets if gadget.kind is Kind.PUBLIC)
        self.compute_to(max(public.inputs))
        return tuple(self._inputs(public))

    def failures(self) -> Iterable[Assertion]:
        """What does not hold, in the verifier's order."""
        return (assertion for assertion in self.graph.assertions if not self._holds(assertion))

    def check(self) -> None:
        """Raises the rejection of the first assertion that does not hold, with its part and line."""
        for assertion in self.failures():
            raise assertion.failure()

    # ------------------------------------------------------------------------------------------ values
    def compute_to(self, last: int) -> None:
        """Computes the values of live nodes up to this one."""
        graph, values, live = self.graph, self.values, self._live
        for node in range(self._computed_nodes, last + 1):
            operation = graph.operations[node]
            if operation is Operation.OUTPUT:
                gadget = graph.gadgets[graph.lefts[node]]
                if node == gadget.first_output and live.gadgets[graph.lefts[node]]:
                    values[node : node + len(gadget.outputs)] = self._outputs(gadget)
            elif live.nodes[node]:
                values[node] = self._computed(node, operation)
        self._computed_nodes = max(self._computed_nodes, last + 1)

    def _computed(self, node: int, operation: Operation) -> K | int:
        graph = self.graph
        if operation is Operation.CONSTANT:
            return graph.constants[node]
        left, right = self.values[graph.lefts[node]], self.values[graph.rights[node]]
        if operation is Operation.ADD:
            value = left + right
        elif operation is Operation.MULTIPLY:
            value = left * right
        else:
            factor, term = graph.constants[node]
            value = left * factor + term
        return value if isinstance(value, K) else value % P

    def _inputs(self, gadget: Gadget) -> list[Any]:
        return [self.values[node] for node in gadget.inputs]

    def _hints(self, gadget: Gadget) -> list[int]:
        return self.hints[gadget.first_hint : gadget.first_hint + gadget.kind.hints]

    def _outputs(self, gadget: Gadget) -> Sequence[Any]:
        return COMPUTED[gadget.kind](self._inputs(gadget), self._hints(gadget), gadget.constants)

    # ------------------------------------------------------------------------------------------ assertions
    def _holds(self, assertion: Assertion) -> bool:
        if assertion.claim is Claim.GADGET:
            return self._accepts(self.graph.gadgets[assertion.nodes[0]])
        self.compute_to(max(assertion.nodes))
        values = [self.values[node] for node in assertion.nodes]
        if assertion.claim is Claim.SAME:
            return values[:DIGEST] == values[DIGEST:]
        return values[0] == 0

    def _accepts(self, gadget: Gadget) -> bool:
        self.compute_to(max(gadget.inputs))
        inputs = self._inputs(gadget)
        if gadget.kind is Kind.INDEX:
            return inputs[0] != REFUSED
        if gadget.kind is Kind.RANGE:
            element, expected = inputs
            return element != REFUSED and element & ((1 << gadget.constants[0]) - 1) == expected
        index, *digest = inputs  # PATH_END: an index beyond the cap has no node
        node = self._caps.get((gadget.constants[0], index))
        return node is not None and digest == [self.values[output] for output in node.outputs]


def canonical_words(hints: Integers | Iterable[int], count: int) -> npt.NDArray[np.int64]:
    """Raises MalformedProof unless these are `count` integers below p."""
    words = np.asarray(hints if isinstance(hints, np.ndarray) else list(hints), np.int64)
    if words.shape != (count,):
        raise MalformedProof("hints", f"the circuit takes {count} words, not {words.size}")
    if ((words < 0) | (words >= P)).any():
        place = int(np.argmax((words < 0) | (words >= P)))
        raise MalformedProof("hints", f"word {place} is {words[place]}, not below p")
    return words
