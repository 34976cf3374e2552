"""A proved run, and what it took."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from aggregator.runs.account import Account
from core_vm.statement.proof import RunProof

if TYPE_CHECKING:
    from core_vm.machine.program.program import Program
    from core_vm.machine.shard import Run
    from recursion.folded.proof import FoldedRun


@dataclass(frozen=True, slots=True)
class ProvenRun:
    """A proof and what it took. `phases` are seconds summed over all shards and workers; `seconds` is by the clock.

    `fold_seconds` is what of `seconds` went into `lifts`, `joins` and the close: they are made beside the shards, so
    each counts with its part of the machine, or of the cluster; `fold_busy_seconds` is how long they kept processors
    busy. `reused` and `reused_folds`: shards, and folds of any kind, whose proofs were found in the store.
    `peak_memory_bytes`: of this machine, the executing process and the largest worker, times the number of workers.
    """

    proof: bytes
    kind: str
    program_id: str
    exit_code: int
    output: bytes
    cycles: int
    shards: int
    reused: int
    reused_folds: int
    cells: int
    interactions: int
    lifts: int
    joins: int
    seconds: float
    fold_seconds: float
    fold_busy_seconds: float
    phases: dict[str, float]
    peak_memory_bytes: int


def proven(
    proof: RunProof | FoldedRun, kind: str, program: Program, run: Run, account: Account, processes: int, seconds: float
) -> ProvenRun:
    """What a run has come to, by its account; `run` is what the executor says of it."""
    return ProvenRun(
        proof=proof.to_bytes(),
        kind=kind,
        program_id=program.program_id,
        exit_code=run.exit_code,
        output=run.output,
        cycles=run.cycles,
        shards=account.num_shards,
        reused=account.reused,
        reused_folds=account.reused_folds,
        cells=account.cells,
        interactions=account.interactions,
        lifts=account.lifts,
        joins=account.joins,
        seconds=seconds,
        fold_seconds=account.fold_seconds,
        fold_busy_seconds=account.fold_busy_seconds,
        phases=dict(account.phases),
        peak_memory_bytes=account.peak_memory_bytes(processes),
    )
