"""One proof, of a run or a batch, again in another shape: what the circuit takes, and that it says just the same."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from core_vm.errors import Rejection, StatementMismatch
from core_vm.field.koalabear import P, Words
from core_vm.state.claims import NO_CLAIMS
from recursion.circuit.cost import cost_of
from recursion.circuit.graph import Graph
from recursion.circuit.interpreter import Interpreter
from recursion.circuit.lowering.lower import Lowered
from recursion.keys.catalogue import CircuitName, Program, catalogue
from recursion.keys.standard import shrink_key, standard_keys
from recursion.keys.tree import NO_KEY
from recursion.programs.child import Child
from recursion.programs.member import Member
from recursion.programs.records import BatchRecord, RangeRecord, RunRecord, record_digest
from recursion.programs.shrink import shrink, shrink_hints
from recursion.proof import SHRUNK, R, security_report
from recursion.regime import Regime
from recursion.tables.standard import TABLES
from tests.recursion.circuit.rows_holding import hold
from tests.recursion.programs.telling import SMALL, differing, keys, octet, refusal, told, told_by_another

RUN = RunRecord(*(keys().root, octet("program"), octet("output"), octet("input"), NO_CLAIMS, (5, 6), 1))
BATCH = BatchRecord(keys().root, octet("left"), octet("right"))
KIND = 8 + 3 * 8
"""The word that says of which kind the record is."""


@cache
def circuit() -> tuple[Graph, Interpreter]:
    graph = shrink(SMALL)
    return graph, Interpreter(graph)


@cache
def proof(record: Member) -> Child:
    return told(record)


def hints(record: Member, child: Child | None = None) -> Words:
    return shrink_hints(record, child or proof(record))


@pytest.mark.parametrize("record", [RUN, BATCH], ids=["run", "batch"])
def test_the_statement_is_the_same(record: Member) -> None:
    run = circuit()[1].run(hints(record))
    run.check()
    assert run.digest == record_digest(record)


def test_its_rows_hold_and_say_so_where_the_verifier_reads() -> None:
    graph, interpreter = circuit()
    lowered, run = Lowered(graph), interpreter.run(hints(BATCH))
    assert hold(lowered, run, run.digest)
    assert not hold(lowered, run, record_digest(RUN))


@pytest.mark.parametrize("field", ["program_id", "output_root", "input_root", "exit_limbs", "input_bound", "key_root"])
def test_a_proof_of_another_run_is_refused(field: str) -> None:
    assert refusal(circuit()[1], hints(differing(RUN, field), proof(RUN)))


@pytest.mark.parametrize("field", ["left", "right", "key_root"])
def test_a_proof_of_another_batch_is_refused(field: str) -> None:
    assert refusal(circuit()[1], hints(differing(BATCH, field), proof(BATCH)))


def test_the_kind_is_a_bit() -> None:
    for kind in (0, 2, P - 1):
        changed = hints(BATCH).copy()
        changed[KIND] = kind
        assert refusal(circuit()[1], changed)


def test_a_key_outside_the_tree() -> None:
    assert isinstance(refusal(circuit()[1], hints(BATCH, told_by_another(BATCH))), StatementMismatch)


def test_open_claims_are_not_shrunk() -> None:
    """Neither by whoever asks, nor by the circuit: the record has none, and one with some is another."""
    claiming = replace(RUN, claims=octet("claims"))
    with pytest.raises(StatementMismatch, match="discharged first"):
        hints(claiming)
    assert refusal(circuit()[1], hints(RUN, told(claiming)))


def test_a_range_is_not_shrunk() -> None:
    octets = (octet(str(number)) for number in range(5))
    record = RangeRecord(keys().root, *octets, pc_start=1, pc_end=2, halted=1, exit_limbs=(0, 0))
    with pytest.raises(StatementMismatch, match="neither one of a run"):
        hints(record)
    assert refusal(circuit()[1], hints(BATCH, told(record)))


# ---------------------------------------------------------------------------------------------- the standard circuit
def test_the_shapes_have_128_bits_in_every_reading_in_force() -> None:
    report = security_report(SHRUNK[Regime.LIST]).check()
    assert report.bits >= 128
    assert report.ungrinded_bits > 110
    assert report.union_bits > 124
    assert report.readings
    for config in (R, SHRUNK[Regime.UNIQUE]):
        report = security_report(config).check()
        assert report.bits >= 128
        assert not report.readings  # nothing rests on bounds of list decoding


def test_the_standard_circuit_fits_its_shapes() -> None:
    """The cells that the design counted were 2.74 million."""
    cost = cost_of(Lowered(shrink()))
    tallest = max(table.rows for table in cost.tables)
    for config in SHRUNK.values():
        assert 2_700_000 < cost.total_cells < config.main_segments << config.log_segment
        assert sum(table.fixed_cells for table in cost.tables) < config.fixed_segments << config.log_segment
        assert 32 << config.tile_bits < tallest < 64 << config.tile_bits  # a bit less would not do


def test_its_key_is_no_leaf_of_the_tree() -> None:
    assert CircuitName(Program.SHRINK) not in catalogue(3)
    assert shrink_key().digest not in (*standard_keys().digests, NO_KEY)


def test_no_circuit_takes_a_proof_of_the_shrink_s_shape() -> None:
    """In the shape R its words are too few: the hints of a circuit have one length."""
    shapes = [config.shape(TABLES, [0] * len(TABLES.tables)).numbers() for config in (R, *SHRUNK.values())]
    assert len({tuple(numbers) for numbers in shapes}) == 3
    child = proof(BATCH)
    with pytest.raises((Rejection, ValueError, IndexError)):
        circuit()[1].run(hints(BATCH, replace(child, words=child.words[:-8]))).check()
