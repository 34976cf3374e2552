"""The circuit that verifies shards accepts what the verifier accepts, and rejects what it rejects."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest

from core_vm.errors import MalformedProof, Rejection, SecurityError, StatementMismatch, UsageError
from core_vm.field.koalabear import P, Words
from core_vm.hash.poseidon2 import DIGEST, compress
from core_vm.machine.machine import Profile
from core_vm.pcs.whir.config import LOG_SEGMENTS
from core_vm.stark.config import STANDARD
from core_vm.stark.length import check_length
from core_vm.stark.shape import ShardShape
from core_vm.stark.verifier import verify_shard
from core_vm.statement.shard import ShardStatement
from core_vm.witness.trace import tiles_of
from precompiles.standard.machine import standard_machine
from recursion.circuit.interpreter import Interpreter
from recursion.circuit.lowering.lower import Lowered
from recursion.programs.lift import EMPTY, lift, lift_hints, lifted
from recursion.proof import R
from recursion.tables.key_check import check_key
from recursion.tables.standard import TABLES
from tests.recursion.mutants import places
from tests.recursion.shards import (
    CORE,
    HEIGHT,
    Proved,
    changed,
    circuit,
    halting,
    interpreter,
    long_run,
    proved,
    public_values,
    running,
)
from tests.soundness.runs import QUICK

NUM_TABLES = len(CORE.tables.tables)


# ---------------------------------------------------------------------------------------------- tracing
@pytest.mark.parametrize("log_segment", [LOG_SEGMENTS[0], LOG_SEGMENTS[-1]])
@pytest.mark.parametrize("profile", standard_machine().profiles, ids=lambda profile: profile.name)
def test_the_verifier_runs_on_variables(profile: Profile, log_segment: int) -> None:
    graph = lift(profile.tables, log_segment)
    shape = ShardShape.of_height(profile.tables, [0] * len(profile.tables.tables), log_segment)
    fields = 6 * DIGEST + 2 + 1 + 1 + 3
    check_length(graph.num_hints - fields - len(profile.tables.tables), profile.tables, shape)
    assert {a.part for a in graph.assertions} >= {"statement", "logup-gkr", "zerocheck", "whir", "merkle paths"}
    assert all(a.line.startswith(("core_vm/", "recursion/programs/")) for a in graph.assertions)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("profile", "log_segment"),
    [(profile, height) for profile in standard_machine().profiles for height in LOG_SEGMENTS],
    ids=lambda value: getattr(value, "name", str(value)),
)  # fmt: skip
def test_every_lift_is_a_circuit_that_the_recursion_has_room_for(profile: Profile, log_segment: int) -> None:
    """Of one shard; of two where the profile is the core."""
    one = lift(profile.tables, log_segment)
    lifts = [one]
    if profile.name == CORE.name:
        lifts.append(lift(profile.tables, log_segment, 2))
        shared = 2 * DIGEST + 2 * DIGEST + 1 + 3  # key root, program; the state in between; halt and exit code
        assert lifts[1].num_hints == 2 * one.num_hints - shared
    for graph in lifts:
        fixed = Lowered(graph).fixed
        check_key(fixed)
        R.require_fits(TABLES, tiles_of([columns.shape[1] for columns in fixed.values()]))


def test_a_circuit_is_the_same_each_time() -> None:
    again, graph = lift(CORE.tables, HEIGHT, 1, QUICK), circuit()
    assert (again.operations, again.lefts, again.rights) == (graph.operations, graph.lefts, graph.rights)
    assert (again.constants, again.gadgets) == (graph.constants, graph.gadgets)


def test_a_lift_is_of_some_shard() -> None:
    with pytest.raises(UsageError, match="one shard or more"):
        lift(CORE.tables, HEIGHT, 0)


# ---------------------------------------------------------------------------------------------- acceptance
def record_digest(first: ShardStatement, last: ShardStatement) -> tuple[int, ...]:
    limbs = (last.exit_code & 0xFFFF, last.exit_code >> 16)
    octets = [first.program_root, first.root_start, last.root_end, first.claims_start, last.claims_end]
    octets.append((first.pc_start, last.pc_end, int(last.halted), *limbs, 1, 0, 0))
    digest: tuple[int, ...] = EMPTY
    for octet in octets:
        digest = tuple(compress(digest, octet))
    return digest


def test_shards_of_other_heights_and_ends_are_accepted_by_one_circuit() -> None:
    shards = [halting(), *running()]
    assert len({tuple(words[:NUM_TABLES].tolist()) for _, words in shards}) == len(shards)
    assert {statement.halted for statement, _ in shards} == {True, False}
    for shard in shards:
        run = interpreter().run(lift_hints([shard]))
        run.check()
        assert run.digest == record_digest(shard[0], shard[0])


def test_two_shards_in_a_row() -> None:
    run = interpreter(2).run(lift_hints(running()))
    run.check()
    assert run.digest == record_digest(running()[0][0], running()[1][0])


def test_shards_that_do_not_follow_one_another() -> None:
    first, second = running()
    for pair in ([second, first], [first, first], [halting(), first]):
        with pytest.raises(StatementMismatch, match="does not start where"):
            lift_hints(pair)
    with pytest.raises(StatementMismatch, match="another program"):
        lifted([first[0], replace(second[0], program_root=first[0].root_start)])


def test_the_second_shard_starts_where_the_first_one_ends() -> None:
    """One variable holds both, so the proof of another shard is one of another statement."""
    first, second = running()
    hints = np.concatenate([lift_hints([first, second])[: -len(second[1])], first[1]])
    with pytest.raises(Rejection):
        interpreter(2).run(hints).check()


# ---------------------------------------------------------------------------------------------- rejection
def rejections(statement: ShardStatement, words: Words) -> tuple[Rejection | None, Rejection | None]:
    """What the verifier and the circuit say."""

    def said(verify: object) -> Rejection | None:
        try:
            verify()
        except Rejection as rejection:
            return rejection
        return None

    return (
        said(lambda: verify_shard(CORE.tables, words, public_values(statement), QUICK)),
        said(lambda: interpreter().run(lift_hints([(statement, words)])).check()),
    )


def check_agreement(shard: Proved, count: int, seed: int) -> None:
    statement, words = shard
    assert rejections(statement, words) == (None, None)
    for name, place in places(count, seed):
        native, in_circuit = rejections(
            statement, changed(words, place, random.Random(place).choice([1, P - 1, 2**20]))
        )
        assert native is not None, (name, place)
        assert in_circuit is not None, (name, place)
        if place >= NUM_TABLES:  # numbers choose the height by the tile counts, so they may see another length
            assert (type(in_circuit), in_circuit.where) == (type(native), native.where), (name, place)
            assert in_circuit.why.endswith(")")
            assert "(part " in in_circuit.why


def test_mutants_of_every_part_of_a_proof_are_rejected_by_both() -> None:
    check_agreement(halting(), 2, 1)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2, 8))
def test_many_mutants_are_rejected_by_both(seed: int) -> None:
    check_agreement(running()[seed % 2], 4, seed)


@pytest.mark.slow
def test_a_shard_of_another_height_with_all_its_queries() -> None:
    shard = proved(long_run(), STANDARD)
    graph = lift(CORE.tables, LOG_SEGMENTS[1])
    Interpreter(graph).run(lift_hints([shard])).check()


@pytest.mark.parametrize(
    ("counts", "why"),
    [
        ({0: 2 ** QUICK.whir.tile_bits(HEIGHT)}, "rows or more"),
        (dict.fromkeys(range(NUM_TABLES - 1), 2 ** QUICK.whir.tile_bits(HEIGHT) - 1), "does not end before"),
        ({NUM_TABLES - 1: 1}, "neither none nor all"),
    ],
    ids=["a table too high", "all too many", "half a lookup table"],
)
def test_tile_counts_that_do_not_fit_are_the_first_thing_to_be_refused(counts: dict[int, int], why: str) -> None:
    """Numbers choose the height by the counts; in a circuit the height is given, and nothing else holds them to it."""
    statement, words = halting()
    counted = words.copy()
    for table, count in counts.items():
        counted[table] = count
    first = next(iter(interpreter().run(lift_hints([(statement, counted)])).failures()))
    assert isinstance(first.rejection, MalformedProof)
    assert (first.rejection.where, why in str(first.rejection)) == ("tile counts", True), str(first.rejection)


def test_a_lift_of_what_no_verifier_accepts_is_refused() -> None:
    with pytest.raises(SecurityError):
        lift(CORE.tables, HEIGHT, config=replace(QUICK, whir=replace(QUICK.whir, security_bits=200)))


FORGERIES = {
    "program_root": lambda s: replace(s, program_root=(s.program_root[0] ^ 1, *s.program_root[1:])),
    "root_start": lambda s: replace(s, root_start=(*s.root_start[:7], s.root_start[7] ^ 1)),
    "root_end": lambda s: replace(s, root_end=(*s.root_end[:7], s.root_end[7] ^ 1)),
    "pc_start": lambda s: replace(s, pc_start=s.pc_start + 1),
    "pc_start too large": lambda s: replace(s, pc_start=2**30),
    "pc_end too large": lambda s: replace(s, pc_end=2**30),
    "pc_end": lambda s: replace(s, pc_end=s.pc_end + 1),
    "end_time": lambda s: replace(s, end_time=s.end_time + 4),
    "end_time too large": lambda s: replace(s, end_time=2**24 + 1),
    "end_time zero": lambda s: replace(s, end_time=0),
    "exit code": lambda s: replace(s, exit_code=s.exit_code ^ 0x10001),
    "exit limb too large": lambda s: replace(s, exit_code=2**33),
    "halted": lambda s: replace(s, halted=not s.halted),
    "claims_start": lambda s: replace(s, claims_start=(*s.claims_start[:7], s.claims_start[7] ^ 1)),
    "num_claims": lambda s: replace(s, num_claims=s.num_claims + 1),
    "claims_end": lambda s: replace(s, claims_end=(*s.claims_end[:7], s.claims_end[7] ^ 1)),
}


@pytest.mark.parametrize("name", FORGERIES)
def test_other_statements_are_rejected_by_both(name: str) -> None:
    for statement, words in (halting(), running()[0]):
        forged = FORGERIES[name](statement)
        if forged != statement:
            native, in_circuit = rejections(forged, words)
            assert type(native) is type(in_circuit)
            assert native is not None


def test_halted_is_a_bit() -> None:
    statement, words = halting()
    graph, hints = circuit(), lift_hints([(statement, words)])
    place = graph.num_hints - len(words) - 3
    assert hints[place] == 1
    with pytest.raises(Rejection, match=r"a field is out of range \(part statement, recursion/programs/statement.py"):
        interpreter().run(changed(hints, place, 1)).check()
