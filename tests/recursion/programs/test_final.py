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


def test_the_cells_of_the_standard_circuit() -> None:
    """The design counted 1.27 million."""
    assert 1_250_000 < cost_of(Lowered(final(shrink_key()))).total_cells < 1_400_000
