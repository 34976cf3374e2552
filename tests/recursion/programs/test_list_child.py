"""A proof in the list-decoding regime is verified in a circuit as it is natively: one source for every shape."""

from __future__ import annotations

from functools import cache

import pytest

from core_vm.errors import ProofOfWorkRejection
from core_vm.field.koalabear import P, Words
from core_vm.pcs.whir.config import WhirConfig
from core_vm.pcs.whir.rounds import RoundChoice
from core_vm.stark.config import StarkConfig
from core_vm.stark.keyed import KeyedConfig, verify_keyed_argument
from core_vm.transcript.counting import CountingChannel
from recursion.circuit.graph import Graph
from recursion.circuit.interpreter import Interpreter
from recursion.circuit.lowering.lower import Lowered
from recursion.keys.tree import KEY_DEPTH, KeyTree
from recursion.programs.child import Child, verify_record
from recursion.programs.hints import finished, hinted_octets, packed
from recursion.programs.records import BatchRecord, record_digest
from recursion.proof import public_values, verify
from recursion.tables.standard import TABLES
from tests.recursion.circuit.rows_holding import hold
from tests.recursion.programs.telling import Teller, octet
from tests.soundness.recording import RecordingVerifier, recording

ROUNDS = (
    RoundChoice(7, 3, 5, 2, multiplicity=4, num_samples=2, fold_grinding=(2, 0, 1, 1, 0, 0, 1)),
    RoundChoice(4, 5, 3, 2, multiplicity=3, num_samples=1, fold_grinding=(1, 1, 1, 1)),
)
LISTS = KeyedConfig(
    *(10, 112, 16, 3), stark=StarkConfig(WhirConfig(security_bits=8, rounds=ROUNDS), fingerprint_grinding_bits=2)
)
TELLER = Teller.of(looks=False, config=LISTS)
KEYS = KeyTree([TELLER.key.verifying.digest])
RECORD = BatchRecord(KEYS.root, octet("left"), octet("right"))


@cache
def words() -> Words:
    return TELLER.tell(RECORD)


@cache
def circuit() -> tuple[Graph, Interpreter]:
    graph = Graph()
    record = BatchRecord(*hinted_octets(graph, 3))
    verify_record(graph, record, LISTS)
    graph = finished(graph, record)
    return graph, Interpreter(graph)


def hints(of: Words) -> Words:
    child = Child(TELLER.key.verifying, 0, KEYS.path(0), of)
    return packed([RECORD.key_root, RECORD.left, RECORD.right], child.hints())


def test_a_proof_is_accepted_in_a_circuit_as_natively() -> None:
    assert verify(TELLER.key.verifying, words(), record_digest(RECORD), LISTS) >= 8
    graph, interpreter = circuit()
    run = interpreter.run(hints(words()))
    run.check()
    assert run.digest == record_digest(RECORD)
    assert hold(Lowered(graph), run, run.digest)


def test_counting_verifies_it_too() -> None:
    channel = CountingChannel(words())
    key, public = TELLER.key.verifying, public_values(record_digest(RECORD))
    verify_keyed_argument(channel, TABLES, key.root, key.tiles, public, LISTS)
    channel.finish()
    extensions = channel.meter.cost["query weights"]["extension multiplications"]
    assert extensions >= 2 * 2 * LISTS.shape(TABLES, key.tiles).opening.num_variables


@pytest.mark.parametrize("label", ["whir_answers", "whir_fold_work", "whir_round", "whir_root", "whir_final"])
def test_what_is_refused_natively_is_refused_in_the_circuit(label: str) -> None:
    with recording():
        verify(TELLER.key.verifying, words(), record_digest(RECORD), LISTS)
    before = len(hints(words())) - len(words())
    assert before == 3 * 8 + 8 + len(TABLES.tables) + KEY_DEPTH + 8 * KEY_DEPTH
    messages = [reading for reading in RecordingVerifier.last.readings if reading.label == label]
    for reading in (messages[0], messages[-1]):
        changed = words().copy()
        changed[reading.start] = (int(changed[reading.start]) + 1) % P
        assert list(circuit()[1].run(hints(changed)).failures())


def test_work_left_out_is_named() -> None:
    """With the nonces of other work every challenge after them is another one, so more is refused than the work."""
    with recording():
        verify(TELLER.key.verifying, words(), record_digest(RECORD), LISTS)
    first = next(r for r in RecordingVerifier.last.readings if r.label == "whir_fold_work")
    found = set()
    for nonce in range(1, 5):
        changed = words().copy()
        changed[first.start] = (int(changed[first.start]) + nonce) % P
        rejections = [failure.rejection for failure in circuit()[1].run(hints(changed)).failures()]
        assert rejections
        found |= {str(rejection) for rejection in rejections if isinstance(rejection, ProofOfWorkRejection)}
    assert any("whir_fold_work" in text for text in found)
