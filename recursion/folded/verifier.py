"""The verifier of folded proofs: any bytes in, a verified run or a typed `Rejection` out. It needs numpy alone.

What the recursion proof says of its digest is believed because its key is one of those that the verifier knows, and the
digest's record carries the root of just these keys: so by induction over the tree of proofs every record below one is
true. The verifier computes the record from the statement, which is all that the caller is told.
"""

from __future__ import annotations

import time

from core_vm.errors import StatementMismatch, UsageError
from core_vm.given import is_integer, shown
from core_vm.hash.poseidon2 import Digest
from core_vm.progress import OnProgress
from core_vm.stark.soundness import COLLISION_BITS, rounded_down
from core_vm.state import roots
from core_vm.statement.expected import Expected
from core_vm.statement.verified import VerifiedRun
from recursion.folded.batch import leaves_of, record_after, steps_of_all
from recursion.folded.proof import Batch, FoldedRun, LastProof, Membership, Step
from recursion.folded.pruned import PrunedProof
from recursion.folded.verified import BatchedRun, VerifiedBatch
from recursion.keys.known import KnownKeys
from recursion.programs.records import BatchRecord, record_digest


def verify_folded(
    keys: KnownKeys,
    data: bytes,
    program_id: str,
    *,
    number: int | None = None,
    exit_code: int = 0,
    input_bytes: bytes | None = None,
    on_progress: OnProgress | None = None,
) -> VerifiedRun:
    """Verify a proof of kind FOLDED, as `core_vm.statement.verifier.verify_run` does one of shards.

    Of a BATCH, which of the statements is meant says `number`. Raises `Rejection`, UsageError.
    """
    start = time.perf_counter()
    expected = Expected.of(program_id, exit_code, input_bytes)
    folded = FoldedRun.from_bytes(data) if number is None else extracted(keys, Batch.from_bytes(data), number)
    statement, proof = folded.statement, folded.proof
    expected.check_exit_code(statement.exit_code)
    expected.check_program(roots.format_program_id(statement.program_id))
    expected.check_input_length(statement.public_input)
    record = statement.record(keys.root)
    bits = _verified(keys, proof, record_digest(record_after(keys.root, record, folded.membership)))
    expected.check_input(tuple(record.input_root), on_progress or (lambda progress: None))
    return VerifiedRun(
        kind=proof.kind,
        program_id=expected.program_id,
        exit_code=statement.exit_code,
        output=statement.output,
        shards=None,
        input_bound=input_bytes is not None,
        public_input_bytes=statement.public_input.length if statement.public_input else None,
        security_bits=rounded_down(bits),
        collision_bits=COLLISION_BITS,
        seconds=time.perf_counter() - start,
        regime=proof.regime,
    )


def verify_batch(keys: KnownKeys, data: bytes) -> VerifiedBatch:
    """Verify a proof of kind BATCH. Raises `Rejection`."""
    start = time.perf_counter()
    batch = Batch.from_bytes(data)
    record, _ = _tree_of(keys, batch)
    bits = _verified(keys, batch.proof, record_digest(record))
    runs = tuple(
        BatchedRun(
            roots.format_program_id(statement.program_id),
            statement.exit_code,
            statement.output,
            statement.public_input.length if statement.public_input else None,
        )
        for statement in batch.statements
    )
    seconds = time.perf_counter() - start
    return VerifiedBatch(runs, rounded_down(bits), COLLISION_BITS, seconds, batch.proof.regime)


def extracted(keys: KnownKeys, batch: Batch, number: int) -> FoldedRun:
    """A statement of a batch with its way up; nothing is verified. Raises UsageError for a number that there is not."""
    if not is_integer(number) or not 0 <= number < len(batch.statements):
        raise UsageError(f"the batch has statements 0 to {len(batch.statements) - 1}, not {shown(number)}")
    _, steps = _tree_of(keys, batch)
    return FoldedRun(batch.statements[number], Membership(batch.salts[number], steps[number]), batch.proof)


def _tree_of(keys: KnownKeys, batch: Batch) -> tuple[BatchRecord, list[tuple[Step, ...]]]:
    return steps_of_all(keys.root, batch.tree, leaves_of(keys.root, batch))


def _verified(keys: KnownKeys, proof: LastProof, digest: Digest) -> float:
    """The bits of security of the weakest challenge in all proofs that this one stands for. Raises `Rejection`.

    The rule on which everything rests: no proof under a key of the prover's own. A final proof is under no other key
    than the verifier's.
    """
    if isinstance(proof, PrunedProof):
        check_key(keys, proof)
    return keys.security_bits(proof.verify(digest))


def check_key(keys: KnownKeys, proof: PrunedProof) -> None:
    """Raises StatementMismatch for a key that the verifier does not know."""
    if proof.circuit >= len(keys.digests) or proof.key.digest != keys.digests[proof.circuit]:
        raise StatementMismatch("key", "the proof's key is none of this machine's, or of another version of Quire")
