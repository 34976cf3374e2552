"""Nodes: what is constant is computed, what is equal is shared, what does not matter is dead; nobody looks at them."""

from __future__ import annotations

import operator
from typing import Any

import pytest

from core_vm.errors import MalformedProof, UsageError
from core_vm.field.extension import K
from core_vm.field.koalabear import P
from recursion.circuit.assertions import Claim
from recursion.circuit.gadgets import Kind
from recursion.circuit.graph import Graph
from recursion.circuit.interpreter import Interpreter
from recursion.circuit.liveness import Liveness
from recursion.circuit.variable import Variable

REFUSED = MalformedProof("here", "not so")
X = K(0, 1)


def element(graph: Graph) -> Any:
    return graph.hint(Kind.ELEMENT)[0]


CONSTANTS = {
    "x - x": (lambda x: x - x, 0),
    "x * 0": (lambda x: x * 0, 0),
    "(x + 3) - x": (lambda x: (x + 3) - x, 3),
    "(2 - x) + x": (lambda x: (2 - x) + x, 2),
    "x * p + 1": (lambda x: x * P + 1, 1),
    "(x + x) - 2 * x": (lambda x: (x + x) - 2 * x, 0),
}
EQUALS = {
    "sums": (lambda x, y: x + y, lambda x, y: y + x),
    "products": (lambda x, y: x * y, lambda x, y: y * x),
    "differences": (lambda x, y: x - y, lambda x, y: -y + x),
    "constants added": (lambda x, y: (x + 1) + 2, lambda x, y: 3 + x),
    "affine images": (lambda x, y: (x * 2 + 1) * 3, lambda x, y: 6 * x + 3),
    "constants of F": (lambda x, y: x + K(5), lambda x, y: x + 5),
    "constants of K": (lambda x, y: X * x, lambda x, y: x * K(0, 1)),
    "nothing done": (lambda x, y: x * 1 + 0, lambda x, y: x),
    "done and undone": (lambda x, y: 1 - (1 - x), lambda x, y: x),
}


@pytest.mark.parametrize("name", CONSTANTS)
def test_what_does_not_depend_on_a_variable_is_a_number(name: str) -> None:
    build, expected = CONSTANTS[name]
    assert build(element(Graph())) == expected


@pytest.mark.parametrize("name", EQUALS)
def test_equal_nodes_are_one(name: str) -> None:
    graph = Graph()
    x, y = element(graph), element(graph)
    nodes = {build(x, y).node for build in EQUALS[name]}
    assert len(nodes) == 1


def test_gadgets_are_shared_but_hints_and_checks_are_not() -> None:
    graph = Graph()
    words = [graph.hint(Kind.WORD)[0] for _ in range(2)]
    assert words[0].node != words[1].node
    sums = [graph.gadget(Kind.HORNER, (0, words[0], 1, 2, 3, words[1]))[0] for _ in range(2)]
    assert sums[0].node == sums[1].node
    for _ in range(2):
        graph.require_gadget(Kind.RANGE, (words[0], words[0]), (3,), REFUSED)
    assert [gadget.kind for gadget in graph.gadgets].count(Kind.RANGE) == 2


def test_only_what_is_asserted_is_live() -> None:
    graph = Graph()
    x, y = element(graph), element(graph)
    unused = (x + y) * 5
    used = x * x + 1
    graph.require(Claim.ZERO, [used], REFUSED)
    live = Liveness(graph)
    assert live.nodes[used.node]
    assert not live.nodes[unused.node]
    assert list(live.gadgets) == [1, 0]
    run = Interpreter(graph).run([0] * 10)
    assert [assertion.nodes for assertion in run.failures()] == [(used.node,)]
    assert run.values[unused.node] is None


@pytest.mark.parametrize("look", [bool, hash, int, len, iter, float, operator.index])
def test_variables_cannot_be_looked_at(look: Any) -> None:
    with pytest.raises(UsageError, match="depends on the value of a variable"):
        look(element(Graph()))


@pytest.mark.parametrize("compare", [operator.eq, operator.ne, operator.lt, operator.ge])
def test_variables_cannot_be_compared(compare: Any) -> None:
    with pytest.raises(UsageError, match="depends on the value of a variable"):
        compare(element(Graph()), 0)


def test_a_variable_is_modulo_p_alone() -> None:
    x = Graph().hint(Kind.WORD)[0]
    assert isinstance(x % P, Variable)
    with pytest.raises(UsageError, match="none modulo 7"):
        x % 7


@pytest.mark.parametrize(
    ("hints", "message"), [([1], "takes 2 words, not 1"), ([1, P], "word 1 is"), ([-1, 1], "word 0 is -1")]
)
def test_hints_are_canonical_and_complete(hints: list[int], message: str) -> None:
    graph = Graph()
    for _ in range(2):
        graph.hint(Kind.WORD)
    with pytest.raises(MalformedProof, match=message):
        Interpreter(graph).run(hints)
