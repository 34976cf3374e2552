"""A run pauses where it may have reached a limit: of its memory, of its cycles, of what is interpreted before something
is compiled. Where that is depends on the machine and on the moment; what the run is, and where it is cut, does not."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any, cast

import pytest

from core_vm.errors import CycleLimitExceeded, ResourceError
from core_vm.host.room import MemoryRoom
from core_vm.isa.encode import encode
from core_vm.machine.execute.executor import MOST_OF_A_LEAF
from tests.core_vm.machine.execute.both_ways import check_equal, run_one_way
from tests.core_vm.machine.execute.small_shards import ONE_CELL_A_ROW
from tests.core_vm.machine.snippets import program_of, walk_program

LEFT = {
    "nothing": lambda look: 0,
    "little": lambda look: 300 * MOST_OF_A_LEAF,
    "now and then": lambda look: (look * 7919 % 1024) * MOST_OF_A_LEAF,
    "enough": lambda look: 2**40,
}


class Room:
    """A room in which so much is left at each look."""

    def __init__(self, left: Callable[[int], int]) -> None:
        self._left, self.looks = left, itertools.count()

    def left(self) -> int:
        return self._left(next(self.looks))

    def check(self, count: int = 0) -> None: ...


def limits() -> dict[str, dict[str, Any]]:
    """What may be different from one run to the next."""
    rooms = {f"{name} left": {"room": cast(MemoryRoom, Room(left))} for name, left in LEFT.items()}
    return rooms | {f"{n} cycles more": {"max_cycles": n} for n in (0, 1, 2, 1000, 2**40)}


@pytest.mark.parametrize("limit", limits())
@pytest.mark.parametrize("compile_after", [None, 0, 17])
@pytest.mark.parametrize("cells", [1900, 2**16])
def test_no_limit_that_holds_changes_where_a_run_is_cut(limit: str, compile_after: int | None, cells: int) -> None:
    program, options = walk_program(), {"costs": ONE_CELL_A_ROW, "shard_cells": cells}
    expected, results = run_one_way(None, program, b"", **options)
    options |= limits()[limit]
    if "max_cycles" in options:
        options["max_cycles"] += expected.summary().cycles
    run, found = run_one_way(compile_after, program, b"", **options)
    assert [shard["num_steps"] for shard in found[:-1]] == [shard["num_steps"] for shard in results[:-1]]
    assert found[-1] == results[-1]
    for number, (before, after) in enumerate(zip(expected.snapshots, run.snapshots, strict=True)):
        check_equal(before, after, f"in shard {number}")
    assert run.hot_steps > 0 or compile_after != 0


@pytest.mark.parametrize("compile_after", [None, 0])
def test_a_limit_of_cycles_is_exact(compile_after: int | None) -> None:
    endless = program_of(encode("addi", 5, 5, immediate=1), encode("jal", 0, immediate=-4))
    for cycles in (1, 2, 63, 1000, 5001):
        run, results = run_one_way(compile_after, endless, b"", max_cycles=cycles)
        assert results[-3] is CycleLimitExceeded
        assert int(run.snapshots[-1]["counts"].sum()) == cycles


def test_memory_that_runs_out_within_a_stretch_ends_the_run() -> None:
    class Full(Room):
        def check(self, count: int = 0) -> None:
            if next(self.looks) > 3:
                raise ResourceError("no memory")

    for compile_after in (None, 0):
        room = cast(MemoryRoom, Full(lambda look: 0))
        _, results = run_one_way(compile_after, walk_program(), b"", room=room)
        assert results[:2] == [ResourceError, "no memory"]
