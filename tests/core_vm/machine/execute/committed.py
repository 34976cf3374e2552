"""What a shard's trace commits, without filling it: what metering has to bound."""

from __future__ import annotations

from core_vm.air.table import TILE
from core_vm.machine.machine import Machine
from core_vm.machine.program.program import Program
from core_vm.machine.replay.recorder import record
from core_vm.machine.shard import ShardRecord
from core_vm.pcs.layout import Layout
from core_vm.stark.shape import ShardShape
from core_vm.tables.source import WitnessSource
from tests.core_vm.machine.running import Executor


def shards_and_cells(
    program: Program, machine: Machine, shard_cells: int, input_bytes: bytes = b""
) -> list[tuple[ShardRecord, int]]:
    """Every shard of a run, and the cells of its tables; the shape of each is one that a verifier accepts."""
    executor = Executor(
        program, input_bytes, shard_cells=shard_cells, precompiles=machine.precompiles, costs=machine.row_cells,
        profiles=machine.called_together,
    )  # fmt: skip
    return [(shard, _committed(program, machine, shard)) for shard in executor.shards()]


def _committed(program: Program, machine: Machine, shard: ShardRecord) -> int:
    profile = machine.profile_for(shard.num_calls)
    source = WitnessSource(program, shard, record(program, shard, machine.precompiles), profile.modules)
    tiles = [-(-module.num_rows(source) // TILE) for module in profile.modules]
    ShardShape.of(profile.tables, tiles)
    return Layout(profile.tables.widths, tiles).used
