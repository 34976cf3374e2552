"""A run by the interpreter alone and the same run compiled, and everything that they leave behind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from core_vm.errors import GuestTrap, QuireError
from core_vm.machine.execute import executor, places
from core_vm.machine.execute.actions import NO_RD
from core_vm.machine.execute.cutting import Cutter
from core_vm.machine.execute.hot import hot_code
from core_vm.machine.execute.interpreter import Interpreter
from core_vm.machine.execute.metering import Meter
from core_vm.machine.execute.pending_kernels import MOST_PENDING
from core_vm.machine.program.program import Program
from core_vm.machine.shard import ShardRecord
from core_vm.state.memory_map import TREE_DEPTH
from core_vm.state.roots import region_bytes
from tests.core_vm.machine.running import CORE_COSTS

_OF_COMPILED_CODE = [places.HOT_FUNCTION, places.NUM_HOT_STEPS, places.LOG_ROOM, places.DWORDS_AT, places.MARKS_AT,
                     places.TOUCHED_AT, places.SAVED_AT, places.PENDING_AT, places.PENDING_ROOM,
                     places.NUM_SETTLED]  # fmt: skip
Snapshot = dict[str, np.ndarray]


def snapshot(interpreter: Interpreter) -> Snapshot:
    """All that a run consists of, as far as the shard in progress touched it: where no log is kept, its last leaves,
    behind which compiled code may have written what it took back."""
    state, registers = interpreter.state.copy(), interpreter.registers.copy()
    state[_OF_COMPILED_CODE] = registers[NO_RD] = 0
    count, mask = int(state[places.NUM_TOUCHED]), int(state[places.LOG_MASK])
    logged = np.arange(0 if mask == -1 else max(0, count - MOST_PENDING), count) & mask
    leaves = interpreter.touched[logged]
    paths = leaves[:, None].astype(np.int64) + 2**TREE_DEPTH >> np.arange(TREE_DEPTH + 1)
    return {
        "state": state, "registers": registers, "counts": interpreter.counts.copy(), "leaves": leaves,
        "saved": interpreter.saved[logged], "memory": interpreter.memory.leaves[leaves.astype(np.int64)],
        "marks": interpreter.marks[paths], "code": interpreter.code & [~places.HOT, -1],
        "calls": interpreter.calls.rows.copy(),
    }  # fmt: skip


def check_equal(interpreted: Snapshot, compiled: Snapshot, where: object = "") -> None:
    """Raises AssertionError where the two are different."""
    for name, expected in interpreted.items():
        if name == "calls":  # the addresses of functions among them
            continue
        np.testing.assert_array_equal(compiled[name], expected, f"{name} {where}")


class Traced(executor.Executor):
    """Keeps what there is at the end of every shard."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.snapshots: list[Snapshot] = []
        self.hot_steps = 0

    def _end_shard(self, *arguments: Any) -> ShardRecord | None:
        self.keep()
        return super()._end_shard(*arguments)

    def keep(self) -> None:
        """Keep what there is now."""
        self.snapshots.append(snapshot(self.interpreter))
        self.hot_steps += int(self.interpreter.state[places.NUM_HOT_STEPS])


def run_one_way(compile_after: int | None, program: Program, data: bytes, **options: Any) -> tuple[Traced, list[Any]]:
    """The executor after a run, and what came of it: the shards, and how it ended."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hot_code, "COMPILE_AFTER", compile_after)
        patch.setattr(hot_code, "WORTH", 4)
        return _run(Traced(program, data, **{"costs": CORE_COSTS} | options))


def _run(run: Traced) -> tuple[Traced, list[Any]]:
    results: list[Any] = []
    try:
        results += [vars(shard) for shard in run.shards()]
        summary = vars(run.summary())
        results.append({name: value for name, value in summary.items() if name != "shards"})
    except QuireError as error:
        run.keep()
        results += [type(error), str(error), error.registers if isinstance(error, GuestTrap) else ()]
    return run, results


def check_both_ways(program: Program, data: bytes = b"", compile_after: int = 0, **options: Any) -> int:
    """Run it both ways and compare; returns how many instructions compiled code executed."""
    (interpreted, expected), (compiled, found) = (
        run_one_way(after, program, data, **options) for after in (None, compile_after)
    )
    assert interpreted.hot_steps == 0
    assert len(expected) == len(found)
    for one, other in zip(expected, found, strict=True):
        _check_same(one, other)
    for number, (before, after) in enumerate(zip(interpreted.snapshots, compiled.snapshots, strict=True)):
        check_equal(before, after, f"in shard {number}")
    return compiled.hot_steps


def _check_same(one: Any, other: Any) -> None:
    if isinstance(one, Mapping):
        for name, value in one.items():
            assert _are_same(other[name], value), name
    else:
        assert one == other


def _are_same(one: Any, other: Any) -> bool:
    """Arrays among them: numpy's own comparison of lists takes longer than the runs."""
    if isinstance(one, np.ndarray):
        return np.array_equal(one, other)
    if isinstance(one, Mapping):
        return one.keys() == other.keys() and all(_are_same(value, other[name]) for name, value in one.items())
    if isinstance(one, (list, tuple)):
        return len(one) == len(other) and all(map(_are_same, one, other))
    return one == other


class Lockstep:
    """Two interpreters at a program's start, one with all of it compiled, that run the same stretches."""

    def __init__(self, program: Program, data: bytes = b"") -> None:
        self._pair: list[tuple[Interpreter, Cutter]] = []
        for compile_after in (None, 0):
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(hot_code, "COMPILE_AFTER", compile_after)
                interpreter = Interpreter(program, region_bytes(data, bytes(24)), ())
            self._pair.append((interpreter, Cutter(Meter(program, CORE_COSTS), interpreter)))
        self.begin()
        self.step_cost = int(self._pair[0][0].state[places.STEP_COST])
        self.hot_steps = 0

    def begin(self) -> None:
        """Begin a shard."""
        for interpreter, cutter in self._pair:
            cutter.begin(2**26)
            interpreter.hot.consider(interpreter.counts)

    def run(self, budget: int) -> bool:
        """One stretch; whether the run can go on."""
        statuses = []
        for interpreter, _ in self._pair:
            interpreter.make_room(0)
            interpreter.state[places.BUDGET] = budget
            statuses.append(interpreter.run())
        interpreted, compiled = (interpreter for interpreter, _ in self._pair)
        check_equal(snapshot(interpreted), snapshot(compiled), f"after a budget of {budget}")
        assert statuses[0] == statuses[1]
        return statuses[0] == places.BUDGET_USED

    def num_hot_steps(self) -> int:
        """Instructions of this shard that compiled code executed."""
        return int(self._pair[1][0].state[places.NUM_HOT_STEPS])
