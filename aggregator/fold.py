"""Folding proofs that are there: the shards of a run to one proof, runs and batches to one batch."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from aggregator.fold_plan import FoldPlan, Join, Lift, taken
from aggregator.folded import Folded
from core_vm.errors import StatementMismatch, UsageError
from core_vm.host.cores import available_cores
from core_vm.progress import OnProgress, Progress
from core_vm.stark.config import STANDARD
from core_vm.state import roots
from core_vm.state.claims import NO_CLAIMS, Claim, with_claim
from core_vm.statement.encoding import Kind, kind_of
from core_vm.statement.proof import RunProof
from core_vm.statement.verifier import decoded_run, shard_statements
from recursion.folded.proof import LEAF, NODE, Batch, FoldedRun
from recursion.folded.statement import RunStatement
from recursion.folding import Folder, Proved, ProvedShard

if TYPE_CHECKING:
    from core_vm.air.table_set import TableSet
    from core_vm.hash.poseidon2 import Digest
    from core_vm.machine.machine import Machine
    from recursion.programs.batch import Member
    from recursion.programs.records import RangeRecord, RunRecord


def fold_proof(data: bytes, *, discharging: Sequence[bytes] = (), on_progress: OnProgress | None = None) -> Folded:
    """`fold` for the standard machine, from the bytes of a proof of shards."""
    from precompiles.standard.machine import standard_machine

    machine = standard_machine()
    run = decoded_run(machine.profile_tables, data)
    return fold(run, machine.profile_tables, folder_of(machine), discharging, on_progress)


def aggregate_proofs(proofs: Sequence[bytes], *, on_progress: OnProgress | None = None) -> Folded:
    """`aggregate` for the standard machine."""
    from precompiles.standard.machine import standard_machine

    machine = standard_machine()
    return aggregate(proofs, machine.profile_tables, folder_of(machine), on_progress)


@cache
def folder_of(machine: Machine) -> Folder:
    """One that uses all cores, with the keys that are pinned; those of a user's own machine take minutes to compute."""
    from precompiles.standard.machine import standard_machine
    from recursion.keys.circuits import Circuits

    profiles = machine.profile_tables
    if machine is standard_machine():
        from recursion.keys.standard import standard_keys

        return Folder(Circuits(profiles, standard_keys()), available_cores())
    from recursion.keys.pin import keys_of

    return Folder(Circuits(profiles, keys_of(profiles)), available_cores())


def fold(
    run: RunProof,
    profiles: Sequence[TableSet],
    folder: Folder,
    discharging: Sequence[bytes] = (),
    on_progress: OnProgress | None = None,
) -> Folded:
    """One proof of a run that is proved in shards. Everything is verified on the way.

    `discharging` are folded proofs of the runs that this one makes claims about, in the order of the claims. Raises
    `Rejection`, and UsageError for proofs of other kinds.
    """
    start = time.perf_counter()
    claimed = [_folded_run(proof) for proof in discharging]
    count = _Count(len(run.shards), on_progress)
    whole = fold_ranges(folder, proved_shards(profiles, run), count.lifted, count.joined)
    closed = discharged(folder, folder.close(whole, folder.opening_of(run)), claimed)
    proof = FoldedRun(statement_of(run), (), closed.proof).to_bytes()
    return Folded(proof, 1, count.lifts, count.joins, time.perf_counter() - start)


def proved_shards(profiles: Sequence[TableSet], run: RunProof) -> list[ProvedShard]:
    """The shards of a run's proof with their statements; nothing is verified. Raises Rejection."""
    from core_vm.stark.shape import canonical_height

    found = []
    for statement, shard in zip(shard_statements(run), run.shards, strict=True):
        tables = profiles[shard.profile]
        height = canonical_height(tables, shard.words[: len(tables.tables)].tolist(), STANDARD)
        found.append(ProvedShard(statement, shard.profile, height, shard.words))
    return found


def fold_ranges(
    folder: Folder, shards: Sequence[ProvedShard], lifted: Callable[[int], None], joined: Callable[[], None]
) -> Proved[RangeRecord]:
    """One proof of shards in a row."""
    plan: FoldPlan[ProvedShard, Proved[RangeRecord]] = FoldPlan()
    plan.end(len(shards))
    for number, shard in enumerate(shards):
        plan.add_shard(number, shard, shard.pairs_with)
        for job in taken(plan):
            plan.add_range(job.start, job.stop, done(folder, job))
            if isinstance(job, Lift):
                lifted(len(job.shards))
            else:
                joined()
    whole = plan.whole()
    if whole is None:
        raise StatementMismatch("shards", "a run has at least one shard")
    return whole


def done(folder: Folder, job: Lift[ProvedShard] | Join[Proved[RangeRecord]]) -> Proved[RangeRecord]:
    """One step of a fold."""
    return folder.lift(job.shards) if isinstance(job, Lift) else folder.join(job.left, job.right)


def discharged(folder: Folder, run: Proved[RunRecord], claimed: Sequence[FoldedRun]) -> Proved[RunRecord]:
    """The run without its claims, each of which one of `claimed` proves, in their order. Raises StatementMismatch."""
    chain: list[Digest] = [NO_CLAIMS]
    for other in claimed:
        chain.append(with_claim(chain[-1], Claim(other.statement.program_id, other.statement.output_root)))
    if tuple(run.record.claims) != chain[-1]:
        raise StatementMismatch(
            "claims", f"those of the run are not what the {len(claimed)} proofs given prove, in order"
        )
    for other, before in zip(reversed(claimed), reversed(chain[:-1]), strict=True):
        run = folder.resolve(run, folder.run_of(other), before)
    return run


def statement_of(run: RunProof) -> RunStatement:
    """What a folded proof of this run says."""
    program_id = roots.program_digest(run.program_root, run.image_roots, run.entry // 4)
    return RunStatement(program_id, run.exit_code, run.output, run.public_input)


def aggregate(
    proofs: Sequence[bytes], profiles: Sequence[TableSet], folder: Folder, on_progress: OnProgress | None = None
) -> Folded:
    """One proof of all statements of these proofs, of any kind, in their order. Raises `Rejection`, UsageError."""
    start = time.perf_counter()
    if len(proofs) < 2:
        raise UsageError("a batch is of two proofs or more")
    lifts = joins = 0
    members: list[_Part] = []
    for data in proofs:
        if kind_of(data) is Kind.SHARDS:
            folded = fold(decoded_run(profiles, data), profiles, folder)
            lifts, joins, data = lifts + folded.lifts, joins + folded.joins, folded.proof
        members.append(_part(folder, data))
    report, total = on_progress or (lambda progress: None), len(members) - 1
    while len(members) > 1:  # halves of one size, as far as there are two
        members = [
            _both(folder, *members[at : at + 2]) if at + 1 < len(members) else members[at]
            for at in range(0, len(members), 2)
        ]
        report(Progress("batch", total - len(members) + 1, total))
    (whole,) = members
    batch = Batch(whole.tree, whole.statements, whole.proved.proof)
    return Folded(batch.to_bytes(), len(whole.statements), lifts, joins, time.perf_counter() - start)


@dataclass(frozen=True)
class _Part:
    """A subtree of a batch."""

    proved: Proved[Member]
    tree: bytes
    statements: tuple[RunStatement, ...]


def _part(folder: Folder, data: bytes) -> _Part:
    if kind_of(data) is Kind.BATCH:
        batch = Batch.from_bytes(data)
        return _Part(folder.batch_of(batch), batch.tree, batch.statements)
    run = _folded_run(data)
    return _Part(folder.run_of(run), bytes([LEAF]), (run.statement,))


def _both(folder: Folder, left: _Part, right: _Part) -> _Part:
    tree = bytes([NODE]) + left.tree + right.tree
    return _Part(folder.batch(left.proved, right.proved), tree, left.statements + right.statements)


def _folded_run(data: bytes) -> FoldedRun:
    run = FoldedRun.from_bytes(data)
    if run.steps:
        raise UsageError("a statement that was extracted from a batch has no proof of its own: give the batch")
    return run


class _Count:
    """Counts what is done, and passes it on."""

    def __init__(self, shards: int, on_progress: OnProgress | None) -> None:
        self.lifts, self.joins = 0, 0
        self._shards, self._lifted = shards, 0
        self._tell = on_progress or (lambda progress: None)

    def lifted(self, shards: int) -> None:
        self.lifts += 1
        self._lifted += shards
        self._tell(Progress("lift", self._lifted, self._shards))

    def joined(self) -> None:
        self.joins += 1
        self._tell(Progress("join", self.joins, None))
