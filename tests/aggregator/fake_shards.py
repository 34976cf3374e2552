"""Runs of as many shards as a test wants, whose proofs are empty tables and a word, and cost nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from aggregator.runs.shard_result import ShardResult, proof_of
from aggregator.runs.shard_work import ShardJob, ShardProver, shard_statement
from core_vm.air.public import PublicValues
from core_vm.air.table_set import TableSet
from core_vm.errors import OpeningRejection
from core_vm.machine.shard import ShardRecord
from core_vm.state.claims import NO_CLAIMS
from precompiles.standard.machine import standard_machine
from tests.aggregator.guests import program_of


@dataclass(frozen=True)
class FakeProver(ShardProver):
    """Its proofs are told by `fake_verify`."""

    def __call__(self, record: ShardRecord) -> ShardResult:
        statement = shard_statement(self.program, record)
        tables = self.make_machine().profile_for(record.num_calls).tables
        words = np.array([*[0] * len(tables.tables), _word(statement.public_values())], np.uint32)
        return ShardResult(record.index, proof_of(statement, 0, words), 1000, 2000, 2**20, {"prove": 1.0})


@cache
def fake_prover() -> FakeProver:
    return FakeProver(program_of(0), standard_machine)


def fake_records(count: int) -> Iterator[ShardRecord]:
    """A chain of shards, the last of which halts."""
    nothing = np.zeros(0, np.uint32)
    for index in range(count):
        halted = index == count - 1
        yield ShardRecord(
            index=index,
            pc_start=4 * index,
            pc_end=0 if halted else 4 * (index + 1),
            num_steps=100,
            halted=halted,
            exit_code=0,
            root_before=(index,) * 8,
            root_after=(index + 1,) * 8,
            leaves=nothing,
            before=nothing,
            siblings=nothing,
            family_rows={},
            num_misaligned=0,
            num_ecalls=0,
            num_calls={},
            claims_start=NO_CLAIMS,
            num_claims=0,
            claims_end=NO_CLAIMS,
            cells=2**20,
        )


def fake_jobs(records: Iterable[ShardRecord]) -> Iterator[ShardJob]:
    """To prove each."""
    for record in records:
        yield ShardJob.of(fake_prover(), record)


def fake_verify(tables: TableSet, words: Sequence[int], public: PublicValues) -> float:
    if list(words) != [*[0] * len(tables.tables), _word(public)]:
        raise OpeningRejection("opening", "this proof is of something else")
    return 128.0


def _word(public: PublicValues) -> int:
    return sum(number * place for place, number in enumerate(public.absorbed, 1)) % 2**31
