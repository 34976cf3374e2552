"""Small programs, executed and turned into the traces of their shards: what the tests of the tables work on."""

from __future__ import annotations

from collections.abc import Sequence

from core_vm.air.public import PublicMessage
from core_vm.isa.encode import encode
from core_vm.machine.program.program import Program
from core_vm.machine.replay.recorder import record
from core_vm.machine.shard import ShardRecord
from core_vm.statement.shard import ShardStatement
from core_vm.tables.source import WitnessSource
from core_vm.tables.standard import BASE_MODULES, fill_trace
from core_vm.witness.module import TableModule
from core_vm.witness.trace import Trace
from tests.core_vm.machine.elf_builder import DATA_BASE, build_elf
from tests.core_vm.machine.running import execute

DATA_REGISTER = 31


EXIT_WORDS = [encode("addi", rd=17, immediate=93), encode("addi", rd=10, immediate=0), encode("ecall")]


def program_of(words: Sequence[int], data: bytes = b"") -> Program:
    """A program that runs `words` and exits with 0. x31 points to `data` (at least 4 KiB, zero-filled)."""
    start = [encode("lui", rd=DATA_REGISTER, immediate=DATA_BASE)]
    return Program.from_elf(build_elf([*start, *words, *EXIT_WORDS], data=data.ljust(4096, b"\0")))


def sources_of(program: Program, shard_cells: int = 2**26) -> list[tuple[ShardRecord, WitnessSource]]:
    """Each shard's record and witness source."""
    shards = execute(program, shard_cells=shard_cells).shards
    return [(shard, WitnessSource(program, shard, record(program, shard), BASE_MODULES)) for shard in shards]


def source_of(words: Sequence[int], data: bytes = b"") -> WitnessSource:
    """The witness source of a program that fits one shard."""
    ((_, source),) = sources_of(program_of(words, data))
    return source


def public_messages(program: Program, shard: ShardRecord) -> Sequence[PublicMessage]:
    """What the verifier puts on the buses for a shard."""
    statement = ShardStatement(
        program_root=tuple(program.program_root),
        pc_start=shard.pc_start // 4,
        root_start=tuple(shard.root_before),
        pc_end=0 if shard.halted else shard.pc_end // 4,
        root_end=tuple(shard.root_after),
        end_time=0 if shard.halted else 1 + 4 * shard.num_steps,
        halted=shard.halted,
        exit_code=shard.exit_code if shard.halted else 0,
        claims_start=shard.claims_start,
        num_claims=shard.num_claims,
        claims_end=shard.claims_end,
    )
    return statement.public_values().messages


def trace_of(source: WitnessSource, modules: Sequence[TableModule] = BASE_MODULES) -> Trace:
    """The filled trace."""
    return fill_trace(modules, source)
