"""The last circuit: it takes proofs under one key, which is a constant of it, and says just what they say."""

from __future__ import annotations

from functools import cache

import pytest

from core_vm.field.koalabear import P, Words
from recursion.circuit.cost import cost_of
from recursion.circuit.graph import Graph
from recursion.circuit.interpreter import Interpreter
from recursion.circuit.lowering.lower import Lowered
from recursion.keys.standard import shrink_key
from recursion.programs.final import final, final_hints
from recursion.programs.records import BatchRecord, record_digest
from recursion.proof import SHRUNK
from recursion.regime import Regime
from tests.recursion.circuit.rows_holding import hold
from tests.recursion.programs.telling import SMALL, Teller, differing, keys, octet, refusal

TELLER = Teller.of(looks=False)
RECORD = BatchRecord(keys().root, octet("left"), octet("right"))
DIGEST = record_digest(RECORD)


@cache
def circuit() -> tuple[Graph, Interpreter]:
    graph = final(TELLER.key.verifying, SMALL)
    return graph, Interpreter(graph)


@cache
def words() -> Words:
    return TELLER.tell(RECORD)


def test_it_says_what_the_proof_says_where_the_verifier_reads() -> None:
    graph, interpreter = circuit()
    run = interpreter.run(final_hints(DIGEST, words()))
    run.check()
    assert run.digest == DIGEST
    lowered = Lowered(graph)
    assert hold(lowered, run, DIGEST)
    assert not hold(lowered, run, record_digest(differing(RECORD, "left")))


@pytest.mark.parametrize("field", ["key_root", "left", "right"])
def test_a_proof_of_something_else_is_refused(field: str) -> None:
    assert refusal(circuit()[1], final_hints(record_digest(differing(RECORD, field)), words()))


def test_a_proof_under_another_key_is_refused() -> None:
    """The key is no hint: there is nothing in which it could be another one."""
    other = Teller.of(looks=True)
    assert len(final_hints(DIGEST, words())) == circuit()[0].num_hints
    assert refusal(circuit()[1], final_hints(DIGEST, other.tell(RECORD)))
    assert refusal(Interpreter(final(other.key.verifying, SMALL)), final_hints(DIGEST, words()))


def test_words_of_all_parts_count() -> None:
    for place in range(0, len(words()), len(words()) // 8):
        changed = words().copy()
        changed[place] = (int(changed[place]) + 1) % P
        assert refusal(circuit()[1], final_hints(DIGEST, changed)), place


@pytest.mark.parametrize(("regime", "cells"), [(Regime.LIST, 1_341_632), (Regime.UNIQUE, 1_951_232)])
def test_the_cells_of_the_standard_circuits(regime: Regime, cells: int) -> None:
    """The design counted 1.27 million in the list-decoding regime. Of the shrink itself they are 2.9 million: what is
    shrunk first leads to a smaller proof in the unique-decoding regime too."""
    found = cost_of(Lowered(final(shrink_key(), SHRUNK[regime]))).total_cells
    assert 0.95 * cells < found < 1.02 * cells
