"""How large shards are cut: small ones of a short run, larger ones from the second on of a long one."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Sequence

import pytest

from core_vm.errors import CycleLimitExceeded, GuestTrap
from core_vm.isa.encode import encode, load_immediate
from core_vm.machine.execute.growth import SHARDS_OF_A_SIZE, Growth, shard_limit
from core_vm.machine.program.program import Program
from core_vm.machine.shard import DEFAULT_SHARD_CELLS, FIRST_SHARD_CELLS, Run
from tests.core_vm.machine.chain import check_chain
from tests.core_vm.machine.elf_builder import CODE_BASE
from tests.core_vm.machine.execute.small_shards import ONE_CELL_A_ROW
from tests.core_vm.machine.running import Executor
from tests.core_vm.machine.snippets import EXIT, program_of

FIRST, LARGEST = 2**12, 3 * 2**12
"""With a cell a row, and tiles of 64 rows."""


def _loop(times: int, end: Sequence[int] = EXIT, start: Sequence[int] = ()) -> Program:
    back = [encode("addi", 5, 5, 0, -1), encode("bne", 0, 5, 0, -4)]
    return program_of(*start, *load_immediate(5, times), *back, *end)


def _run(program: Program, looks_ahead: bool = True) -> tuple[list[int], Run]:
    """The cells of each shard, and the run."""
    executor = Executor(
        program, costs=ONE_CELL_A_ROW, first_shard_cells=FIRST, shard_cells=LARGEST, looks_ahead=looks_ahead
    )
    shards = list(executor.shards())
    run = executor.summary()
    run.shards = shards
    check_chain(program, run)
    return [shard.cells for shard in shards], run


def test_shards_double_and_behind_the_first_one_of_a_long_run() -> None:
    def limits(is_long: bool) -> list[int]:
        sizes = FIRST_SHARD_CELLS, DEFAULT_SHARD_CELLS, SHARDS_OF_A_SIZE
        return [shard_limit(index, *sizes, is_long) for index in range(26)]

    assert limits(False) == 8 * [2**24] + 8 * [2**25] + 10 * [3 * 2**24]
    assert limits(True) == [2**24] + 8 * [2**25] + 17 * [3 * 2**24]
    assert shard_limit(10**18, 1, 2**26) == 2**26
    assert [shard_limit(index, 1, 4, 3, True) for index in range(8)] == [1, 2, 2, 2, 4, 4, 4, 4]


@pytest.mark.parametrize(("is_long", "limits"), [(True, [2**24, 2**25, 2**25]), (False, 3 * [2**24])])
def test_a_run_is_asked_about_once_and_not_before_its_second_shard(is_long: bool, limits: list[int]) -> None:
    asked = list[tuple[int, int]]()

    def outlasts(shards: int, cells: int) -> bool:
        asked.append((shards, cells))
        return is_long

    growth = Growth(2**24, 2**26)
    assert growth.limit(0, outlasts) == 2**24
    assert not asked
    assert [growth.limit(index, outlasts) for index in range(3)] == limits
    assert asked == [(SHARDS_OF_A_SIZE, 2**24)]


def test_one_size_stays_it_unasked() -> None:
    def outlasts(shards: int, cells: int) -> bool:
        pytest.fail("nobody needs to know")

    growth = Growth(2**22, 2**22)
    assert {growth.limit(index, outlasts) for index in (0, 7, 8, 10**9)} == {2**22}


def test_a_run_of_eight_small_shards_has_small_ones_and_a_longer_one_does_not() -> None:
    (short, _), (long, _) = _run(_loop(11_000)), _run(_loop(40_000))
    assert len(short) == SHARDS_OF_A_SIZE
    assert max(short) < FIRST
    assert long[0] < FIRST < min(long[1:9])
    assert max(long[1:9]) < 2 * FIRST < long[9] < LARGEST


def test_looking_ahead_writes_nothing_and_changes_nothing() -> None:
    """What the guest writes comes once, and the records follow one another as ever."""
    arguments = [load_immediate(register, value) for register, value in ((10, 1), (11, CODE_BASE), (12, 4), (17, 64))]
    write = [*(word for words in arguments for word in words), encode("ecall", 0, 0, 0, 0)]
    program, written = _loop(30_000, start=write), list[tuple[int, int]]()
    executor = Executor(
        program, costs=ONE_CELL_A_ROW, first_shard_cells=FIRST, shard_cells=LARGEST, looks_ahead=True,
        on_output=lambda stream, data: written.append((stream, len(data))),
    )  # fmt: skip
    steps = sum(shard.num_steps for shard in executor.shards())
    assert written == [(1, 4)]
    assert executor.summary().cycles == steps


def test_who_does_not_look_ahead_goes_on_in_small_steps() -> None:
    (blind, _), (seeing, _) = (_run(_loop(40_000), looks_ahead) for looks_ahead in (False, True))
    assert max(blind[:8]) < FIRST < min(blind[8:-1])
    assert len(seeing) < len(blind)


def test_memory_of_a_run_is_free_when_nobody_has_it_any_more() -> None:
    """Also that of the one ahead: nothing waits for the garbage collector."""
    executor = Executor(
        _loop(10_000), costs=ONE_CELL_A_ROW, first_shard_cells=FIRST, shard_cells=LARGEST, looks_ahead=True
    )
    collected = gc.isenabled()
    gc.disable()
    try:
        for _ in executor.shards():
            pass
        left = weakref.ref(executor)
        del executor
        assert left() is None
    finally:
        if collected:
            gc.enable()


@pytest.mark.parametrize(("end", "max_cycles", "error"), [([0], None, GuestTrap), (EXIT, 20_000, CycleLimitExceeded)])
def test_what_fails_ahead_fails_where_it_does(end: list[int], max_cycles: int | None, error: type[Exception]) -> None:
    """The shards before it are cut as those of a short run."""
    shards = []
    executor = Executor(
        _loop(11_000, end), costs=ONE_CELL_A_ROW, first_shard_cells=FIRST, shard_cells=LARGEST, looks_ahead=True,
        max_cycles=max_cycles,
    )  # fmt: skip
    with pytest.raises(error):
        shards += executor.shards()
    assert len(shards) > 2
    assert max(shard.cells for shard in shards) < FIRST
