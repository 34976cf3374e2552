"""Every assertion of the circuits is needed: hints are forged that break it alone, so without it they would be proved.

Some are broken by default, and every single one by `pytest -m slow tests/recursion/assertions`. What no proof can break
alone is broken in the piece of the verifier that asks for it (`alone`), with the reason.
"""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from recursion.circuit.assertions import Assertion
from recursion.circuit.graph import Graph
from recursion.circuit.interpreter import Interpreter
from recursion.programs.join import join
from recursion.programs.resolve import resolve
from recursion.programs.shrink import shrink
from tests.recursion.assertions.alone import PIECES
from tests.recursion.assertions.forging import (
    BALANCE,
    FOLD_WORK,
    LAYER,
    PRODUCTS,
    ROW,
    STATEMENT,
    STEP,
    Forgery,
    batches,
    kind_of,
    lift_hints,
    of_a_child,
    of_a_lift,
    of_a_list_child,
    of_programs,
    told_hints,
)
from tests.recursion.programs import test_child, test_close, test_list_child
from tests.recursion.programs.telling import SMALL
from tests.recursion.shards import interpreter


def broken(circuit: Interpreter, hints: Iterable[int]) -> list[Assertion]:
    return list(circuit.run(hints).failures())


def check(circuit: Interpreter, forgery: Forgery) -> None:
    """It breaks the assertion that it is for, and nothing else.

    A statement out of range is one of no trace that there is, so there the buses may not balance either: that traces
    cannot be balanced with such a statement is what tables show, and they rely on the range.
    """
    needed, found = circuit.graph.assertions[forgery.number], broken(circuit, forgery.make())
    others = [assertion for assertion in found if assertion is not needed]
    assert len(others) < len(found), f"{forgery.name}: {needed.failure()} holds"
    allowed = {BALANCE, PRODUCTS} if kind_of(needed) == STATEMENT else set[str]()
    assert {kind_of(assertion) for assertion in others} <= allowed, forgery.name


@pytest.mark.slow
def test_honest_hints_break_nothing() -> None:
    """Those that the forgeries differ from; other tests accept such proofs by default."""
    for circuit, hints in ((interpreter(), lift_hints()), (test_child.interpreter(), told_hints())):
        assert broken(circuit, hints) == []


def firsts(circuit: Interpreter, forgeries: Iterable[Forgery]) -> dict[str, Forgery]:
    """One of each kind."""
    chosen = dict[str, Forgery]()
    for forgery in forgeries:
        chosen.setdefault(kind_of(circuit.graph.assertions[forgery.number]), forgery)
    return chosen


@pytest.mark.parametrize("kind", [LAYER, PRODUCTS, ROW, STATEMENT])
def test_assertions_of_a_lift_are_needed(kind: str) -> None:
    check(interpreter(), firsts(interpreter(), of_a_lift())[kind])


def test_a_step_of_a_key_s_path_is_needed() -> None:
    check(test_child.interpreter(), firsts(test_child.interpreter(), of_a_child())[STEP])


@pytest.mark.slow
def test_every_assertion_of_a_lift_is_needed() -> None:
    check_all(interpreter(), of_a_lift())


@pytest.mark.slow
def test_every_assertion_of_a_circuit_that_takes_proofs_is_needed() -> None:
    check_all(test_child.interpreter(), of_a_child())
    for circuit, forgery in of_programs():
        check(circuit, forgery)


@pytest.mark.slow
def test_work_before_folds_is_needed() -> None:
    graph, circuit = test_list_child.circuit()
    forgeries = [forgery for forgery in of_a_list_child() if kind_of(graph.assertions[forgery.number]) == FOLD_WORK]
    assert len(forgeries) > 1
    for forgery in forgeries:
        check(circuit, forgery)


def check_all(circuit: Interpreter, forgeries: list[Forgery]) -> None:
    """Each assertion has its forgery, or is of a kind that no proof breaks alone."""
    wanted = {n for n, assertion in enumerate(circuit.graph.assertions) if kind_of(assertion) not in PIECES}
    assert {forgery.number for forgery in forgeries} == wanted
    for forgery in forgeries:
        check(circuit, forgery)


# ------------------------------------------------------------ what no proof breaks alone
@pytest.mark.parametrize("kind", PIECES)
def test_what_no_proof_breaks_alone_is_needed_where_it_is_asked_for(kind: str) -> None:
    piece, graph = PIECES[kind], Graph()
    piece.build(graph)
    circuit = Interpreter(graph)
    assert broken(circuit, piece.honest) == []
    assert {kind_of(assertion) for assertion in broken(circuit, piece.forged)} == {kind}
    assert piece.why


def test_no_kind_of_assertion_is_left_out() -> None:
    """Nor is there a forgery, or a reason, for one that there is not."""
    graphs = [interpreter().graph, test_child.interpreter().graph, batches().graph, test_close.interpreter().graph]
    graphs += [join(SMALL), resolve(SMALL), shrink(SMALL), test_list_child.circuit()[0]]
    asked = {kind_of(assertion) for graph in graphs for assertion in graph.assertions}
    forged = {
        kind_of(circuit.graph.assertions[forgery.number])
        for circuit, forgeries in (
            (interpreter(), of_a_lift()),
            (test_child.interpreter(), of_a_child()),
            (test_list_child.circuit()[1], of_a_list_child()),
        )
        for forgery in forgeries
    }
    forged |= {kind_of(circuit.graph.assertions[forgery.number]) for circuit, forgery in of_programs()}
    assert forged | set(PIECES) == asked
    assert not forged & set(PIECES)
