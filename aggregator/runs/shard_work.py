"""One unit of work: a shard record in, a shard proof out. It runs in this process or in any other."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aggregator.plan import shard_bytes
from aggregator.runs.shard_result import ShardResult, proof_of
from core_vm.air.table import TILE
from core_vm.host.growth import begin_work
from core_vm.host.room import peak_memory_bytes
from core_vm.state.memory_map import FIRST_TIME, TIME_PER_INSTRUCTION
from core_vm.statement.shard import ShardStatement

if TYPE_CHECKING:
    from core_vm.machine.machine import Machine, Profile
    from core_vm.machine.program.program import Program
    from core_vm.machine.shard import ShardRecord
    from core_vm.witness.trace import Trace


# Below this size, handing work to a second thread costs more than the thread gives.
MIN_CELLS_FOR_THREADS = 2**21


@dataclass(frozen=True)
class ShardProver:
    """Proves shards of one program. Picklable: the machine travels as the function that makes it."""

    program: Program
    make_machine: Callable[[], Machine]
    threads: int = 1

    def __call__(self, record: ShardRecord) -> ShardResult:
        """Replay the shard, fill its tables, prove it. Raises GuestError or WitnessError; neither is ever a proof."""
        from core_vm.stark.prover import prove_shard

        begin_work(record.cells)
        machine, phases = self.make_machine(), dict[str, float]()
        profile = machine.profile_for(record.num_calls)
        threads = self.threads if record.cells >= MIN_CELLS_FOR_THREADS else 1
        trace = self._filled(record, machine, profile, threads, phases)
        statement = shard_statement(self.program, record)
        words = prove_shard(profile.tables, trace, statement.public_values(), threads=threads, phases=phases)
        interactions = sum(
            len(table.interactions) * TILE * tiles for table, tiles in zip(trace.tables, trace.tiles, strict=True)
        )
        proof = proof_of(statement, profile.number, words)
        return ShardResult(record.index, proof, trace.layout.used, interactions, peak_memory_bytes(), phases)

    def _filled(
        self, record: ShardRecord, machine: Machine, profile: Profile, threads: int, phases: dict[str, float]
    ) -> Trace:
        """The trace, without the events that it was filled from: the memory of those is what the proof works in."""
        from core_vm.machine.replay.recorder import record as replay
        from core_vm.tables.source import WitnessSource
        from core_vm.tables.standard import fill_trace

        start = time.perf_counter()
        events = replay(self.program, record, machine.precompiles)
        phases["record"] = time.perf_counter() - start
        start = time.perf_counter()
        source = WitnessSource(self.program, record, events, profile.modules)
        trace = fill_trace(profile.modules, source, threads=threads)
        phases["trace"] = time.perf_counter() - start
        return trace


@dataclass(frozen=True, eq=False)
class ShardJob:
    """To prove one shard of a run."""

    work: ShardProver
    argument: ShardRecord
    statement: ShardStatement
    profile: Profile

    @classmethod
    def of(cls, prover: ShardProver, record: ShardRecord) -> ShardJob:
        profile = prover.make_machine().profile_for(record.num_calls)
        return cls(prover, record, shard_statement(prover.program, record), profile)

    @property
    def name(self) -> str:
        return f"shard {self.argument.index}"

    @property
    def memory_bytes(self) -> int:
        return shard_bytes(self.argument.cells)

    def verified(self, data: object) -> ShardResult:
        """Raises Rejection for whatever does not prove this very shard."""
        from core_vm.stark.verifier import verify_shard

        result = ShardResult.from_bytes(data, self.argument.index, self.statement, self.profile.number)
        verify_shard(self.profile.tables, result.proof.words, self.statement.public_values())
        return result


def shard_statement(program: Program, record: ShardRecord) -> ShardStatement:
    """The statement that a shard's record makes about the program."""
    return ShardStatement(
        program_root=tuple(program.program_root),
        pc_start=record.pc_start // 4,
        root_start=tuple(record.root_before),
        pc_end=0 if record.halted else record.pc_end // 4,
        root_end=tuple(record.root_after),
        end_time=0 if record.halted else FIRST_TIME + TIME_PER_INSTRUCTION * record.num_steps,
        halted=record.halted,
        exit_code=record.exit_code if record.halted else 0,
        claims_start=record.claims_start,
        num_claims=record.num_claims,
        claims_end=record.claims_end,
    )
