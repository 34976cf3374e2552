"""Making recursion proofs of shards' proofs, and of one another.

Whatever is folded is verified first: a circuit's values exist only where all assertions of the verifier hold, and
computing them *is* the verification. So a proof that is wrong raises the `Rejection` that the verifier would raise.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from core_vm.field.koalabear import Words
from core_vm.hash.poseidon2 import Digest
from core_vm.state import roots
from core_vm.state.claims import NO_CLAIMS
from core_vm.statement.proof import RunProof
from core_vm.statement.shard import ShardStatement, exit_limbs
from recursion.folded.batch import root_of_tree
from recursion.folded.proof import Batch, FoldedRun, RecursionProof
from recursion.keys.catalogue import CircuitName, Program
from recursion.keys.circuits import Circuits
from recursion.programs.batch import Member, batch_hints, batched
from recursion.programs.child import Child
from recursion.programs.close import RunOpening, close_hints, closed
from recursion.programs.join import join_hints, joined
from recursion.programs.lift import lift_hints, lifted
from recursion.programs.records import BatchRecord, RangeRecord, Record, RunRecord, record_digest
from recursion.programs.resolve import resolve_hints, resolved

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


class Folder:
    """Makes proofs under the keys of a machine's circuits. Each method raises StatementMismatch for proofs that do not
    fit one another, and any `Rejection` for one that is none."""

    def __init__(self, circuits: Circuits, threads: int = 1) -> None:
        self._circuits, self._threads = circuits, threads
        self._key_root = circuits.keys.root

    def lift(self, shards: Sequence[ProvedShard]) -> Proved[RangeRecord]:
        """Shards in a row, one or two, of one profile and height."""
        first = shards[0]
        name = CircuitName(Program.LIFT, first.profile, first.log_segment, len(shards))
        hints = lift_hints([(shard.statement, shard.words) for shard in shards], self._key_root)
        record = lifted([shard.statement for shard in shards], self._key_root)
        return self._proved(name, hints, record)

    def join(self, left: Proved[RangeRecord], right: Proved[RangeRecord]) -> Proved[RangeRecord]:
        """Two ranges that follow one another."""
        hints = join_hints(left.record, right.record, self._child(left), self._child(right))
        return self._proved(CircuitName(Program.JOIN), hints, joined(left.record, right.record))

    def close(self, proved: Proved[RangeRecord], opening: RunOpening) -> Proved[RunRecord]:
        """A range that is a whole run."""
        hints = close_hints(proved.record, opening, self._child(proved))
        return self._proved(CircuitName(Program.CLOSE), hints, closed(proved.record, opening))

    def resolve(self, run: Proved[RunRecord], claimed: Proved[RunRecord], claims: Digest) -> Proved[RunRecord]:
        """A run without its last claim, which `claimed` discharges; `claims` are those before it."""
        hints = resolve_hints(run.record, claimed.record, claims, self._child(run), self._child(claimed))
        return self._proved(CircuitName(Program.RESOLVE), hints, resolved(run.record, claimed.record, claims))

    def batch(self, left: Proved[Member], right: Proved[Member]) -> Proved[BatchRecord]:
        """Two runs or batches."""
        hints = batch_hints(left.record, right.record, self._child(left), self._child(right))
        return self._proved(CircuitName(Program.BATCH), hints, batched(left.record, right.record))

    def opening_of(self, run: RunProof) -> RunOpening:
        """What `close` needs to know of a run besides its range."""
        return RunOpening(
            key_root=self._key_root,
            program_root=run.program_root,
            image_roots=run.image_roots,
            input_root=run.input_root,
            output_root=roots.output_root_of(run.output),
            output_siblings=(run.output_siblings[0], *run.output_siblings[1:]),
            claims=run.shards[-1].claims_end if run.shards else NO_CLAIMS,
            pc_start=run.entry // 4,
            input_bound=int(run.public_input is not None),
            exit_limbs=exit_limbs(run.exit_code),
        )

    def run_of(self, run: FoldedRun) -> Proved[RunRecord]:
        """A folded run as it comes from elsewhere, not yet verified."""
        return Proved(run.statement.record(self._key_root), run.proof)

    def batch_of(self, batch: Batch) -> Proved[BatchRecord]:
        """A batch as it comes from elsewhere, not yet verified."""
        digests = [record_digest(statement.record(self._key_root)) for statement in batch.statements]
        return Proved(root_of_tree(self._key_root, batch.tree, digests), batch.proof)

    def _child(self, proved: Proved[Record]) -> Child:
        proof = proved.proof
        return Child(proof.key, proof.circuit, self._circuits.keys.path(proof.circuit), proof.words)

    def _proved(self, name: CircuitName, hints: Words, record: R) -> Proved[R]:
        return Proved(record, self._circuits.prove(name, hints, record_digest(record), self._threads))
