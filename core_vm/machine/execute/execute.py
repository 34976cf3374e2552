"""Running a whole program: the front door of the executor."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping, Sequence

from core_vm.machine.execute.calls import OnOutput
from core_vm.machine.execute.executor import Executor
from core_vm.machine.precompile import Precompile
from core_vm.machine.program.program import Program
from core_vm.machine.shard import DEFAULT_SHARD_CELLS, Run, ShardRecord


def execute(
    program: Program,
    input_bytes: bytes = b"",
    *,
    costs: Mapping[str, int],
    public_input: bool = False,
    shard_cells: int = DEFAULT_SHARD_CELLS,
    first_shard_cells: int | None = None,
    max_cycles: int | None = None,
    precompiles: Sequence[Precompile] = (),
    profiles: Sequence[Collection[str]] = (),
    on_output: OnOutput | None = None,
    on_shard: Callable[[ShardRecord], None] | None = None,
    with_records: bool = True,
) -> Run:
    """Run `program` to its end.

    `costs` are the cells of a row of each table, by its name (`Machine.row_cells`); `profiles` the names of the
    precompiles that a shard may call together (`Machine.called_together`), of all if there are none.
    Shards grow from `first_shard_cells` to `shard_cells`, which is also the default of the first (`shard_limit`).
    Records go to `on_shard` if given, else into `Run.shards`; `with_records=False` makes none, and no roots. Without
    `public_input` the input's region is salted. `on_output(stream, data)` gets what the guest writes to 1 and 2.
    Raises GuestTrap, CycleLimitExceeded, OutputSpaceExhausted, InputTooLargeError.
    """
    executor = Executor(
        program,
        input_bytes,
        salt=bytes(24) if public_input else os.urandom(24),
        shard_cells=shard_cells,
        first_shard_cells=first_shard_cells,
        max_cycles=max_cycles,
        precompiles=precompiles,
        profiles=profiles,
        costs=costs,
        on_output=on_output,
        with_records=with_records,
    )
    kept: list[ShardRecord] = []
    for shard in executor.shards():
        (on_shard or kept.append)(shard)
    run = executor.summary()
    run.shards = kept
    return run
