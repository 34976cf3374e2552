"""What a caller may ask of a run. The API refuses what the commands refuse, in the same words: what is allowed."""

from __future__ import annotations

from typing import Final

from core_vm.air.table import TILE
from core_vm.errors import UsageError
from core_vm.given import given_bytes, is_integer, shown
from core_vm.machine.program.program import Program
from core_vm.pcs.whir.config import MAX_CELLS, MAX_TILES
from core_vm.state.memory_map import MAX_TIMED_STEPS, NUM_REGISTERS, RENEWAL_DISTANCE, TIME_PER_INSTRUCTION

MIN_SHARD_CELLS: Final = 2**20
"""The lookup table and the registers alone fill almost half of it."""
MAX_SHARD_CELLS: Final = MAX_CELLS + 1
"""Shards have fewer cells than they are given: the shape of a proof has no room for a full one."""
MAX_SHARD_STEPS: Final = min(MAX_TIMED_STEPS, TILE * MAX_TILES)
"""An instruction is a row, and takes four of the times that there are."""


def most_renewals(num_steps: int) -> int:
    """A bound of the rows that renew registers in a shard of so many steps.

    A register is renewed before an access that is `RENEWAL_DISTANCE` at least after the one before. Such stretches of
    one register do not overlap, and all lie between time 0 and that of the last access, which is 4 `num_steps`.
    """
    return NUM_REGISTERS * (TIME_PER_INSTRUCTION * num_steps // RENEWAL_DISTANCE)


def given_input(program: object, input_bytes: object) -> bytes:
    """The input. Raises UsageError unless these are a loaded program and bytes."""
    if not isinstance(program, Program):
        raise UsageError(f"a program is what Program.from_elf makes of a file's bytes, not {type(program).__name__}")
    return given_bytes(input_bytes, "an input")


def check_shard_cells(name: str, cells: int | None) -> None:
    """Raises UsageError unless `cells` is None, or a number of cells that shards may be bounded by."""
    if cells is None:
        return
    if not is_integer(cells) or not MIN_SHARD_CELLS <= cells <= MAX_SHARD_CELLS:
        raise UsageError(
            f"{name} = {shown(cells)}: expected a number of cells from 2^{MIN_SHARD_CELLS.bit_length() - 1} to "
            f"2^{MAX_SHARD_CELLS.bit_length() - 1} ({MIN_SHARD_CELLS:,} to {MAX_SHARD_CELLS:,})"
        )


def check_positive(name: str, value: int | None, unit: str, at_most: int | None = None) -> None:
    """Raises UsageError unless `value` is None, or an integer from 1 to `at_most`; `unit` says of what."""
    if value is None:
        return
    if not is_integer(value) or value < 1 or (at_most is not None and value > at_most):
        limit = "" if at_most is None else f" and at most {at_most:,}"
        raise UsageError(f"{name} = {shown(value)}: expected a whole number of {unit}, at least 1{limit}")
