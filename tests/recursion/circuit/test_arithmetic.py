"""What the circuit's arithmetic computes is what numbers compute: method by method, on random values."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

from core_vm.errors import MalformedProof, Rejection, UsageError
from core_vm.field.extension import DEGREE, K
from core_vm.field.koalabear import P
from core_vm.transcript.numbers import NUMBERS
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


@pytest.mark.parametrize("count", [1, 3, 4, 9])
def test_sums(count: int) -> None:
    bench = Bench(count)
    (values, variables), (others, more), ((x,), (point,)) = (
        bench.elements(count),
        bench.elements(count),
        bench.elements(1),
    )
    a = bench.arithmetic
    sums = [a.inner(variables, more), a.horner(point, variables)]
    assert bench.shows(sums, [NUMBERS.inner(values, others), NUMBERS.horner(x, values)])


@pytest.mark.parametrize("count", [0, 1, 2, 5])
def test_eq_table_and_what_is_summed_with_it(count: int) -> None:
    bench = Bench(count)
    (values, point), (others, more) = bench.elements(count), bench.elements(1 << count)
    table, numbers = bench.arithmetic.eq_table(point), NUMBERS.eq_table(values)
    assert bench.shows(table, numbers)
    for chosen in (range(1 << count), range(0, 1 << count, 3), range((1 << count) - 1, -1, -2)):
        of_circuit = bench.arithmetic.sparse_inner(table, {i: more[i] for i in chosen})
        assert bench.shows([of_circuit], [NUMBERS.sparse_inner(numbers, {i: others[i] for i in chosen})])


@pytest.mark.parametrize("tiles", [0, 1, 5, 14, 15])
def test_rows_below(tiles: int) -> None:
    bench = Bench(tiles)
    values, point = bench.elements(4)
    below = bench.arithmetic.rows_below(bench.word(tiles), point)
    assert bench.shows([below], [NUMBERS.rows_below(tiles, values)])


@pytest.mark.parametrize(("start", "tiles"), [(0, 0), (0, 7), (3, 0), (5, 6), (11, 4), (1, 14)])
def test_shifted_sums(start: int, tiles: int) -> None:
    bench = Bench(start)
    (z, z_variables), (y, y_variables) = bench.elements(4), bench.elements(4)
    z[3], z_variables[3] = K.zero, K.zero  # a bit that the table's rows do not have
    tiles %= 8
    pairs = list(zip(z_variables, y_variables, strict=True))
    sums = bench.arithmetic.shifted_sums([(bench.word(start), bench.word(tiles))], pairs)
    assert bench.shows(sums, NUMBERS.shifted_sums([(start, tiles)], list(zip(z, y, strict=True))))


@pytest.mark.parametrize("count", [2, 5, 11])
def test_power_extensions(count: int) -> None:
    bench = Bench(count)
    values, coordinates = bench.elements(count)
    x = bench.random.randrange(P)
    weights = bench.arithmetic.power_extensions([bench.word(x)], coordinates)
    assert bench.shows(weights, NUMBERS.power_extensions(np.array([x], np.uint64), values))


def test_inverse() -> None:
    bench = Bench(0)
    (value,), (variable,) = bench.elements(1)
    assert bench.shows([bench.arithmetic.inverse(variable, REFUSED)], [value.inverse()])


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


@pytest.mark.parametrize("name", REQUIREMENTS)
def test_what_must_hold(name: str) -> None:
    require, good, bad = REQUIREMENTS[name]
    for value, is_good in ((good, True), (bad, False)):
        bench = Bench(0)
        require(bench.arithmetic, bench.word(value))
        assert bench.accepts() == is_good


@pytest.mark.parametrize("name", ["zero", "equal", "nonzero", "below"])
def test_what_must_hold_of_a_constant_is_checked_at_once(name: str) -> None:
    require, good, bad = REQUIREMENTS[name]
    bench = Bench(0)
    require(bench.arithmetic, good)
    with pytest.raises(Rejection, match="not so"):
        require(bench.arithmetic, bad)
    assert len(bench.graph) == 0


def test_a_failure_names_part_and_line() -> None:
    bench = Bench(0)
    with bench.arithmetic.part("some part"):
        bench.arithmetic.require_zero(bench.word(5), REFUSED)
    with pytest.raises(MalformedProof, match=r"here: not so \(part some part, \S*test_arithmetic.py:\d+\)"):
        Interpreter(bench.graph).run(bench.hints).check()


def test_points_are_those_of_drawn_indices() -> None:
    bench = Bench(0)
    with pytest.raises(UsageError, match="was not drawn as an index of 4 bits"):
        bench.arithmetic.domain_points([bench.word(3)], 4)  # type: ignore[list-item]
