"""The graph of a circuit: nodes in flat lists, each made from nodes before it.

There are five kinds of nodes: constants, sums, products, affine images of a node, and outputs of gadgets. A subtraction
is a sum with an affine image. What is constant is computed at once, and equal nodes are one node.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from typing import Any

from core_vm.errors import Rejection, UsageError
from core_vm.field.extension import K
from core_vm.field.koalabear import P
from core_vm.hash.poseidon2 import compress
from core_vm.transcript.parts import Parts
from recursion.circuit.assertions import Assertion, Claim, line_of_caller
from recursion.circuit.gadgets import Gadget, Kind
from recursion.circuit.variable import Variable

Value = Any
"""Whatever the verifier computes with: a `Variable`, or a constant of the circuit, a `K` or an integer."""


class Operation(IntEnum):
    """What a node is. `lefts` and `rights` are nodes, but for OUTPUT: a gadget's number and which of its outputs."""

    CONSTANT = 0  # constants[node]: an integer, or a K that does not lie in F
    OUTPUT = 1
    ADD = 2
    MULTIPLY = 3
    AFFINE = 4  # constants[node] = (factor, term): left * factor + term


ARITHMETIC = (Operation.ADD, Operation.MULTIPLY, Operation.AFFINE)


class Graph(Parts):
    """Grows while the verifier's source runs. `parts` names for each node the part of the verifier it belongs to."""

    def __init__(self) -> None:
        super().__init__()
        self.operations: list[Operation] = []
        self.lefts: list[int] = []
        self.rights: list[int] = []
        self.constants: list[Any] = []
        self.extensions = bytearray()
        self.parts: list[str] = []
        self.gadgets: list[Gadget] = []
        self.assertions: list[Assertion] = []
        self.num_hints = 0
        self.num_trees = 0
        self.unfolded: set[object] = set()
        self._known: dict[tuple[Any, ...], int] = {}
        self._gadgets_known: dict[tuple[Any, ...], int] = {}

    def __len__(self) -> int:
        return len(self.operations)

    # ------------------------------------------------------------------------------------------ arithmetic
    def add(self, x: Variable, other: Value) -> Value:
        if not isinstance(other, Variable):
            constant = _in_base(other)
            return (
                self.add(x, self._constant(constant)) if isinstance(constant, K) else self._affine(x.node, 1, constant)
            )
        (a, factor, term), (b, factor_b, term_b) = self._base(x.node), self._base(other.node)
        if a == b:
            return self._affine(a, factor + factor_b, term + term_b)
        left, right = (x.node, other.node) if x.node <= other.node else (other.node, x.node)
        return Variable(self, self._shared(Operation.ADD, left, right, None))

    def multiply(self, x: Variable, other: Value) -> Value:
        if not isinstance(other, Variable):
            constant = _in_base(other)
            if isinstance(constant, K):
                return self.multiply(x, self._constant(constant))
            return self._affine(x.node, constant, 0)
        left, right = (x.node, other.node) if x.node <= other.node else (other.node, x.node)
        return Variable(self, self._shared(Operation.MULTIPLY, left, right, None))

    def _base(self, node: int) -> tuple[int, int, int]:
        """The node that this one is an affine image of, with factor and term."""
        if self.operations[node] is Operation.AFFINE:
            return self.lefts[node], *self.constants[node]
        return node, 1, 0

    def _affine(self, node: int, factor: int, term: int) -> Value:
        base, inner_factor, inner_term = self._base(node)
        factor, term = factor * inner_factor % P, (factor * inner_term + term) % P
        if factor == 0:
            return term
        if factor == 1 and term == 0:
            return Variable(self, base)
        return Variable(self, self._shared(Operation.AFFINE, base, base, (factor, term)))

    def _constant(self, value: K | int) -> Variable:
        return Variable(self, self._shared(Operation.CONSTANT, -1, -1, value))

    def node_of(self, value: Value) -> int:
        """The node of a variable, or that of a constant."""
        return value.node if isinstance(value, Variable) else self._constant(_in_base(value)).node

    def _shared(self, operation: Operation, left: int, right: int, constant: Any) -> int:
        key = (operation, left, right, constant)
        node = self._known.get(key)
        if node is None:
            in_extension = isinstance(constant, K) if left < 0 else self.extensions[left] | self.extensions[right]
            node = self._known[key] = self._new(operation, left, right, constant, in_extension)
        return node

    def _new(self, operation: Operation, left: int, right: int, constant: Any, in_extension: int) -> int:
        self.operations.append(operation)
        self.lefts.append(left)
        self.rights.append(right)
        self.constants.append(constant)
        self.extensions.append(in_extension)
        self.parts.append(self.innermost)
        return len(self.operations) - 1

    # ------------------------------------------------------------------------------------------ gadgets
    def take_hints(self, count: int) -> int:
        """The next `count` words of the hints; returns the number of the first."""
        self.num_hints += count
        return self.num_hints - count

    def hint(self, kind: Kind, constants: Sequence[int] = ()) -> list[Variable]:
        """A gadget without inputs, whose words are the next ones."""
        return self.gadget(kind, (), constants, self.take_hints(kind.hints))

    def gadget(
        self, kind: Kind, inputs: Sequence[Value], constants: Sequence[int] = (), first_hint: int = 0
    ) -> list[Variable]:
        """A new gadget; returns its outputs. One that takes no hints and checks nothing is shared with its equals."""
        nodes = tuple([x.node if isinstance(x, Variable) else self.node_of(x) for x in inputs])
        key = (kind, nodes, *constants)
        number = self._gadgets_known.get(key)
        if number is None:
            number = len(self.gadgets)
            self.gadgets.append(Gadget(kind, nodes, tuple(constants), len(self.operations), first_hint, self.innermost))
            self._add_outputs(number, kind)
            if not kind.hints and not kind.checks:
                self._gadgets_known[key] = number
        return [Variable(self, node) for node in self.gadgets[number].outputs]

    def _add_outputs(self, number: int, kind: Kind) -> None:
        count = len(kind.outputs)
        self.operations += [Operation.OUTPUT] * count
        self.lefts += [number] * count
        self.rights += range(count)
        self.constants += [None] * count
        self.extensions += bytes(kind.outputs)
        self.parts += [self.innermost] * count

    def compress(self, left: Sequence[Value], right: Sequence[Value]) -> tuple[Value, ...]:
        """`poseidon2.compress` of octets; without variables it is computed at once."""
        if not any(isinstance(element, Variable) for element in (*left, *right)):
            return tuple(compress(tuple(left), tuple(right)))
        return tuple(self.gadget(Kind.COMPRESS, [*left, *right]))

    def gadget_of(self, variable: Value) -> Gadget | None:
        """The gadget that a variable is an output of."""
        if isinstance(variable, Variable) and self.operations[variable.node] is Operation.OUTPUT:
            return self.gadgets[self.lefts[variable.node]]
        return None

    # ------------------------------------------------------------------------------------------ assertions
    def require(self, claim: Claim, values: Sequence[Value], rejection: Rejection, line: str = "") -> None:
        """Asserts `claim` of these nodes."""
        self._assert(claim, tuple(self.node_of(value) for value in values), rejection, line)

    def require_gadget(
        self, kind: Kind, inputs: Sequence[Value], constants: Sequence[int], rejection: Rejection, line: str = ""
    ) -> list[Variable]:
        """A gadget that checks something itself."""
        outputs = self.gadget(kind, inputs, constants)
        self._assert(Claim.GADGET, (len(self.gadgets) - 1,), rejection, line)
        return outputs

    def _assert(self, claim: Claim, nodes: tuple[int, ...], rejection: Rejection, line: str) -> None:
        self.assertions.append(Assertion(claim, nodes, rejection, self.innermost, line or line_of_caller()))

    def publish(self, digest: Sequence[Value]) -> None:
        """What a proof of this circuit is about."""
        self.gadget(Kind.PUBLIC, digest)

    def finish(self) -> None:
        """Raises UsageError if rows were received that nobody folded: their openings would go unchecked."""
        if self.unfolded:
            raise UsageError(f"{len(self.unfolded)} openings were received and not folded")


def _in_base(value: K | int) -> K | int:
    """Elements of F as integers."""
    if isinstance(value, K):
        return value if any(value.c[1:]) else value.c[0]
    return value % P
