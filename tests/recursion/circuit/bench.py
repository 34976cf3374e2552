"""Small circuits by hand: variables with random values, and what may be required of them."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any

from core_vm.errors import MalformedProof
from core_vm.field.extension import DEGREE, K
from core_vm.field.koalabear import P
from recursion.circuit.arithmetic import CircuitArithmetic
from recursion.circuit.gadgets import Kind
from recursion.circuit.graph import Graph, Value
from recursion.circuit.interpreter import Interpreter

REFUSED = MalformedProof("here", "not so")


class Bench:
    """Variables with random values, and what a circuit over them says."""

    def __init__(self, seed: int) -> None:
        self.graph, self.random, self.hints = Graph(), random.Random(seed), []
        self.arithmetic = CircuitArithmetic(self.graph)

    def elements(self, count: int) -> tuple[list[K], list[Value]]:
        """Elements of K and the variables that hold them."""
        values = [K(*(self.random.randrange(P) for _ in range(DEGREE))) for _ in range(count)]
        self.hints += [c for value in values for c in value.c]
        return values, [self.graph.hint(Kind.ELEMENT)[0] for _ in values]

    def word(self, value: int) -> Value:
        """A variable of F."""
        self.hints.append(value)
        return self.graph.hint(Kind.WORD)[0]

    def accepts(self) -> bool:
        return not list(Interpreter(self.graph).run(self.hints).failures())

    def shows(self, variables: Sequence[Value], values: Sequence[Any]) -> bool:
        """Whether the circuit computes these values: asserted, so that nothing is left out as unused."""
        for variable, value in zip(variables, values, strict=True):
            self.arithmetic.require_equal(variable, value, REFUSED)
        return self.accepts()


Requirement = Callable[[CircuitArithmetic, Value], None]
REQUIREMENTS: dict[str, tuple[Requirement, int, int]] = {
    # what is required, a value of which it holds, one of which it does not
    "zero": (lambda a, x: a.require_zero(x, REFUSED), 0, 1),
    "equal": (lambda a, x: a.require_equal(7, x, REFUSED), 7, P - 7),
    "nonzero": (lambda a, x: a.require_nonzero(x, REFUSED), P - 1, 0),
    "inverse": (lambda a, x: a.require_zero(a.inverse(x, REFUSED) - 1, REFUSED), 1, 0),
    "below": (lambda a, x: a.require_below(x, 4, REFUSED), 15, 16),
    "below in all bits": (lambda a, x: a.require_below(x, 30, REFUSED), 2**30 - 1, P - 1),
    "chain long enough": (lambda a, x: a.require_nonzero(a.rows_below(x, [2, 2]) + 1, REFUSED), 3, 4),
    "start in a chain": (lambda a, x: a.require_zero(a.shifted_sums([(x, 0)], [(2, 2)])[0], REFUSED), 1, 2),
}
