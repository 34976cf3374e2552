"""The verifier's channel on variables: the words of a proof are hints, in the order in which the proof has them.

So the proof itself is the circuit's input, and nobody converts it. The transcript is the one of
`core_vm.transcript.sponge`, with a gadget for its permutation; what is absorbed before the proof's first variable is
permuted while the circuit is built.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from core_vm.errors import MalformedProof, ProofOfWorkRejection, UsageError
from core_vm.field.extension import DEGREE
from core_vm.hash.poseidon2 import DIGEST, RATE, permute
from core_vm.transcript.channel import COLUMNS, VerifierChannel, check_bits
from core_vm.transcript.sponge import Kind as EventKind
from core_vm.transcript.sponge import check_index_bits
from recursion.circuit.arithmetic import CircuitArithmetic
from recursion.circuit.assertions import line_of_caller
from recursion.circuit.gadgets import COLUMNS_A_ROW, Kind
from recursion.circuit.graph import Graph, Value
from recursion.circuit.openings import receive_tree
from recursion.circuit.variable import Variable


class CircuitChannel(VerifierChannel):
    """Holds no words of its own, so what it did not replace of a verifier's channel would find none to read."""

    def __init__(self, graph: Graph) -> None:
        super().__init__(np.zeros(0, np.uint32), self._permuted)
        self._graph = graph
        self.arithmetic = CircuitArithmetic(graph)

    def _permuted(self, state: list[Any]) -> list[Any]:
        if not any(isinstance(element, Variable) for element in state):
            return permute(state)
        with self._graph.part("transcript"):
            return self._graph.gadget(Kind.SPONGE, state)[1:]

    # ------------------------------------------------------------------------------------------ absorbing
    def absorb(self, label: str, values: Iterable[Any]) -> None:
        self.absorb_event(EventKind.BASE, label, list(values))

    def absorb_digest(self, label: str, digest: Iterable[Any]) -> None:
        values = list(digest)
        if len(values) != DIGEST:
            raise UsageError(f"{label}: a digest has {DIGEST} elements, not {len(values)}")
        self.absorb_event(EventKind.DIGEST, label, values)

    # ------------------------------------------------------------------------------------------ receiving
    def receive(self, label: str, count: int) -> list[Any]:
        values: list[Any] = [self._graph.hint(Kind.WORD)[0] for _ in range(count)]
        self.absorb_event(EventKind.BASE, label, values)
        return values

    def receive_extension(self, label: str, count: int) -> list[Any]:
        hints: list[Any] = [self._graph.hint(Kind.ELEMENT) for _ in range(count)]
        self.absorb_event(EventKind.EXTENSION, label, [c for _, *coefficients in hints for c in coefficients])
        return [element for element, *_ in hints]

    def receive_digest(self, label: str) -> list[Any]:
        values: list[Any] = self._graph.hint(Kind.OCTET)
        self.absorb_event(EventKind.DIGEST, label, values)
        return values

    def receive_columns(self, count: int) -> list[Any]:
        elements: list[Variable] = []
        coefficients: list[Value] = []
        while len(elements) < count:
            is_row = count - len(elements) >= COLUMNS_A_ROW
            outputs = self._graph.hint(Kind.COLUMNS if is_row else Kind.ELEMENT)
            number = COLUMNS_A_ROW if is_row else 1
            elements += outputs[:number]
            coefficients += outputs[number:]
        with self._graph.part("column digest"):
            digest = self._column_digest(coefficients)
        self.absorb_digest(COLUMNS, digest)
        return elements

    def _column_digest(self, values: Sequence[Value]) -> Sequence[Value]:
        """`transcript.column_digest` of variables."""
        padded = [*values, *[0] * (-len(values) % DIGEST)]
        level: list[Any] = [padded[at : at + DIGEST] for at in range(0, len(padded), DIGEST)]
        while len(level) > 1:
            if len(level) % 2:
                level.append([0] * DIGEST)
            pairs = zip(level[::2], level[1::2], strict=True)
            level = [self._graph.gadget(Kind.COMPRESS, [*left, *right]) for left, right in pairs]
        return level[0]

    def receive_rows(self, root: Sequence[Any], width: int, indices: Sequence[Any], depth: int, log_cap: int) -> Any:
        """Rows as `CircuitArithmetic.fold_rows` takes them."""
        return receive_tree(self._graph, root, width, indices, depth, log_cap, line_of_caller())

    # ------------------------------------------------------------------------------------------ squeezing
    def challenges(self, label: str, count: int) -> list[Any]:
        values = self.squeeze(EventKind.CHALLENGE, label, RATE * (count - 1) + DEGREE)
        return [self._challenge(values[at : at + DEGREE]) for at in range(0, len(values), RATE)]

    def _challenge(self, values: Sequence[Any]) -> Variable:
        """A permutation gives its first five elements as one of K too."""
        gadget = self._graph.gadget_of(values[0])
        if gadget is None or [value.node for value in values] != list(gadget.outputs[1 : 1 + DEGREE]):
            raise UsageError("a challenge is the first elements of a squeezed block")
        return Variable(self._graph, gadget.first_output)

    def indices(self, label: str, log_size: int, count: int) -> list[Any]:
        """31 bits of each element make it canonical, see `recursion.tables.queries`; the element p - 1 is refused."""
        check_index_bits(label, log_size)
        refused = MalformedProof(label, "a squeezed element is p - 1, whose low bits would be biased")
        values, line = self.squeeze(EventKind.INDICES, label, count), line_of_caller()
        return [self._graph.require_gadget(Kind.INDEX, (value,), (log_size,), refused, line)[0] for value in values]

    def check_grind(self, label: str, bits: int) -> None:
        check_bits(label, bits)
        if bits == 0:
            return
        nonce: list[Any] = self._graph.hint(Kind.WORD)
        self.absorb_event(EventKind.NONCE, label, nonce)
        element = self.squeeze(EventKind.WORK, label, 1)[0]
        rejection = ProofOfWorkRejection(label, f"the nonce does not carry {bits} bits of work")
        self._graph.require_gadget(Kind.RANGE, (element, 0), (bits,), rejection)
