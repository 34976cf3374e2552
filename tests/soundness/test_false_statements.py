"""Honest work, false statement: a valid trace proves its own statement and no other, even if the prover wants it to."""

from __future__ import annotations

from dataclasses import replace

import pytest

from aggregator.runs.shard_work import shard_statement
from core_vm.errors import LogUpRejection, MalformedProof, WitnessError
from core_vm.field.koalabear import P
from core_vm.stark.prover import prove_shard
from core_vm.stark.verifier import verify_shard
from core_vm.statement.shard import MAX_PC_INDEX, MAX_TIME, ShardStatement
from tests.conformance.checking import Shard
from tests.soundness.runs import QUICK, TABLES, counting, everything


def statement_of(shard: Shard) -> ShardStatement:
    return shard_statement(shard.program, shard.record)


def bumped(digest: tuple[int, ...]) -> tuple[int, ...]:
    return ((digest[0] + 1) % P, *digest[1:])


def first() -> Shard:
    return counting()[0]


def _running(s: ShardStatement) -> ShardStatement:
    """A shard that halts passes as one that goes on after its exit."""
    steps = everything().record.num_steps
    return replace(s, halted=False, exit_code=0, end_time=1 + 4 * steps, pc_end=s.pc_start + steps)


FALSE = {
    "start elsewhere": (first, lambda s: replace(s, pc_start=s.pc_start + 1)),
    "end elsewhere": (first, lambda s: replace(s, pc_end=s.pc_end + 1)),
    "one instruction more": (first, lambda s: replace(s, end_time=s.end_time + 4)),
    "another root before": (first, lambda s: replace(s, root_start=bumped(s.root_start))),
    "another root after": (first, lambda s: replace(s, root_end=bumped(s.root_end))),
    "nothing changed": (first, lambda s: replace(s, root_end=s.root_start)),
    "another program": (first, lambda s: replace(s, program_root=bumped(s.program_root))),
    "a claim": (first, lambda s: replace(s, num_claims=1)),
    "other claims before": (first, lambda s: replace(s, claims_start=bumped(s.claims_start))),
    "other claims after": (first, lambda s: replace(s, claims_end=bumped(s.claims_end))),
    "a claim, and other claims after": (first, lambda s: replace(s, num_claims=1, claims_end=bumped(s.claims_end))),
    "halted though running": (first, lambda s: replace(s, halted=True, end_time=0, pc_end=0)),
    "running though halted": (everything, _running),
    "another exit code": (everything, lambda s: replace(s, exit_code=s.exit_code ^ 1)),
    "success instead of failure": (everything, lambda s: replace(s, exit_code=0)),
    "upper half of the exit code": (everything, lambda s: replace(s, exit_code=s.exit_code & 0xFFFF)),
}


@pytest.mark.parametrize("name", FALSE, ids=lambda name: name.replace(" ", "_"))
def test_an_honest_trace_does_not_prove_a_false_statement(name: str) -> None:
    make, change = FALSE[name]
    shard = make()
    public = change(statement_of(shard)).public_values()
    trace = shard.trace()
    with pytest.raises(WitnessError):
        prove_shard(TABLES, trace, public, config=QUICK)
    words = prove_shard(TABLES, trace, public, config=QUICK, check=False)
    with pytest.raises(LogUpRejection):
        verify_shard(TABLES, words, public, QUICK)


OUT_OF_RANGE = {
    "start": (first, lambda s: replace(s, pc_start=MAX_PC_INDEX)),
    "end": (first, lambda s: replace(s, pc_end=MAX_PC_INDEX)),
    "time": (first, lambda s: replace(s, end_time=MAX_TIME + 1)),
    "no time": (first, lambda s: replace(s, end_time=0)),
    "exit code of a running shard": (first, lambda s: replace(s, exit_code=1)),
    "end time of a halted shard": (everything, lambda s: replace(s, end_time=5)),
    "end of a halted shard": (everything, lambda s: replace(s, pc_end=1)),
    "exit code": (everything, lambda s: replace(s, exit_code=2**32)),
    "negative exit code": (everything, lambda s: replace(s, exit_code=-1)),
}


@pytest.mark.parametrize("name", OUT_OF_RANGE, ids=lambda name: name.replace(" ", "_"))
def test_a_statement_out_of_range_is_malformed(name: str) -> None:
    make, change = OUT_OF_RANGE[name]
    statement_of(make()).check_ranges()
    with pytest.raises(MalformedProof):
        change(statement_of(make())).check_ranges()


def test_every_field_of_a_statement_is_absorbed() -> None:
    statement = statement_of(first())
    changed = [
        replace(
            statement,
            **{name: bumped(value) if isinstance(value, tuple) else not value if name == "halted" else value + 1},
        )
        for name in ShardStatement.__slots__
        for value in [getattr(statement, name)]
    ]
    absorbed = {one.public_values().absorbed for one in (statement, *changed)}
    assert len(absorbed) == len(changed) + 1
    assert len({len(values) for values in absorbed}) == 1


def test_an_exit_code_enters_as_limbs_without_overlap() -> None:
    statement = statement_of(everything())
    codes = (0, 1, 0xFFFF, 0x1_0000, 0xFFFF_0000, 2**31, 2**32 - 1, P, P + 1)
    assert len({replace(statement, exit_code=code).public_values().absorbed for code in codes}) == len(codes)
