"""A value that a circuit computes: it adds, subtracts and multiplies, and refuses to be looked at.

The verifier's functions take variables where they take numbers. Whatever they would have to know of a value before
they go on (is it zero, which one is larger, what is at this index) raises, so a function that runs to its end is a
straight line, the same for all values.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core_vm.errors import UsageError
from core_vm.field.extension import K
from core_vm.field.koalabear import P
from core_vm.transcript.unseen import Unseen

if TYPE_CHECKING:
    from recursion.circuit.graph import Graph


class Variable(Unseen):
    """A node of a graph: an element of F or K, as `graph.extensions[node]` says."""

    __slots__ = ("graph", "node")

    def __init__(self, graph: Graph, node: int) -> None:
        self.graph, self.node = graph, node

    def __add__(self, other: Variable | K | int) -> Any:
        return self.graph.add(self, other)

    __radd__ = __add__

    def __sub__(self, other: Variable | K | int) -> Any:
        return self.graph.add(self, other * (P - 1))

    def __rsub__(self, other: K | int) -> Any:
        return self.graph.add(self * (P - 1), other)

    def __mul__(self, other: Variable | K | int) -> Any:
        return self.graph.multiply(self, other)

    __rmul__ = __mul__

    def __neg__(self) -> Any:
        return self * (P - 1)

    def __mod__(self, modulus: int) -> Variable:
        """A variable of F is modulo p already."""
        if modulus != P:
            raise UsageError(f"a variable is an element of F, there is none modulo {modulus}")
        return self

    def refusal(self) -> UsageError:
        return UsageError("a circuit depends on the value of a variable: it is the same for all values")

    def __repr__(self) -> str:
        return f"{'K' if self.graph.extensions[self.node] else 'F'} variable {self.node}"
