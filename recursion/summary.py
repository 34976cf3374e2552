"""What a proof's bytes claim, of whatever kind, read without verifying anything: for `quire inspect`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core_vm.state.roots import format_program_id
from core_vm.statement.encoding import VERSION, Kind, kind_of
from core_vm.statement.summary import ProofSummary, summarise

if TYPE_CHECKING:
    from recursion.folded.proof import LastProof


@dataclass(frozen=True, slots=True)
class BatchSummary:
    """Claims of an unverified batch: what each of its statements says, and its size in bytes."""

    kind: str
    version: int
    statements: tuple[ProofSummary, ...]
    total_bytes: int


def summarise_proof(data: bytes) -> ProofSummary | BatchSummary:
    """Raises MalformedProof for bytes that are no proof."""
    from recursion.folded.proof import Batch, FoldedRun
    from recursion.folded.statement import RunStatement

    def summary(statement: RunStatement, proof: LastProof) -> ProofSummary:
        return ProofSummary(
            kind=proof.kind,
            version=VERSION,
            program_id=format_program_id(statement.program_id),
            entry=None,
            exit_code=statement.exit_code,
            output_bytes=len(statement.output),
            public_input_bytes=statement.public_input.length if statement.public_input else None,
            claims=0,
            shards=None,
            total_bytes=len(data),
            regime=proof.regime,
        )

    kind = kind_of(data)
    if kind is Kind.SHARDS:
        return summarise(data)
    if kind is Kind.FOLDED:
        run = FoldedRun.from_bytes(data)
        return summary(run.statement, run.proof)
    batch = Batch.from_bytes(data)
    statements = tuple(summary(statement, batch.proof) for statement in batch.statements)
    return BatchSummary(kind.name.lower(), VERSION, statements, len(data))
