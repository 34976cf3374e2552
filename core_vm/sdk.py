"""Running a program on a machine without proving it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core_vm.machine.shard import DEFAULT_SHARD_CELLS, FIRST_SHARD_CELLS

if TYPE_CHECKING:
    from core_vm.machine.machine import Machine
    from core_vm.machine.program.program import Program

OnOutput = Callable[[int, bytes], None]


@dataclass(frozen=True, slots=True)
class Execution:
    """One run. `output` is the public output; `counts` are executions by operation.

    `shards` are as many as proving would cut.
    """

    program_id: str
    exit_code: int
    cycles: int
    output: bytes
    shards: int
    misaligned_accesses: int
    seconds: float
    counts: dict[str, int]


def execute(
    program: Program,
    machine: Machine,
    input_bytes: bytes = b"",
    *,
    max_cycles: int | None = None,
    shard_cells: int | None = None,
    on_output: OnOutput | None = None,
) -> Execution:
    """Run `program`. `on_output(fd, data)` receives what the guest prints.

    Raises GuestTrap, CycleLimitExceeded, OutputSpaceExhausted, InputTooLargeError; UsageError for limits that make no
    sense.
    """
    from core_vm.machine.execute.execute import execute as run_program
    from core_vm.machine.limits import check_shard_cells, given_input

    input_bytes = given_input(program, input_bytes)
    check_shard_cells("shard_cells", shard_cells)

    start = time.perf_counter()
    run = run_program(
        program,
        input_bytes,
        public_input=True,
        shard_cells=shard_cells or DEFAULT_SHARD_CELLS,
        first_shard_cells=shard_cells or FIRST_SHARD_CELLS,
        max_cycles=max_cycles,
        precompiles=machine.precompiles,
        profiles=machine.called_together,
        costs=machine.row_cells,
        on_output=on_output,
        with_records=False,
    )
    return Execution(
        program.program_id,
        run.exit_code,
        run.cycles,
        run.output,
        run.num_shards,
        run.misaligned_accesses,
        time.perf_counter() - start,
        run.counts,
    )
