"""The rows of a lift: a key as keys must be, rows that hold on real proofs, and on nothing else."""

from __future__ import annotations

from functools import cache

import pytest

from core_vm.hash.poseidon2 import DIGEST
from recursion import proof, prover
from recursion.circuit.lowering.filling import Filling
from recursion.circuit.lowering.lower import Lowered
from recursion.programs.lift import lift_hints
from recursion.tables.key_check import check_key
from tests.recursion.circuit.rows_holding import hold
from tests.recursion.mutants import places
from tests.recursion.shards import Proved, changed, circuit, halting, interpreter, running


@cache
def lowered() -> Lowered:
    return Lowered(circuit())


def rows_hold(hints: object) -> tuple[bool, bool]:
    """Whether the circuit accepts, and whether its rows hold."""
    run = interpreter().run(hints)
    return not list(run.failures()), hold(lowered(), run, run.digest)


def test_addresses_and_multiplicities_are_those_of_a_circuit() -> None:
    check_key(lowered().fixed)


@pytest.mark.parametrize("shard", [halting, lambda: running()[0]], ids=["halting", "running"])
def test_rows_hold_on_real_proofs(shard: object) -> None:
    assert rows_hold(lift_hints([shard()])) == (True, True)


def check_mutants(shard: Proved, count: int, seed: int) -> None:
    hints = lift_hints([shard])
    head = len(hints) - len(shard[1])
    for name, place in places(count, seed):
        assert rows_hold(changed(hints, head + place, 1)) == (False, False), name


def test_rows_do_not_hold_on_mutants() -> None:
    """One word of a path, which the transcript does not know of; and what is not of the proof."""
    hints = lift_hints([halting()])
    head = len(hints) - len(halting()[1])
    mutants = [head + dict(places(1, 3))[name] for name in ("PATH merkle paths", "LEAF merkle leaves")]
    for place in [*mutants, 3 * DIGEST, head - 3]:
        assert rows_hold(changed(hints, place, 1)) == (False, False)


@pytest.mark.slow
def test_rows_do_not_hold_on_mutants_of_every_part() -> None:
    check_mutants(running()[0], 8, 4)


@pytest.mark.slow
def test_a_lift_is_proved() -> None:
    run = interpreter().run(lift_hints([halting()]))
    run.check()
    key = prover.key_of(lowered().fixed, threads=2)
    trace = prover.trace_of(key, Filling(lowered(), run).main_columns())
    words = prover.prove(key, trace, run.digest, threads=2)
    assert proof.verify(key.verifying, words, run.digest) >= 120
