"""The run verifier: shards chain from the program's initial state to its halt, and the last root holds the output.

It takes any bytes and ends in a `VerifiedRun` or a typed `Rejection`; the outputs exist only after everything held.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

from core_vm.air.table_set import TableSet
from core_vm.errors import MalformedProof, StatementMismatch
from core_vm.machine import statement as roots
from core_vm.machine.memory_map import MAX_OUTPUT
from core_vm.stark.verifier import verify_shard
from core_vm.statement.proof import RunProof
from core_vm.statement.shard import FIRST_TIME, TIME_PER_INSTRUCTION, ShardStatement
from core_vm.statement.verified import VerifiedRun


def verify_run(
    profiles: Sequence[TableSet], data: bytes, program_id: str, *, exit_code: int = 0, input_bytes: bytes | None = None
) -> VerifiedRun:
    """Verify the proof `data` of a run of the program `program_id` (64 hexadecimal digits) that ends with `exit_code`.

    `profiles` are the machine's sets of tables, one of which each shard names. With `input_bytes`, the proof must have
    been made with exactly this input, bound as public. Raises `Rejection`.
    """
    start = time.perf_counter()
    proof = RunProof.from_bytes(data)
    check_profiles(proof, len(profiles))
    _check_claims(proof, program_id, exit_code, input_bytes)
    statements = shard_statements(proof)
    security = min(
        verify_shard(profiles[shard.profile], shard.words, statement.public_values())
        for statement, shard in zip(statements, proof.shards, strict=True)
    )
    return VerifiedRun(
        program_id=program_id,
        exit_code=proof.exit_code,
        output=proof.output,
        shards=len(proof.shards),
        input_bound=input_bytes is not None,
        security_bits=security,
        seconds=time.perf_counter() - start,
    )


def check_profiles(proof: RunProof, count: int) -> None:
    """Raises MalformedProof for a shard under a profile that the machine does not list."""
    for number, shard in enumerate(proof.shards):
        if shard.profile >= count:
            raise MalformedProof(f"shard {number}, profile", f"{shard.profile} is not below {count}")


def _check_claims(proof: RunProof, program_id: str, exit_code: int, input_bytes: bytes | None) -> None:
    """Everything that can be checked by a few hashes, before any shard is looked at."""
    claimed = roots.program_id_of(proof.program_root, proof.image_roots, proof.entry)
    if claimed != program_id.lower():
        raise StatementMismatch("program", f"expected program id {program_id}, the proof is about {claimed}")
    if proof.entry % 4:
        raise StatementMismatch("program", f"the entry 0x{proof.entry:08x} is not aligned to 4 bytes")
    if proof.exit_code != exit_code:
        raise StatementMismatch("exit code", f"expected {exit_code}, the program exited with {proof.exit_code}")
    if input_bytes is not None and proof.input_root != roots.input_root_of(input_bytes):
        raise StatementMismatch("input", "the proof does not bind this input as public")
    if not proof.shards:
        raise StatementMismatch("shards", "a run has at least one shard")
    if len(proof.output) > MAX_OUTPUT:
        raise StatementMismatch("output", f"{len(proof.output)} bytes, the region holds {MAX_OUTPUT}")
    last_root = roots.root_from_output(roots.output_root_of(proof.output), proof.output_siblings)
    if proof.shards[-1].root_end != last_root:
        raise StatementMismatch("output", "the last state does not hold this output")


def shard_statements(proof: RunProof) -> list[ShardStatement]:
    """The statements of the shards, each starting where the one before ends. Raises Rejection."""
    pc, root = proof.entry // 4, roots.initial_root(proof.image_roots, proof.input_root)
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
        )
        statement.check_ranges()
        statements.append(statement)
        pc, root = shard.pc_end, shard.root_end
    return statements
