"""Proofs that a circuit takes: under which keys it does, and that it takes no others."""

from __future__ import annotations

import random
from dataclasses import replace
from functools import cache

import pytest

from core_vm.errors import Rejection, StatementMismatch
from core_vm.field.koalabear import P, Words
from core_vm.hash.poseidon2 import DIGEST
from recursion.circuit.graph import Graph
from recursion.circuit.interpreter import Interpreter
from recursion.keys.tree import KEY_DEPTH, MAX_KEYS, NO_KEY
from recursion.programs.child import Child, verify_record
from recursion.programs.hints import finished, hinted_octets, packed
from recursion.programs.records import BatchRecord, record_digest
from recursion.proof import verify
from recursion.tables.standard import TABLES
from tests.recursion.mutants import places_in
from tests.recursion.programs.telling import SMALL, TELLER, keys, octet, refusals, told, told_by_another
from tests.recursion.shards import changed

FOREIGN = str(StatementMismatch("key", "it is none of the keys that the statement allows"))
NO_STEP = str(StatementMismatch("key", "a step of its path goes neither left nor right"))
RECORD = BatchRecord(keys().root, octet("left"), octet("right"))


@cache
def interpreter() -> Interpreter:
    """A circuit that says again what its child says."""
    graph = Graph()
    record = BatchRecord(*hinted_octets(graph, 3))
    verify_record(graph, record, SMALL)
    return Interpreter(finished(graph, record))


@cache
def child() -> Child:
    return told(RECORD)


def hints(proof: Child, record: BatchRecord = RECORD) -> Words:
    return packed([record.key_root, record.left, record.right], proof.hints())


def test_a_proof_is_accepted_in_a_circuit_as_natively() -> None:
    assert verify(child().key, child().words, record_digest(RECORD), SMALL) >= 8
    run = interpreter().run(hints(child()))
    run.check()
    assert run.digest == record_digest(RECORD)


def test_a_key_outside_the_tree() -> None:
    """The proof is one of this very record, and its key is all that is wrong with it."""
    assert refusals(interpreter(), hints(told_by_another(RECORD))) == [FOREIGN]


def test_a_tree_of_one_s_own() -> None:
    """Another root with a path to the foreign key makes another record, which is all that a parent could believe."""
    other = replace(RECORD, key_root=octet("another tree"))
    found = refusals(interpreter(), hints(told(RECORD), other))
    assert FOREIGN in found
    assert len(found) > 1


@pytest.mark.parametrize("number", [TELLER ^ 1, TELLER ^ 4, TELLER + MAX_KEYS // 2])
@pytest.mark.parametrize("with_its_path", [True, False])
def test_a_key_under_another_index(number: int, with_its_path: bool) -> None:
    path = keys().path(number) if with_its_path else child().path
    moved = replace(child(), number=number, path=path)
    run = interpreter().run(hints(moved))
    assert str(next(iter(run.failures())).rejection) == FOREIGN


def test_a_step_is_a_bit() -> None:
    found = hints(child())
    bits = 3 * DIGEST + DIGEST + len(TABLES.tables)
    assert found[bits : bits + KEY_DEPTH].tolist() == [TELLER >> level & 1 for level in range(KEY_DEPTH)]
    for level in range(KEY_DEPTH):
        changed = found.copy()
        changed[bits + level] = 2
        assert str(next(iter(interpreter().run(changed).failures())).rejection) == NO_STEP


def test_no_leaf_without_a_key_is_one() -> None:
    """A leaf that is no key's digest: its siblings are known, a key that hashes to it is not."""
    assert keys().path(MAX_KEYS - 2)[0] == NO_KEY
    spare = replace(child(), number=MAX_KEYS - 1, path=keys().path(MAX_KEYS - 1))
    assert FOREIGN in refusals(interpreter(), hints(spare))


def test_swapped_tile_counts() -> None:
    """The sum of all columns' tiles may stay what it is: the key is another one."""
    counts = list(child().key.tiles)
    first, second = next((a, b) for a in range(len(counts)) for b in range(a) if counts[a] != counts[b])
    counts[first], counts[second] = counts[second], counts[first]
    swapped = replace(child(), key=replace(child().key, tiles=tuple(counts)))
    found = refusals(interpreter(), hints(swapped))
    assert found[0] == FOREIGN
    assert len(found) > 1


def test_another_root_of_fixed_columns() -> None:
    other = replace(child(), key=replace(child().key, root=octet("root")))
    assert refusals(interpreter(), hints(other))[0] == FOREIGN


def test_a_proof_of_another_record() -> None:
    assert refusals(interpreter(), hints(told(replace(RECORD, left=octet("another")))))


# --------------------------------------------------------------------------------------- the verifier on numbers agrees
def check_agreement(count: int, seed: int, step: int = 1) -> None:
    """On mutants of every part of a proof, or of every so many: what it says is what the circuit says first."""
    mutants = [*places_in(interpreter().graph, len(child().words), count, seed)][::step]
    assert len(mutants) >= 10 * count // step
    for name, place in mutants:
        words = changed(child().words, place, random.Random(place).choice([1, P - 1, 2**20]))
        with pytest.raises(Rejection) as native:
            verify(child().key, words, record_digest(RECORD), SMALL)
        with pytest.raises(Rejection) as in_circuit:
            interpreter().run(hints(replace(child(), words=words))).check()
        said = [(type(refused.value), refused.value.where) for refused in (native, in_circuit)]
        assert said[0] == said[1], (name, place)


def test_some_mutants_are_rejected_by_both() -> None:
    check_agreement(1, 1, step=4)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2, 6))
def test_mutants_of_every_part_of_a_proof_are_rejected_by_both(seed: int) -> None:
    check_agreement(4, seed)
