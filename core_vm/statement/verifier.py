"""The run verifier: shards chain from the program's initial state to its halt, and the last root holds the output.

It takes any bytes and ends in a `VerifiedRun` or a typed `Rejection`; the outputs exist only after everything held.

The order is by cost, so that bytes which prove nothing cost next to nothing: numbers and a few hashes first; then the
shards, each refused for its length before it is computed with; and what is hashed in full, the input and the output,
once all shards hold. Bytes that are refused cost no more than an honest proof of their length, and mostly far less.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import Protocol

from core_vm.air.table_set import TableSet
from core_vm.errors import MalformedProof, StatementMismatch
from core_vm.hash.poseidon2 import Digest
from core_vm.progress import OnProgress, Progress
from core_vm.stark.length import least_opening_words, least_shard_words
from core_vm.stark.soundness import COLLISION_BITS, rounded_down
from core_vm.stark.verifier import verify_shard
from core_vm.state import roots
from core_vm.state.claims import NO_CLAIMS, Claim, chain_of
from core_vm.state.memory_map import FIRST_TIME, TIME_PER_INSTRUCTION
from core_vm.statement.encoding import Kind
from core_vm.statement.expected import Expected, bytes_of
from core_vm.statement.proof import RunProof
from core_vm.statement.shard import ShardStatement
from core_vm.statement.verified import VerifiedRun


class Claiming(Protocol):
    """A shard, before or after it is proved: see `ShardProof`."""

    @property
    def num_claims(self) -> int: ...
    @property
    def claims_end(self) -> Digest: ...


def verify_run(
    profiles: Sequence[TableSet],
    data: bytes,
    program_id: str,
    *,
    exit_code: int = 0,
    input_bytes: bytes | None = None,
    on_progress: OnProgress | None = None,
) -> VerifiedRun:
    """Verify the proof `data` of a run of the program `program_id` (64 hexadecimal digits) that ends with `exit_code`.

    `profiles` are the machine's sets of tables, one of which each shard names. With `input_bytes`, the proof must have
    been made with exactly this input, bound as public. Raises `Rejection`, and UsageError for an id or an exit code
    that no program has.
    """
    start = time.perf_counter()
    expected = Expected.of(program_id, exit_code, input_bytes)
    report = on_progress or (lambda progress: None)
    proof = decoded_run(profiles, data)
    _check_statement(proof, expected)
    expected.check_input_length(proof.public_input)
    security = min(_verified_shards(profiles, proof, report))
    expected.check_input(proof.input_root, report)
    _check_output(proof, report)
    return VerifiedRun(
        kind=Kind.SHARDS.name.lower(),
        program_id=expected.program_id,
        exit_code=proof.exit_code,
        output=proof.output,
        shards=len(proof.shards),
        input_bound=input_bytes is not None,
        public_input_bytes=proof.public_input.length if proof.public_input else None,
        security_bits=rounded_down(security),
        collision_bits=COLLISION_BITS,
        seconds=time.perf_counter() - start,
    )


def decoded_run(profiles: Sequence[TableSet], data: bytes) -> RunProof:
    """The proof in `data`. Raises MalformedProof, also for a shard that is none under the profile that it names."""
    proof = RunProof.from_bytes(data, least_opening_words())
    least: dict[int, int] = {}
    for number, shard in enumerate(proof.shards):
        if shard.profile >= len(profiles):
            raise MalformedProof(f"shard {number}, profile", f"{shard.profile} is not below {len(profiles)}")
        if shard.profile not in least:
            least[shard.profile] = least_shard_words(profiles[shard.profile])
        if len(shard.words) < least[shard.profile]:
            words = f"{len(shard.words)}, at least {least[shard.profile]}"
            raise MalformedProof(f"shard {number}, number of words", words)
    return proof


def check_whole(proof: RunProof, discharged: Sequence[Claim] = ()) -> None:
    """All that a run's proof says of itself, but for what its shards prove: they are a whole run, each starting where
    the one before ends, to the output that is stated, with no claims but those `discharged`, in this order. Raises
    Rejection."""
    _check_form(proof)
    check_claims(proof.shards, discharged)
    shard_statements(proof)
    _check_output(proof, lambda progress: None)


def _check_statement(proof: RunProof, expected: Expected) -> None:
    """Everything that can be checked by a few hashes, before any shard is looked at."""
    expected.check_exit_code(proof.exit_code)
    _check_form(proof)
    expected.check_program(proof.program_id)
    check_claims(proof.shards)


def _check_form(proof: RunProof) -> None:
    if proof.entry % 4:
        raise StatementMismatch("program", f"the entry 0x{proof.entry:08x} is not aligned to 4 bytes")
    if not proof.shards:
        raise StatementMismatch("shards", "a run has at least one shard")
    if proof.public_input and proof.public_input.root() != proof.input_root:
        raise StatementMismatch("input", "the length that is stated of the public input is not that of the input bound")


def check_claims(shards: Sequence[Claiming], discharged: Sequence[Claim] = ()) -> None:
    """The claims of all shards of a run, one at least, are those `discharged`, in this order. Raises
    StatementMismatch."""
    if shards[-1].claims_end == chain_of(discharged)[-1]:
        return
    count = sum(shard.num_claims for shard in shards)
    what = "a proof is valid only once all of them are discharged by proofs of their own"
    if discharged:
        what = f"the {len(discharged)} proofs given do not prove them, in order"
    raise StatementMismatch("claims", f"the run takes {count} claims about other runs for true: {what}")


def _verified_shards(profiles: Sequence[TableSet], proof: RunProof, report: OnProgress) -> Iterator[float]:
    """The bits of security of each shard, once it is verified."""
    statements = shard_statements(proof)
    for number, (statement, shard) in enumerate(zip(statements, proof.shards, strict=True)):
        report(Progress("verify", number, len(proof.shards)))
        yield verify_shard(profiles[shard.profile], shard.words, statement.public_values())
    report(Progress("verify", len(proof.shards), len(proof.shards)))


def _check_output(proof: RunProof, report: OnProgress) -> None:
    root = roots.output_root_of(proof.output, bytes_of("output", len(proof.output), report))
    if proof.shards[-1].root_end != proof.last_root(root):
        raise StatementMismatch("output", "the last state does not hold this output")


def shard_statements(proof: RunProof) -> list[ShardStatement]:
    """The statements of the shards, each starting where the one before ends. Raises Rejection."""
    pc, root, claims = proof.entry // 4, proof.first_root, NO_CLAIMS
    statements = []
    for number, shard in enumerate(proof.shards):
        is_last = number == len(proof.shards) - 1
        if shard.halted != is_last:
            raise StatementMismatch(f"shard {number}", "only the last shard halts, and it must")
        if not is_last and shard.end_time % TIME_PER_INSTRUCTION != FIRST_TIME:
            raise StatementMismatch(f"shard {number}", f"{shard.end_time} is not a time at which an instruction starts")
        statement = ShardStatement(
            proof.program_root,
            pc,
            root,
            shard.pc_end,
            shard.root_end,
            shard.end_time,
            shard.halted,
            proof.exit_code if is_last else 0,
            claims,
            shard.num_claims,
            shard.claims_end,
        )
        statement.check_ranges()
        statements.append(statement)
        pc, root, claims = shard.pc_end, shard.root_end, shard.claims_end
    return statements
