"""From a guest to the filled trace of each of its shards, and the statement it has to prove."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from aggregator.runs.shard_work import shard_statement
from core_vm.air.public import PublicValues
from core_vm.machine.machine import Machine
from core_vm.machine.program.program import Program
from core_vm.machine.replay.recorder import record
from core_vm.machine.shard import ShardEvents, ShardRecord
from core_vm.tables.source import WitnessSource
from core_vm.tables.standard import fill_trace
from core_vm.witness.check import check_trace
from core_vm.witness.trace import Trace
from precompiles.standard.machine import standard_machine
from tests.core_vm.machine.running import Executor

Forgery = Callable[[ShardEvents], None]


@dataclass(frozen=True)
class Shard:
    """What a shard's prover starts from."""

    program: Program
    record: ShardRecord
    public: PublicValues
    machine: Machine

    def events(self) -> ShardEvents:
        """A fresh replay, free to be changed."""
        return record(self.program, self.record, self.machine.precompiles)

    def source(self) -> WitnessSource:
        """What the tables are filled from."""
        return WitnessSource(self.program, self.record, self.events(), self.machine.everything.modules)

    def trace(self, forge: Forgery | None = None) -> Trace:
        """The filled trace of all tables, from events that `forge` has changed."""
        events = self.events()
        if forge is not None:
            events.families = {name: rows.copy() for name, rows in events.families.items()}
            forge(events)
        modules = self.machine.everything.modules
        return fill_trace(modules, WitnessSource(self.program, self.record, events, modules))

    def check(self, forge: Forgery | None = None) -> None:
        """Raises WitnessError that names what does not hold."""
        check_trace(self.trace(forge), self.public.messages)


def shards_of(
    program: Program,
    input_bytes: bytes = b"",
    shard_cells: int = 2**26,
    machine: Machine | None = None,
    all_together: bool = False,
) -> list[Shard]:
    """Execute with a public input, by default on the standard machine, and cut into shards; `all_together` as if one
    profile held all precompiles, so that one trace has rows of every table."""
    machine = machine or standard_machine()
    executor = Executor(
        program, input_bytes, shard_cells=shard_cells, precompiles=machine.precompiles, costs=machine.row_cells,
        profiles=() if all_together else machine.called_together,
    )  # fmt: skip
    return [Shard(program, r, shard_statement(program, r).public_values(), machine) for r in executor.shards()]
