"""Quire: prove that a RISC-V program ran correctly, and verify such proofs.

    program = quire.Program.from_elf(open("guest.elf", "rb").read())
    proven = quire.prove(program, b"input")
    run = quire.verify(proven.proof, program.program_id)
    print(run.output)

Every error is a `QuireError`; a proof that does not verify raises a `Rejection`, and outputs exist only after
verification. Commands of the same names: `quire --help`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from aggregator.cluster.executor import Cluster
from aggregator.executors.local import ProcessPool
from aggregator.folds.folded import Folded
from aggregator.runs.proven import ProvenRun
from core_vm.errors import (
    CycleLimitExceeded,
    GuestError,
    GuestTrap,
    InputTooLargeError,
    InvalidProgramError,
    LogUpRejection,
    MalformedProof,
    MerkleRejection,
    OpeningRejection,
    OutputSpaceExhausted,
    ProofOfWorkRejection,
    QuireError,
    Rejection,
    ResourceError,
    SecurityError,
    SecurityRejection,
    StatementMismatch,
    SumcheckRejection,
    TableDefinitionError,
    UsageError,
    WitnessError,
    ZerocheckRejection,
)
from core_vm.machine.program.program import Program
from core_vm.progress import Progress
from core_vm.sdk import Execution
from core_vm.statement.summary import ProofSummary, ShardSummary
from core_vm.statement.verified import VerifiedRun
from recursion.folded.verified import BatchedRun, VerifiedBatch
from recursion.summary import BatchSummary

__all__ = [
    "BatchSummary",
    "BatchedRun",
    "Cluster",
    "CycleLimitExceeded",
    "Execution",
    "Folded",
    "GuestError",
    "GuestTrap",
    "InputTooLargeError",
    "InvalidProgramError",
    "LogUpRejection",
    "MalformedProof",
    "MerkleRejection",
    "OpeningRejection",
    "OutputSpaceExhausted",
    "ProcessPool",
    "Program",
    "Progress",
    "ProofOfWorkRejection",
    "ProofSummary",
    "ProvenRun",
    "QuireError",
    "Rejection",
    "ResourceError",
    "SecurityError",
    "SecurityRejection",
    "ShardSummary",
    "StatementMismatch",
    "SumcheckRejection",
    "TableDefinitionError",
    "UsageError",
    "VerifiedBatch",
    "VerifiedRun",
    "WitnessError",
    "ZerocheckRejection",
    "aggregate",
    "execute",
    "extract",
    "fold",
    "inspect",
    "prove",
    "verify",
    "verify_batch",
]
__version__ = "0.1.0"


def execute(
    program: Program,
    input: bytes = b"",
    *,
    max_cycles: int | None = None,
    shard_cells: int | None = None,
    on_output: Callable[[int, bytes], None] | None = None,
) -> Execution:
    """Run the program without proving. `on_output(fd, data)` receives what the guest prints.

    `max_cycles` (at least 1) stops a run that takes more instructions; `shard_cells` is as for `prove`.
    Raises GuestTrap, CycleLimitExceeded, OutputSpaceExhausted, InputTooLargeError, UsageError.
    """
    from core_vm import sdk
    from precompiles.standard.machine import standard_machine

    return sdk.execute(
        program, standard_machine(), input, max_cycles=max_cycles, shard_cells=shard_cells, on_output=on_output
    )


def prove(
    program: Program,
    input: bytes = b"",
    *,
    kind: str = "final",
    final_regime: str = "list",
    public_input: bool = False,
    shard_cells: int | None = None,
    workers: int | ProcessPool | Cluster | None = None,
    memory_limit: int | None = None,
    max_cycles: int | None = None,
    store: str | Path | None = None,
    on_output: Callable[[int, bytes], None] | None = None,
    on_progress: Callable[[Progress], None] | None = None,
) -> ProvenRun:
    """Run the program and prove the run, shard by shard; the shards' proofs are folded into one, and that to a last
    one, which is small and hides all but what it says.

    The last proof rests on bounds of list decoding, or, at twice the size, with `final_regime` "unique" on those of
    unique decoding alone. It is never folded on: for proofs that will be aggregated or discharge claims, `kind` is
    "folded". With "shards" the shards' proofs are left as they are: ready sooner, growing with the run, to be folded
    later (`fold`).
    `shard_cells` bounds a shard's committed cells, from 2^20 to 2^26; by default shards grow with the run from 2^24 to
    3 * 2^24 cells, less where memory is short. `workers` is how many shards are proved at once, or the `ProcessPool` or
    `Cluster` to prove them in, which several runs can share, one after the other. `memory_limit` is in bytes, for all
    processes together on this machine. `max_cycles` stops a run that takes more instructions. The input stays private
    unless `public_input`. What is proved is kept in the directory `store`, if one is given: the same call again proves
    only what is missing.
    Raises what `execute` raises, and ResourceError.
    """
    from aggregator.runs.prove import prove_run
    from precompiles.standard.machine import standard_machine

    return prove_run(
        program,
        standard_machine,
        input,
        kind=kind,
        final_regime=final_regime,
        public_input=public_input,
        shard_cells=shard_cells,
        workers=workers,
        memory_limit=memory_limit,
        max_cycles=max_cycles,
        store=store,
        on_output=on_output,
        on_progress=on_progress,
    )


def verify(
    proof: bytes,
    program_id: str,
    *,
    statement: int | None = None,
    exit_code: int = 0,
    input: bytes | None = None,
    on_progress: Callable[[Progress], None] | None = None,
) -> VerifiedRun:
    """Verify a run's proof for a program id; with `input`, only if exactly this input was bound as public.

    Of a batch, `statement` says which run is meant. Raises a `Rejection` that says where the proof fails, and
    UsageError for an id that is not 64 hexadecimal digits. A run that exits otherwise than `exit_code` is rejected; -1
    and 4294967295 are the same 32 bits.
    """
    from recursion.verify import verify_proof

    return verify_proof(
        proof, program_id, statement=statement, exit_code=exit_code, input_bytes=input, on_progress=on_progress
    )


def fold(
    proof: bytes,
    *,
    kind: str = "folded",
    final_regime: str = "list",
    discharging: Sequence[bytes] = (),
    workers: int | ProcessPool | Cluster | None = None,
    memory_limit: int | None = None,
    store: str | Path | None = None,
    on_progress: Callable[[Progress], None] | None = None,
) -> Folded:
    """Fold a proof of kind "shards" to one small proof; for `kind` "final", which takes a folded proof or a batch as
    well, to one that is smaller, hides all but what it says, and is not folded on.

    `discharging` are folded proofs of what the run claims about others, in the order of its claims. `final_regime`,
    `workers`, `memory_limit` and `store` are as for `prove`. Raises a `Rejection` for a proof that does not verify,
    UsageError for one of another kind, ResourceError.
    """
    from aggregator.folds.fold import fold_proof
    from aggregator.folds.fold_place import FoldPlace

    place = FoldPlace(workers, memory_limit, store, on_progress=on_progress)
    return fold_proof(proof, kind=kind, final_regime=final_regime, discharging=discharging, place=place)


def aggregate(
    proofs: Sequence[bytes],
    *,
    kind: str = "final",
    final_regime: str = "list",
    workers: int | ProcessPool | Cluster | None = None,
    memory_limit: int | None = None,
    store: str | Path | None = None,
    on_progress: Callable[[Progress], None] | None = None,
) -> Folded:
    """One proof, a batch, of all statements of two or more proofs of any kind but "final", which the batch is itself
    unless `kind` is "folded": then it can be part of another batch.

    All else is as for `fold`, which raises the same; errors say which of the proofs is wrong, by its number from 0.
    """
    from aggregator.folds.fold import aggregate_proofs
    from aggregator.folds.fold_place import FoldPlace

    place = FoldPlace(workers, memory_limit, store, on_progress=on_progress)
    return aggregate_proofs(proofs, kind=kind, final_regime=final_regime, place=place)


def verify_batch(proof: bytes) -> VerifiedBatch:
    """Verify all statements of a batch; whose programs they are is for the caller to compare. Raises a `Rejection`."""
    from recursion.verify import verify_statements

    return verify_statements(proof)


def extract(proof: bytes, statement: int) -> bytes:
    """A statement of a batch as a proof of its own. Nothing is verified. Raises MalformedProof, UsageError."""
    from recursion.verify import extract_statement

    return extract_statement(proof, statement).to_bytes()


def inspect(proof: bytes) -> ProofSummary | BatchSummary:
    """What the proof's bytes claim, *unverified*. Raises MalformedProof (a Rejection) for bytes that are no proof."""
    from recursion.summary import summarise_proof

    return summarise_proof(proof)
