"""Verifying proofs of the standard machine, of whatever kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core_vm.errors import UsageError
from core_vm.given import check_function
from core_vm.progress import OnProgress
from core_vm.statement.encoding import Kind, kind_of
from core_vm.statement.verified import VerifiedRun

if TYPE_CHECKING:
    from recursion.folded.proof import FoldedRun
    from recursion.folded.verified import VerifiedBatch

_NO_BATCH = "only a batch has numbered statements"


def verify_proof(
    data: bytes,
    program_id: str,
    *,
    statement: int | None = None,
    exit_code: int = 0,
    input_bytes: bytes | None = None,
    on_progress: OnProgress | None = None,
) -> VerifiedRun:
    """Verify that a run of `program_id` ended with `exit_code`; of a batch, that its statement of this number says so.

    Raises `Rejection`, and UsageError for an id, an exit code or a number that there is not.
    """
    check_function("on_progress", on_progress)
    kind = kind_of(data)
    if (statement is None) == (kind is Kind.BATCH):
        raise UsageError("a batch has many statements: say which one is meant" if statement is None else _NO_BATCH)
    if kind is Kind.SHARDS:
        from core_vm.statement.verifier import verify_run
        from precompiles.standard.machine import standard_machine

        profiles = standard_machine().profile_tables
        return verify_run(
            profiles, data, program_id, exit_code=exit_code, input_bytes=input_bytes, on_progress=on_progress
        )
    from recursion.folded.verifier import verify_folded
    from recursion.keys.standard import standard_keys

    return verify_folded(
        standard_keys(),
        data,
        program_id,
        number=statement,
        exit_code=exit_code,
        input_bytes=input_bytes,
        on_progress=on_progress,
    )


def verify_statements(data: bytes) -> VerifiedBatch:
    """Verify all statements of a batch. Raises `Rejection`."""
    from recursion.folded.verifier import verify_batch
    from recursion.keys.standard import standard_keys

    return verify_batch(standard_keys(), data)


def extract_statement(data: bytes, number: int) -> FoldedRun:
    """A statement of a batch with its membership; nothing is verified. Raises MalformedProof, UsageError."""
    if kind_of(data) is not Kind.BATCH:
        raise UsageError(_NO_BATCH)
    from recursion.folded.proof import Batch
    from recursion.folded.verifier import extracted
    from recursion.keys.standard import standard_keys

    return extracted(standard_keys(), Batch.from_bytes(data), number)
