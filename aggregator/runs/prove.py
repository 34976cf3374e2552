"""Proving a whole run: execute, prove the shards as they are cut and fold them as they are proved."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from aggregator.executors.local import JobExecutor, executor_of
from aggregator.kinds import KINDS, SHARDS, regime_of, require_kind
from aggregator.plan import ShardPlan, memory_to_use
from aggregator.runs.account import Account
from aggregator.runs.proven import ProvenRun, proven
from aggregator.runs.resume import plan_as_before, run_name, settle
from aggregator.runs.run_jobs import RunJobs
from aggregator.runs.shard_work import ShardProver
from aggregator.store.mending import mending
from aggregator.store.store import Store
from core_vm.given import check_flag, check_function
from core_vm.host.room import MemoryRoom
from core_vm.progress import OnProgress
from core_vm.statement.proof import RunProof, ShardProof
from core_vm.statement.public_input import PublicInput
from recursion.regime import Regime

if TYPE_CHECKING:
    from aggregator.folds.run_folds import RunFolds
    from core_vm.machine.execute.calls import OnOutput
    from core_vm.machine.execute.executor import Executor
    from core_vm.machine.machine import Machine
    from core_vm.machine.program.program import Program
    from core_vm.machine.shard import Run
    from recursion.folded.proof import FoldedRun


def prove_run(
    program: Program,
    make_machine: Callable[[], Machine],
    input_bytes: bytes = b"",
    *,
    kind: str = SHARDS,
    final_regime: str = Regime.LIST,
    public_input: bool = False,
    shard_cells: int | None = None,
    workers: int | JobExecutor | None = None,
    memory_limit: int | None = None,
    max_cycles: int | None = None,
    store: str | Path | None = None,
    on_plan: Callable[[ShardPlan], None] | None = None,
    on_output: OnOutput | None = None,
    on_progress: OnProgress | None = None,
) -> ProvenRun:
    """Run `program` on `make_machine()` and prove the run. See `quire.prove`.

    `make_machine` is a function that a worker process can import and call. `on_plan` is told how the memory is shared
    out, before the work begins. Raises GuestError, InputTooLargeError, ResourceError, UsageError.
    """
    from core_vm.host.compilation import expect_everything
    from core_vm.machine.limits import given_input
    from core_vm.state.sparse_tree import use_compiled_permutation

    input_bytes = given_input(program, input_bytes)
    _check_given(kind, public_input, shard_cells, max_cycles, memory_limit, on_progress)
    regime, proving = regime_of(kind, final_regime), executor_of(workers)
    expect_everything()
    use_compiled_permutation()  # the program is named by hashing it, and whoever proves has a compiler
    start = time.perf_counter()
    limit = memory_to_use(memory_limit)
    proofs = Store(store) if store is not None else None
    plan, salt = settle(
        proofs,
        run_name(program.program_id, input_bytes, public_input, shard_cells),
        public_input,
        lambda settings: plan_as_before(proving, shard_cells, limit, settings, kind != SHARDS),
    )
    if on_plan is not None:
        on_plan(plan)
    room = MemoryRoom(limit, plan.proving_bytes)
    executor = _executor(program, make_machine(), input_bytes, salt, plan, max_cycles, on_output, room)
    public_length = len(input_bytes) if public_input else None
    account = Account(kind == SHARDS, plan, on_progress)

    def said() -> RunProof:
        return _assemble(program, executor.summary(), account.proofs(), public_length)

    folds = _folds(make_machine, proofs, said, account) if kind != SHARDS else None
    prover = ShardProver(program, make_machine)
    jobs = RunJobs(prover, account.executed(executor.shards()), proofs, folds, account.proved)
    with mending(jobs):
        _do(proving, jobs, room)
        proof = said() if folds is None else _folded(folds, said(), kind, make_machine, on_progress, regime)
    return proven(proof, kind, program, executor.summary(), account, proving.processes, time.perf_counter() - start)


def _check_given(
    kind: str,
    public_input: bool,
    shard_cells: int | None,
    max_cycles: int | None,
    memory_limit: int | None,
    on_progress: OnProgress | None,
) -> None:
    """Before anything is made that would be left behind. Raises UsageError."""
    from core_vm.machine.limits import check_positive, check_shard_cells

    require_kind(kind, KINDS)
    check_flag("public_input", public_input)
    check_shard_cells("shard_cells", shard_cells)
    check_positive("max_cycles", max_cycles, "instructions")
    check_positive("memory_limit", memory_limit, "bytes")
    check_function("on_progress", on_progress)


def _executor(
    program: Program,
    machine: Machine,
    input_bytes: bytes,
    salt: bytes,
    plan: ShardPlan,
    max_cycles: int | None,
    on_output: OnOutput | None,
    room: MemoryRoom,
) -> Executor:
    from core_vm.machine.execute.executor import Executor

    return Executor(
        program,
        input_bytes,
        salt=salt,
        shard_cells=plan.shard_cells,
        first_shard_cells=plan.first_shard_cells,
        shards_of_a_size=plan.shards_of_a_size,
        looks_ahead=plan.folding,
        max_cycles=max_cycles,
        precompiles=machine.precompiles,
        profiles=machine.called_together,
        costs=machine.row_cells,
        on_output=on_output,
        room=room,
    )


def _do(executor: JobExecutor, jobs: RunJobs, room: MemoryRoom) -> None:
    with closing(executor.run(jobs, room)) as done:
        for job, result in done:
            jobs.take(job, result)


def _folds(
    make_machine: Callable[[], Machine], store: Store | None, run: Callable[[], RunProof], account: Account
) -> RunFolds:
    from aggregator.folds.fold_work import work_of
    from aggregator.folds.run_folds import RunFolds

    return RunFolds(work_of(make_machine), store, run, account.folded)


def _folded(
    folds: RunFolds,
    run: RunProof,
    kind: str,
    make_machine: Callable[[], Machine],
    on_progress: OnProgress | None,
    regime: Regime,
) -> FoldedRun:
    from aggregator.folds.last import last_proof
    from recursion.folded.proof import FoldedRun
    from recursion.folded.statement import statement_of

    closed = folds.closed
    assert closed is not None
    return FoldedRun(statement_of(run), None, last_proof(closed, kind, make_machine, on_progress, regime))


def _assemble(program: Program, run: Run, shards: tuple[ShardProof, ...], public_length: int | None) -> RunProof:
    return RunProof(
        program_root=program.program_root,
        image_roots=program.image_roots,
        entry=program.entry,
        input_root=run.input_root,
        exit_code=run.exit_code,
        output=run.output,
        output_siblings=run.output_siblings,
        shards=shards,
        public_input=None if public_length is None else PublicInput(public_length, run.input_siblings),
    )
