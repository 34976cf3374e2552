"""Rows of small trees in a circuit: folded as numbers are, and bound to root and index word by word."""

from __future__ import annotations

import pytest

from core_vm.errors import MerkleRejection, UsageError
from core_vm.field.koalabear import P, Words
from core_vm.hash.poseidon2 import DIGEST
from recursion.circuit.channel import CircuitChannel
from recursion.circuit.gadgets import Kind
from recursion.circuit.graph import Graph
from recursion.circuit.variable import Variable
from tests.recursion.circuit.bench import REFUSED
from tests.recursion.circuit.opening import DEPTH, FORMS, INDICES, Opening, opening
from tests.recursion.circuit.rows_holding import hold


@pytest.mark.parametrize("name", FORMS)
def test_openings_are_accepted(name: str) -> None:
    run = opening(name).interpreter.run(opening(name).hints)
    run.check()
    assert hold(opening(name).lowered, run)


@pytest.mark.parametrize("name", FORMS)
def test_every_kind_of_word_is_bound(name: str) -> None:
    """Root, index, row, path and cap: with another word neither the circuit nor its rows hold."""
    one = opening(name)
    for kind in Kind:
        gadgets = [gadget for gadget in one.graph.gadgets if gadget.kind is kind and kind.hints]
        for gadget in gadgets[:: max(len(gadgets) - 1, 1)]:  # the first one and the last
            check_bound(one, gadget.first_hint, kind is Kind.ELEMENT)


def check_bound(one: Opening, place: int, is_point: bool) -> None:
    hints = one.hints.copy()
    hints[place] = (hints[place] + 1) % P
    run = one.interpreter.run(hints)
    failed = list(run.failures())
    assert failed
    if not is_point:
        assert isinstance(failed[0].rejection, MerkleRejection)
        assert failed[0].line.startswith("tests/recursion/circuit/opening.py")
    assert not hold(one.lowered, run)


@pytest.mark.parametrize("name", ["one tree", "the cap is the leaves"])
def test_a_row_of_another_index_is_refused(name: str) -> None:
    """Rows and paths of two openings swapped, indices as they were."""
    one = opening(name)
    paths = [gadget.first_hint for gadget in one.graph.gadgets if gadget.kind is Kind.PATH]
    rows = sorted({gadget.first_hint for gadget in one.graph.gadgets if gadget.kind is Kind.LEAF})
    width, levels = FORMS[name][0][0], len(paths) // len(INDICES)
    hints = swapped(one.hints, rows[0], rows[0] + width, width)
    if levels:
        hints = swapped(hints, paths[0], paths[0] + levels * DIGEST, levels * DIGEST)
    run = one.interpreter.run(hints)
    assert isinstance(next(iter(run.failures())).rejection, MerkleRejection)
    assert not hold(one.lowered, run)


def swapped(hints: Words, first: int, second: int, count: int) -> Words:
    copy = hints.copy()
    copy[first : first + count], copy[second : second + count] = (
        hints[second : second + count],
        hints[first : first + count],
    )
    return copy


def test_rows_that_nobody_folds_are_refused() -> None:
    graph = Graph()
    (index,) = graph.hint(Kind.WORD)
    CircuitChannel(graph).receive_rows(graph.hint(Kind.OCTET), 16, [index], DEPTH, 1)
    with pytest.raises(UsageError, match="1 openings were received and not folded"):
        graph.finish()


@pytest.mark.parametrize(
    ("width", "coordinates", "in_extension"), [(32, 4, False), (16, 3, False), (64, 4, True), (80, 5, True)]
)
def test_leaves_are_folded_whole(width: int, coordinates: int, in_extension: bool) -> None:
    """Else a block would be neither hashed nor folded."""
    graph = Graph()
    channel = CircuitChannel(graph)
    (index,) = graph.require_gadget(Kind.INDEX, graph.hint(Kind.WORD), (DEPTH,), REFUSED)[:1]
    rows = channel.receive_rows(graph.hint(Kind.OCTET), width, [index], DEPTH, 1)
    point = [graph.hint(Kind.ELEMENT)[0] for _ in range(coordinates)]
    with pytest.raises(UsageError, match="in all are not folded by"):
        channel.arithmetic.fold_rows([rows], point, in_extension)


def test_a_leaf_has_whole_blocks() -> None:
    graph = Graph()
    with pytest.raises(UsageError, match="a leaf of 20 elements"):
        CircuitChannel(graph).receive_rows(graph.hint(Kind.OCTET), 20, graph.hint(Kind.WORD), DEPTH, 1)


def drawn(graph: Graph) -> Variable:
    """An index."""
    return graph.require_gadget(Kind.INDEX, graph.hint(Kind.WORD), (DEPTH,), REFUSED)[0]


def test_rows_of_two_draws_are_not_folded_together() -> None:
    """Each tree is asked for the indices of the draw: a sum of rows at two places is the fold of none."""
    graph = Graph()
    channel, first = CircuitChannel(graph), drawn(graph)
    rows = [channel.receive_rows(graph.hint(Kind.OCTET), 16, [index], DEPTH, 1) for index in (first, drawn(graph))]
    point = [graph.hint(Kind.ELEMENT)[0] for _ in range(5)]
    with pytest.raises(UsageError, match="those of one draw"):
        channel.arithmetic.fold_rows(rows, point, False)


def test_rows_are_folded_once() -> None:
    graph = Graph()
    channel = CircuitChannel(graph)
    rows = channel.receive_rows(graph.hint(Kind.OCTET), 16, [drawn(graph)], DEPTH, 1)
    point = [graph.hint(Kind.ELEMENT)[0] for _ in range(4)]
    channel.arithmetic.fold_rows([rows], point, False)
    with pytest.raises(UsageError, match="received and not folded yet"):
        channel.arithmetic.fold_rows([rows], point, False)
