"""What the circuit's arithmetic computes is what numbers compute: method by method, on random values."""

from __future__ import annotations

import numpy as np
import pytest

from core_vm.errors import MalformedProof, Rejection, UsageError
from core_vm.field.extension import K
from core_vm.field.koalabear import P
from core_vm.transcript.numbers import NUMBERS
from recursion.circuit.channel import CircuitChannel
from recursion.circuit.graph import Graph
from recursion.circuit.interpreter import Interpreter
from tests.recursion.circuit.bench import REFUSED, REQUIREMENTS, Bench


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


def test_an_inner_product_is_of_equally_many() -> None:
    with pytest.raises(UsageError, match="inner product of 2 with 1 values"):
        Bench(0).arithmetic.inner([1, 2], [3])


@pytest.mark.parametrize("count", [0, 1, 2, 5])
def test_eq_table_and_what_is_summed_with_it(count: int) -> None:
    bench = Bench(count)
    (values, point), (others, more) = bench.elements(count), bench.elements(1 << count)
    table, numbers = bench.arithmetic.eq_table(point), NUMBERS.eq_table(values)
    assert bench.shows(table, numbers)
    for chosen in (range(1 << count), range(0, 1 << count, 3), range((1 << count) - 1, -1, -2)):
        of_circuit = bench.arithmetic.sparse_inner(table, {i: more[i] for i in chosen})
        assert bench.shows([of_circuit], [NUMBERS.sparse_inner(numbers, {i: others[i] for i in chosen})])


@pytest.mark.parametrize(("length", "count"), [(0, 1), (1, 1), (3, 5), (4, 16), (5, 17), (5, 32), (6, 2)])
def test_the_first_of_an_eq_table_times_something(length: int, count: int) -> None:
    bench = Bench(count)
    (values, point), ((scale,), (first,)) = bench.elements(length), bench.elements(1)
    table = bench.arithmetic.eq_table(point, count, first)
    assert count <= len(table) < count + 4
    assert bench.shows(table[:count], NUMBERS.eq_table(values, count, scale))


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
    tiles %= 8  # the highest bit is one that the table's rows do not have
    pairs = list(zip([*z_variables[:3], 0], y_variables, strict=True))
    sums = bench.arithmetic.shifted_sums([(bench.word(start), bench.word(tiles))], pairs)
    assert bench.shows(sums, NUMBERS.shifted_sums([(start, tiles)], list(zip([*z[:3], 0], y, strict=True))))


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
        bench.arithmetic.domain_points([bench.word(3)], 4)


def test_powers_are_those_of_a_challenge() -> None:
    with pytest.raises(UsageError, match="powers of a challenge"):
        Bench(0).arithmetic.horner(3, [1, 2])


def test_a_count_that_is_known_is_an_integer() -> None:
    with pytest.raises(UsageError, match="is no count"):
        Bench(0).arithmetic.require_below(K.one, 4, REFUSED)


def test_a_challenge_is_the_beginning_of_a_squeezed_block(monkeypatch: pytest.MonkeyPatch) -> None:
    """The permutation's row gives these elements as one of K; of any others nobody says what it would be."""
    channel = CircuitChannel(Graph())
    squeeze = channel.squeeze
    for places in (slice(1, None), slice(None, None, -1)):
        monkeypatch.setattr(channel, "squeeze", lambda *what, places=places: squeeze(*what)[places])
        with pytest.raises(UsageError, match="first elements of a squeezed block"):
            channel.challenge("somewhere")
