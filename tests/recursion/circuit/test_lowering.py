"""Rows compute what nodes are, and hold exactly where the circuit's assertions do."""

from __future__ import annotations

import random
from typing import Any

import pytest

from core_vm.field.extension import DEGREE, K, lift
from core_vm.field.koalabear import P
from core_vm.hash.poseidon2 import DIGEST
from recursion.circuit.arithmetic import CircuitArithmetic
from recursion.circuit.assertions import Claim
from recursion.circuit.gadgets import COORDINATES_A_ROW, Kind
from recursion.circuit.graph import Graph
from recursion.circuit.interpreter import Interpreter, Run
from recursion.circuit.liveness import Liveness
from recursion.circuit.lowering.form_rows import rows_of_form
from recursion.circuit.lowering.forms import Form, Forms
from recursion.circuit.lowering.lower import Lowered
from recursion.circuit.lowering.memory import Memory
from recursion.circuit.lowering.rows import NOTHING
from recursion.tables.buses import NODE, WORD
from recursion.tables.key_check import check_key
from tests.recursion.circuit.bench import REFUSED, REQUIREMENTS, Bench
from tests.recursion.circuit.rows_holding import hold

NUM_HINTS = 6


def random_circuit(seed: int) -> Graph:
    """Sums and products of hints and constants, of which the last ones must be what they are on `random_hints`."""
    graph, choose = Graph(), random.Random(seed)
    graph.publish(graph.gadget(Kind.COMPRESS, [*range(15), graph.hint(Kind.WORD)[0]]))
    values: list[Any] = [graph.hint(Kind.ELEMENT)[0] for _ in range(NUM_HINTS)]
    for _ in range(60):
        a, b = choose.choice(values), choose.choice([*values, choose.randrange(P), K(1, 2, choose.randrange(P))])
        value = choose.choice([lambda a, b: a + b, lambda a, b: a - b, lambda a, b: a * b, lambda a, b: b - a * 3])(
            a, b
        )
        if not isinstance(value, int):
            values.append(value)
    arithmetic = CircuitArithmetic(graph)
    hints = random_hints(seed)
    run = Interpreter(asserting(graph, values)).run(hints)
    run.compute_to(len(graph) - 1)
    graph.assertions.clear()
    for value in values[-6:]:
        arithmetic.require_equal(value, run.values[value.node], REFUSED)
    arithmetic.require_nonzero(values[-1] + values[-2] * values[0] + 5, REFUSED)
    return graph


def asserting(graph: Graph, values: list[Any]) -> Graph:
    """With all values in use, so that the interpreter computes them."""
    for value in values:
        CircuitArithmetic(graph).require_zero(value, REFUSED)
    return graph


def random_hints(seed: int) -> list[int]:
    choose = random.Random(seed)
    return [choose.randrange(P) for _ in range(1 + DEGREE * NUM_HINTS)]


def value_of(form: Form, run: Run) -> K:
    total = K(form.constant)
    for node, factor in form.linear.items():
        total = total + lift(run.values[node]) * factor
    for (x, y), factor in form.products.items():
        total = total + lift(run.values[x]) * run.values[y] * factor
    return total


@pytest.mark.parametrize("seed", range(6))
def test_random_circuits(seed: int) -> None:
    graph, hints = random_circuit(seed), random_hints(seed)
    lowered, interpreter = Lowered(graph), Interpreter(graph)
    check_key(lowered.fixed)
    run = interpreter.run(hints)
    assert not list(run.failures())
    for node, form in Forms(graph, Liveness(graph)).of.items():
        assert value_of(form, run) == run.values[node]
    assert hold(lowered, run, run.digest)
    for place in range(0, len(hints), 7):
        hints[place] = (hints[place] + 1) % P
        run = interpreter.run(hints)
        assert hold(lowered, run, run.digest) == (not list(run.failures()))


@pytest.mark.parametrize(
    ("num_linear", "num_products"), [(0, 0), (1, 0), (3, 0), (4, 0), (9, 0), (0, 1), (1, 2), (6, 3)]
)
def test_rows_of_a_form(num_linear: int, num_products: int) -> None:
    """Nodes are 0..19; products are of nodes 8.., some of which are linear terms as well."""
    choose = random.Random(num_linear)
    values = {node: K(*(choose.randrange(P) for _ in range(DEGREE))) for node in range(20)}
    linear = {node if node else 9: choose.randrange(1, P) for node in range(num_linear)}
    products = {(8 + i, 9 + i): choose.randrange(1, P) for i in range(num_products)}
    expected = K(7)
    for node, factor in linear.items():
        expected = expected + values[node] * factor
    for (x, y), factor in products.items():
        expected = expected + values[x] * values[y] * factor
    rows = rows_of_form(Form(linear, products, 7), 20)
    for number, row in enumerate(rows):
        values[20 + number] = row.value([K.zero if node == NOTHING else values[node] for _, node in row.operands()])
    assert values[19 + len(rows)] == expected


def test_a_square_of_an_affine_form() -> None:
    graph = Graph()
    x = graph.hint(Kind.ELEMENT)[0]
    square = (x * 2 + 3) * (x * 2 + 3)
    CircuitArithmetic(graph).require_equal(square, 49, REFUSED)
    lowered, interpreter = Lowered(graph), Interpreter(graph)
    for value, is_root in ((2, True), (P - 5, True), (3, False)):
        run = interpreter.run([value, 0, 0, 0, 0])
        assert hold(lowered, run) == is_root == (not list(run.failures()))


@pytest.mark.parametrize("name", REQUIREMENTS)
def test_rows_hold_where_what_is_required_does(name: str) -> None:
    require, good, bad = REQUIREMENTS[name]
    bench = Bench(0)
    require(bench.arithmetic, bench.word(good))
    lowered, interpreter = Lowered(bench.graph), Interpreter(bench.graph)
    assert hold(lowered, interpreter.run([good]))
    assert not hold(lowered, interpreter.run([bad]))


@pytest.mark.parametrize("name", ["zero", "equal", "nonzero"])
def test_without_the_assertion_rows_hold(name: str) -> None:
    require, _, bad = REQUIREMENTS[name]
    bench = Bench(0)
    word = bench.word(bad)
    require(bench.arithmetic, word)
    (assertion,) = bench.graph.assertions
    bench.graph.assertions.clear()
    bench.arithmetic.require_zero(word - bad, REFUSED)  # something that keeps the word in use
    assert assertion.claim is Claim.ZERO
    assert hold(Lowered(bench.graph), Interpreter(bench.graph).run([bad]))


def test_octets_that_no_row_compares_are_refused() -> None:
    """Else an assertion would be lost on the way."""
    graph = Graph()
    octets = [graph.hint(Kind.OCTET) for _ in range(2)]
    graph.require(Claim.SAME, [*octets[0], *octets[1]], REFUSED)
    with pytest.raises(AssertionError, match="no row of its own asserts"):
        Lowered(graph)


def test_an_end_of_a_path_that_no_row_gives_is_refused() -> None:
    """A digest that is a hint, and one that a path gives but with another index."""
    for with_path in (False, True):
        graph = Graph()
        (index, _), octet = graph.gadget(Kind.INDEX, graph.hint(Kind.WORD), (4,)), graph.hint(Kind.OCTET)
        digest = graph.gadget(Kind.PATH, (index, *octet), (), graph.take_hints(DIGEST))[1:] if with_path else octet
        graph.require_gadget(Kind.PATH_END, (index, *digest), (0,), REFUSED)
        with pytest.raises(AssertionError, match="no row"):
            Lowered(graph)


def test_a_chain_that_hands_on_something_else_is_refused() -> None:
    """The tables have what the row before computed, whatever the graph says."""
    graph = Graph()
    tiles, z = graph.hint(Kind.WORD)[0], graph.hint(Kind.ELEMENT)[0]
    rest, _ = graph.gadget(Kind.BELOW, (tiles, 0, z), (1, 0))
    rest, less = graph.gadget(Kind.BELOW, (rest, z, z), (0, 1))
    graph.require(Claim.REST, [rest], REFUSED)
    graph.require(Claim.ZERO, [less], REFUSED)
    with pytest.raises(AssertionError, match="no row hands on"):
        Lowered(graph)


@pytest.mark.parametrize(("kind", "inputs"), [(Kind.BELOW, 0), (Kind.JAGGED, 1)])
def test_a_chain_that_starts_otherwise_is_refused(kind: Kind, inputs: int) -> None:
    graph = Graph()
    number, z = graph.hint(Kind.WORD)[0], graph.hint(Kind.ELEMENT)[0]
    starts = [(number, 1, z), (number, number, 0, 0, 0, 0, z, z)][inputs]
    rest, *state = graph.gadget(kind, starts, (1, 1))
    graph.require(Claim.REST, [rest], REFUSED)
    graph.require(Claim.ZERO, [state[-3] if inputs else state[0]], REFUSED)
    with pytest.raises(AssertionError, match="a chain starts with"):
        Lowered(graph)


def test_a_query_s_weight_that_starts_otherwise_is_refused() -> None:
    """Its row sends the product of nothing, one."""
    graph = Graph()
    _, point = graph.gadget(Kind.INDEX, graph.hint(Kind.WORD), (4,))
    y = graph.hint(Kind.ELEMENT)[0]
    _, product = graph.gadget(Kind.WEIGHT, (point, 2, *[y] * COORDINATES_A_ROW), (1, 1))
    graph.require(Claim.ZERO, [product], REFUSED)
    with pytest.raises(AssertionError, match="a chain starts with"):
        Lowered(graph)


@pytest.mark.parametrize("place", [0, DIGEST - 1, DIGEST])
def test_a_leaf_that_starts_otherwise_is_refused(place: int) -> None:
    """A query's row sends the digest of nothing, and no sum."""
    graph = Graph()
    index, _ = graph.gadget(Kind.INDEX, graph.hint(Kind.WORD), (4,))
    weights = graph.gadget(Kind.EXPAND, (1, *(graph.hint(Kind.ELEMENT)[0] for _ in range(2))))
    start = [int(i == place) for i in range(DIGEST + 1)]
    hints = graph.take_hints(Kind.LEAF.hints)
    *digest, total = graph.gadget(Kind.LEAF, (index, *start, *weights, *weights), (1, 1), hints)
    graph.require_gadget(Kind.PATH_END, (index, *digest), (0,), REFUSED)
    graph.require(Claim.ZERO, [total], REFUSED)
    with pytest.raises(AssertionError, match="a chain starts with"):
        Lowered(graph)


def test_two_paths_that_end_in_one_are_refused() -> None:
    """The row that gives the end sends it once."""
    graph = Graph()
    index, _ = graph.gadget(Kind.INDEX, graph.hint(Kind.WORD), (4,))
    end = graph.gadget(Kind.PATH, (index, *graph.hint(Kind.OCTET)), (), graph.take_hints(DIGEST))
    for tree in range(2):
        graph.require_gadget(Kind.PATH_END, end, (tree,), REFUSED)
    with pytest.raises(AssertionError, match="no row of its own asserts: the end of a path"):
        Lowered(graph)


def test_a_chain_that_does_not_end_is_refused() -> None:
    graph = Graph()
    tiles, z = graph.hint(Kind.WORD)[0], graph.hint(Kind.ELEMENT)[0]
    rest, _ = graph.gadget(Kind.BELOW, (tiles, 0, z), (1, 0))
    graph.require(Claim.REST, [rest], REFUSED)
    with pytest.raises(AssertionError, match="no row of its own asserts"):
        Lowered(graph)


# ---------------------------------------------------------------------------------------------- memory
def test_an_address_has_one_writer() -> None:
    memory = Memory()
    memory.write(WORD, memory.fresh(WORD))
    with pytest.raises(AssertionError, match="written twice"):
        memory.write_often(WORD, 2, 1)


def test_what_is_read_is_written() -> None:
    memory = Memory()
    memory.write(NODE, memory.read(WORD, 5))
    with pytest.raises(AssertionError, match="address 5 of bus 1 is read, and nobody writes it"):
        memory.check()


def test_a_fixed_number_of_sends_is_that_of_reads() -> None:
    memory = Memory()
    for _ in range(2):
        memory.read(WORD, 5)
    memory.write_often(WORD, 5, 1)
    with pytest.raises(AssertionError, match="sent 1 times and read 2"):
        memory.check()


def test_addresses_that_share_a_count_are_read_equally_often() -> None:
    memory = Memory()
    times = memory.write(WORD, 5, 6)
    memory.read(WORD, 5)
    with pytest.raises(AssertionError, match="are read"):
        memory.count(times)
