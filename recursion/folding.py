"""Making recursion proofs of shards' proofs, and of one another.

Whatever is folded is verified first: a circuit's values exist only where all assertions of the verifier hold, and
computing them *is* the verification. So a proof that is wrong raises the `Rejection` that the verifier would raise.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Generic, TypeVar

from core_vm.field.koalabear import Words
from core_vm.hash.poseidon2 import Digest
from core_vm.state import roots
from core_vm.statement.proof import RunProof
from core_vm.statement.shard import ShardStatement, exit_limbs
from recursion.folded.batch import leaves_of, record_after, root_of_tree
from recursion.folded.proof import Batch, FoldedRun
from recursion.folded.recursion_proof import RecursionProof
from recursion.keys.catalogue import CircuitName, Program
from recursion.keys.known import KnownKeys
from recursion.programs.batch import NO_SALT, Half, batch_hints, batched
from recursion.programs.child import Child
from recursion.programs.close import RunOpening, close_hints, closed
from recursion.programs.join import join_hints, joined
from recursion.programs.lift import lift_hints, lifted
from recursion.programs.member import Member
from recursion.programs.records import BatchRecord, RangeRecord, Record, RunRecord, record_digest
from recursion.programs.resolve import resolve_hints, resolved
from recursion.programs.shrink import shrink_hints

R = TypeVar("R", bound=Record, covariant=True)
PAIRED_PROFILE = 0
"""Of which two shards are lifted together, see `keys.catalogue`."""


@dataclass(frozen=True)
class ProvedShard:
    """A shard's statement and proof. `profile` numbers its tables, `log_segment` is its height."""

    statement: ShardStatement
    profile: int
    log_segment: int
    words: Words

    @property
    def pairs_with(self) -> int | None:
        """Equal for two shards that can be lifted together, None for one that cannot be."""
        return self.log_segment if self.profile == PAIRED_PROFILE else None


@dataclass(frozen=True)
class Proved(Generic[R]):
    """A record of integers, and the proof about it."""

    record: R
    proof: RecursionProof


@dataclass(frozen=True)
class FoldTask(Generic[R]):
    """What a circuit is to prove: `record`, from `hints` (uint32, canonical). It says so only if the proofs hold that
    the hints are made of, which takes no more than them: any process can do it."""

    circuit: CircuitName
    hints: Words
    record: R

    @cached_property
    def digest(self) -> Digest:
        """What the proof is about."""
        return record_digest(self.record)


class Folding:
    """Tasks for the circuits of a machine whose keys are known. Each method raises StatementMismatch for proofs that do
    not fit one another; one that is none is found by the task, when its circuit is given it."""

    def __init__(self, keys: KnownKeys) -> None:
        self._keys = keys

    def lift(self, shards: Sequence[ProvedShard]) -> FoldTask[RangeRecord]:
        """Shards in a row, one or two, of one profile and height."""
        first, root = shards[0], self._keys.root
        name = CircuitName(Program.LIFT, first.profile, first.log_segment, len(shards))
        hints = lift_hints([(shard.statement, shard.words) for shard in shards], root)
        return FoldTask(name, hints, lifted([shard.statement for shard in shards], root))

    def join(self, left: Proved[RangeRecord], right: Proved[RangeRecord]) -> FoldTask[RangeRecord]:
        """Two ranges that follow one another."""
        hints = join_hints(left.record, right.record, self._child(left), self._child(right))
        return FoldTask(CircuitName(Program.JOIN), hints, joined(left.record, right.record))

    def close(self, proved: Proved[RangeRecord], opening: RunOpening) -> FoldTask[RunRecord]:
        """A range that is a whole run."""
        hints = close_hints(proved.record, opening, self._child(proved))
        return FoldTask(CircuitName(Program.CLOSE), hints, closed(proved.record, opening))

    def resolve(self, run: Proved[RunRecord], claimed: Proved[RunRecord], claims: Digest) -> FoldTask[RunRecord]:
        """A run without its last claim, which `claimed` discharges; `claims` are those before it."""
        hints = resolve_hints(run.record, claimed.record, claims, self._child(run), self._child(claimed))
        return FoldTask(CircuitName(Program.RESOLVE), hints, resolved(run.record, claimed.record, claims))

    def batch(
        self, left: Proved[Member], right: Proved[Member], salts: tuple[Digest, Digest] = (NO_SALT, NO_SALT)
    ) -> FoldTask[BatchRecord]:
        """Two runs or batches. Of a run the salt is to be fresh randomness; of a batch it means nothing."""
        halves = Half(left.record, salts[0]), Half(right.record, salts[1])
        hints = batch_hints(*halves, self._child(left), self._child(right))
        return FoldTask(CircuitName(Program.BATCH), hints, batched(*halves))

    def shrink(self, proved: Proved[Member]) -> FoldTask[Member]:
        """The same statement, of a run or a batch, in a smaller proof of another shape, on the way to the last one."""
        return FoldTask(CircuitName(Program.SHRINK), shrink_hints(proved.record, self._child(proved)), proved.record)

    def opening_of(self, run: RunProof, claims: Digest) -> RunOpening:
        """What `close` needs to know of a run besides its range, at whose end its claims are these."""
        return RunOpening(
            key_root=self._keys.root,
            program_root=run.program_root,
            image_roots=run.image_roots,
            input_root=run.input_root,
            output_root=roots.output_root_of(run.output),
            output_siblings=(run.output_siblings[0], *run.output_siblings[1:]),
            claims=claims,
            pc_start=run.entry // 4,
            input_bound=int(run.public_input is not None),
            exit_limbs=exit_limbs(run.exit_code),
        )

    def run_of(self, run: FoldedRun) -> Proved[RunRecord]:
        """A folded run as it comes from elsewhere, verified. Raises Rejection."""
        record = run.statement.record(self._keys.root)
        return Proved(record, run.proof.restored(record_digest(record)))

    def batch_of(self, batch: Batch) -> Proved[BatchRecord]:
        """A batch as it comes from elsewhere, verified. Raises Rejection."""
        record = root_of_tree(self._keys.root, batch.tree, leaves_of(self._keys.root, batch))
        return Proved(record, batch.proof.restored(record_digest(record)))

    def member_of(self, run: FoldedRun) -> Proved[Member]:
        """What the proof of a folded run is about, verified: a run, or the batch that this one was extracted from.

        Raises Rejection.
        """
        record = record_after(self._keys.root, run.statement.record(self._keys.root), run.membership)
        return Proved(record, run.proof.restored(record_digest(record)))

    def _child(self, proved: Proved[Record]) -> Child:
        proof = proved.proof
        return Child(proof.key, proof.circuit, self._keys.path(proof.circuit), proof.words)
