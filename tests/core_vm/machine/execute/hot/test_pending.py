"""First touches that compiled code charges later: as many, and of as much, as the interpreter's, one by one."""

from __future__ import annotations

import pytest

from core_vm.isa.encode import encode, load_immediate
from core_vm.machine.execute import places
from core_vm.machine.execute.pending_kernels import MOST_PENDING
from core_vm.machine.program.program import Program
from tests.core_vm.machine.elf_builder import DATA_BASE
from tests.core_vm.machine.execute.both_ways import Lockstep, Traced, check_both_ways
from tests.core_vm.machine.execute.small_shards import ONE_CELL_A_ROW
from tests.core_vm.machine.running import CORE_COSTS
from tests.core_vm.machine.snippets import EXIT, program_of

ROUNDS = 6000
LOADED = bytes([1]) * 4096


def _wandering(log_bytes: int, rounds: int = ROUNDS) -> Program:
    """Loads, stores to what was loaded and stores to what was not, all over a region of so many bytes: some of them
    loaded before the run began, some touched in the shard, some neither."""
    step = [
        encode("mul", 11, 11, 12), encode("addi", 11, 11, 0, 1235),  # a generator of numbers, of which bits are used
        encode("srli", 13, 11, 0, 64 - log_bytes), encode("andi", 13, 13, 0, -8), encode("add", 13, 13, 8),
        encode("ld", 7, 13), encode("andi", 14, 11, 0, 2047),
        encode("srli", 15, 14, 0, 9), encode("bne", 0, 15, 0, 8),
        encode("sd", 0, 13, 7),  # every fourth time
        encode("xor", 14, 13, 14), encode("andi", 14, 14, 0, -8), encode("sd", 0, 14, 7),
        encode("addi", 5, 5, 0, -1),
    ]  # fmt: skip
    start = [
        *load_immediate(5, rounds),
        *load_immediate(8, DATA_BASE + 2**21),
        *load_immediate(12, 6364136223846793005),
    ]
    return program_of(*start, *step, encode("bne", 0, 5, 0, -4 * len(step)), *EXIT, data=LOADED)


@pytest.mark.parametrize("log_bytes", [12, 16, 20, 28])
def test_what_is_pending_is_charged_as_if_it_were_not(log_bytes: int) -> None:
    program = _wandering(log_bytes)
    assert check_both_ways(program) > 10 * ROUNDS
    for shard_cells in (2**21, 2**22 + 77):  # a few shards, in which more and less is reserved
        assert check_both_ways(program, shard_cells=shard_cells) > 5 * ROUNDS
    check_both_ways(program, costs=ONE_CELL_A_ROW, shard_cells=2**14)


def test_budgets_that_end_while_touches_are_pending() -> None:
    pair = Lockstep(_wandering(20, 10**6))
    assert pair.run(10**6)
    for budget in range(1, 12_000_000, 123_457):
        assert pair.run(budget)
        pair.begin()
    assert pair.run(10**7)
    assert pair.num_hot_steps() > 10_000


def test_as_many_become_pending_as_the_budget_has_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """And none is left when compiled code stops."""
    monkeypatch.setattr("core_vm.machine.execute.hot.hot_code.COMPILE_AFTER", 0)
    run, rooms = Traced(_wandering(20), costs=CORE_COSTS, with_records=False), set[int]()
    state, stretch = run.interpreter.state, run.interpreter.run

    def look() -> int:
        status = stretch()
        rooms.add(int(state[places.PENDING_ROOM]))
        assert state[places.NUM_PENDING] == state[places.NUM_PENDING_STORES] == state[places.PENDING_COMPRESSIONS] == 0
        return status

    monkeypatch.setattr(run.interpreter, "run", look)
    list(run.shards())
    assert max(rooms) == MOST_PENDING
    assert run.hot_steps > 10 * ROUNDS


def test_a_run_without_records_has_the_same_shards() -> None:
    """It keeps no log, and yet its stretches end where the log of the other would be full."""
    program, runs = _wandering(20), list[Traced]()
    for with_records in (True, False):
        run = Traced(program, costs=CORE_COSTS, shard_cells=2**22, with_records=with_records)
        list(run.shards())
        runs.append(run)
    kept, forgotten = ([snapshot["state"].tolist() for snapshot in run.snapshots] for run in runs)
    for state in (*kept, *forgotten):
        state[places.LOG_MASK] = 0
    assert kept == forgotten
    assert len(kept) > 2
    assert len(runs[1].interpreter.touched) < len(runs[0].interpreter.touched)
