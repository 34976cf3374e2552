"""Which sums and products get an address, and what each is as a polynomial of addressed nodes.

A row of arithmetic computes a quadratic form of what it reads. A node that one other node uses, or that is k x + l, is
worth no row of its own: it is substituted into its users. An address goes to what a gadget reads and to what is used
twice and is not small.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple, TypeVar

from core_vm.errors import UsageError
from core_vm.field.koalabear import P
from recursion.circuit.assertions import Claim
from recursion.circuit.gadgets import Gadget, Kind
from recursion.circuit.graph import ARITHMETIC, Graph, Operation
from recursion.circuit.liveness import Liveness

Key = TypeVar("Key")

SMALL_TERMS, SMALL_USES = 2, 2
"""A form of so few terms (a product counts twice) is computed again by each of so few users."""


class Form(NamedTuple):
    """sum of factor * node, and of factor * node * node, and a constant; factors are not zero."""

    linear: dict[int, int]
    products: dict[tuple[int, int], int]
    constant: int

    @property
    def is_affine(self) -> bool:
        """Whether it is k x + l."""
        return len(self.linear) == 1 and not self.products


def words_read(gadget: Gadget) -> tuple[int, ...]:
    """The inputs that a row may read as words: all, but the capacity of a sponge, whose header is the row's own."""
    return gadget.inputs[:8] if gadget.kind is Kind.SPONGE else gadget.inputs


class Forms:
    """`addressed[node]` is 1 for nodes with an address. Forms are those of live sums, products and affine images."""

    def __init__(self, graph: Graph, live: Liveness) -> None:
        self._graph = graph
        self.required = Counter(a.nodes[0] for a in graph.assertions if a.claim is Claim.ZERO)
        self.addressed = bytearray(len(graph))
        self.of: dict[int, Form] = {}
        self._read, self._uses, self._factors = self._count(live)
        for node, is_live in enumerate(live.nodes):
            if is_live:
                self._decide(node)

    def _count(self, live: Liveness) -> tuple[bytearray, Counter[int], bytearray]:
        """What gadgets read, how often arithmetic uses each node, and what is multiplied."""
        graph, read, factors = self._graph, bytearray(len(self._graph)), bytearray(len(self._graph))
        uses: Counter[int] = Counter()
        for gadget, is_live in zip(graph.gadgets, live.gadgets, strict=True):
            if is_live:
                for node in words_read(gadget):
                    read[node] = 1
        for node, operation in enumerate(graph.operations):
            if live.nodes[node] and operation in ARITHMETIC:
                operands = {graph.lefts[node], graph.rights[node]}
                uses.update(operands)
                if operation is Operation.MULTIPLY:
                    for operand in operands:
                        factors[operand] = 1
        return read, uses, factors

    def _decide(self, node: int) -> None:
        if self._graph.operations[node] not in ARITHMETIC:
            self.addressed[node] = 1
            return
        form = self.of[node] = self._combined(node)
        self.addressed[node] = self._read[node] or not (form.is_affine or self._is_substituted(node, form))

    def _is_substituted(self, node: int, form: Form) -> bool:
        """Factors have to be k x + l, so that products stay quadratic."""
        if self._factors[node]:
            return False
        uses = self._uses[node]
        is_small = len(form.linear) + 2 * len(form.products) <= SMALL_TERMS and uses <= SMALL_USES
        return uses == 0 or uses + self.required[node] <= 1 or is_small

    # ------------------------------------------------------------------------------------------ substitution
    def _terms(self, node: int) -> Form:
        return Form({node: 1}, {}, 0) if self.addressed[node] else self.of[node]

    def _combined(self, node: int) -> Form:
        graph, left = self._graph, self._terms(self._graph.lefts[node])
        operation = graph.operations[node]
        if operation is Operation.AFFINE:
            factor, term = graph.constants[node]
            return _sum(left, factor, Form({}, {}, term), 1)
        right = self._terms(graph.rights[node])
        return _sum(left, 1, right, 1) if operation is Operation.ADD else _product(left, right)

    # ------------------------------------------------------------------------------------------ what needs rows
    def rows(self) -> Iterator[tuple[int, Form, bool]]:
        """Nodes with their forms: those that get an address, then (True) those that must be zero."""
        for node, form in self.of.items():
            if self.addressed[node]:
                yield node, form, False
        for node in self.required:
            yield node, self._terms(node), True


def _sum(a: Form, factor: int, b: Form, factor_b: int) -> Form:
    return Form(
        _added(a.linear, factor, b.linear, factor_b),
        _added(a.products, factor, b.products, factor_b),
        (a.constant * factor + b.constant * factor_b) % P,
    )


def _added(a: dict[Key, int], factor: int, b: dict[Key, int], factor_b: int) -> dict[Key, int]:
    total = {term: value * factor % P for term, value in a.items()}
    for term, value in b.items():
        total[term] = (total.get(term, 0) + value * factor_b) % P
    return {term: value for term, value in total.items() if value}


def _product(a: Form, b: Form) -> Form:
    """Of k x + l and m y + n."""
    if not (a.is_affine and b.is_affine):
        raise UsageError("a product of forms that are not k x + l")
    ((x, k),), ((y, m),) = a.linear.items(), b.linear.items()
    linear = _added({x: k}, b.constant, {y: m}, a.constant)
    return Form(linear, {(min(x, y), max(x, y)): k * m % P}, a.constant * b.constant % P)
