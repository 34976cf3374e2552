"""Nothing a guest does makes a kernel write outside the arrays that it was given."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core_vm.errors import WitnessError
from core_vm.isa.encode import encode, load_immediate
from core_vm.machine.execute import places
from core_vm.machine.execute.calls import CallField
from core_vm.machine.execute.marks import MOST_SHARDS, forget_shards
from core_vm.machine.precompile import Operand, Precompile
from core_vm.machine.program.program import Program
from core_vm.machine.replay.recorder import record
from core_vm.machine.shard import ShardRecord
from tests.core_vm.machine.elf_builder import DATA_BASE, build_elf
from tests.core_vm.machine.python_kernel import PythonKernel
from tests.core_vm.machine.running import Executor, execute
from tests.core_vm.machine.snippets import EXIT

STEP_COST, LEAF_COST, NODE_COST = 40, 10, 1
UNTOUCHED = 0xDEAD
NUM_ACCESSES = 40
COPY_KERNEL = PythonKernel(lambda values: None, 12)
COPY = Precompile("copy", 0x1000, (Operand(11, 6, "read"), Operand(10, 6, "write")), lambda: COPY_KERNEL)


def _accesses(misaligned_every: int, call_every: int) -> Program:
    """Straight-line code: each access or call touches leaves that nothing touched before."""
    words, address = [*load_immediate(17, COPY.number)], DATA_BASE
    for number in range(NUM_ACCESSES):
        if call_every and number % call_every == call_every - 1:
            words += [*load_immediate(10, address), *load_immediate(11, address + 512), encode("ecall")]
        else:
            offset = 29 if misaligned_every and number % misaligned_every == 0 else 8
            words += [
                *load_immediate(8, address + offset),
                encode("sd" if number % 2 else "ld", 7 * (1 - number % 2), 8),
            ]
        address += 1024
    return Program.from_elf(build_elf(words))


class _Stretch:
    """An interpreter at its start, with a log of `room` leaves in the middle of memory that nobody may change."""

    def __init__(self, program: Program) -> None:
        self.interpreter = Executor(program, precompiles=(COPY,)).interpreter
        self.interpreter.calls.load(0)
        self.interpreter.calls.rows[:, CallField.MOST_CELLS] = 0  # a call needs room in the log, not in the budget
        self._set_costs()
        self.interpreter.hot.consider(self.interpreter.counts)
        self.start = self.interpreter.state.copy()
        self.registers = self.interpreter.registers.copy()

    def _set_costs(self) -> None:
        state = self.interpreter.state
        state[[places.STEP_COST, places.LEAF_COST, places.NODE_COST]] = STEP_COST, LEAF_COST, NODE_COST
        state[[places.INSTRUCTION_COST, places.COMPRESSION_COST]] = 0

    def run(self, room: int, budget: int) -> int:
        """Leaves logged by one call of the kernel."""
        interpreter, state = self.interpreter, self.interpreter.state
        mark = int(state[places.MARK]) + 1
        if mark > MOST_SHARDS:
            forget_shards(interpreter.marks)
            mark = 1
        state[:], interpreter.registers[:] = self.start, self.registers
        state[[places.MARK, places.BUDGET]] = mark, budget
        touched = np.full(room + 4 * NUM_ACCESSES, UNTOUCHED, np.uint64)
        saved = np.full((room + 4 * NUM_ACCESSES, 4), UNTOUCHED, np.int64)
        interpreter.touched, interpreter.saved = touched[:room], saved[:room]
        assert interpreter.run() in (places.BUDGET_USED, places.ENVIRONMENT_CALL)
        assert (touched[room:] == UNTOUCHED).all()
        assert (saved[room:] == UNTOUCHED).all()
        return int(state[places.NUM_TOUCHED])


@pytest.mark.parametrize(("misaligned_every", "call_every"), [(0, 0), (1, 0), (2, 0), (3, 0), (1, 5), (2, 3)])
def test_the_log_of_leaves_is_never_left_whatever_budget_remains(misaligned_every: int, call_every: int) -> None:
    stretch, most = _Stretch(_accesses(misaligned_every, call_every)), 0
    for room in range(places.SPARE_LEAVES, places.SPARE_LEAVES + 5):
        for budget in range(1, 12 * (STEP_COST + LEAF_COST + 30 * NODE_COST)):
            logged = stretch.run(room, budget)
            assert logged <= room
            most = max(most, logged)
    assert most >= places.SPARE_LEAVES - 1 or call_every  # the log did fill up


def test_a_stretch_that_ends_for_want_of_room_goes_on_with_more() -> None:
    """5000 misaligned accesses, each to two new leaves: more than the log holds at first, for many sizes of shards."""
    loop = [encode("ld", 7, 8, 0, 29), encode("addi", 8, 8, 0, 64), encode("addi", 5, 5, 0, -1),
            encode("bne", 0, 5, 0, -12)]  # fmt: skip
    program = Program.from_elf(build_elf([*load_immediate(5, 5000), *load_immediate(8, DATA_BASE), *loop, *EXIT]))
    for shard_cells in range(2**26 - 400, 2**26, 13):
        executor = Executor(program, shard_cells=shard_cells, with_records=False)
        list(executor.shards())
        assert executor.interpreter.state[places.NUM_TOUCHED] == 10_000
        assert executor.summary().misaligned_accesses == 5000


def _shard() -> tuple[Program, ShardRecord]:
    program = _accesses(3, 4)
    words = np.frombuffer(program.segments[0].data, "<u4").tolist()
    program = Program.from_elf(build_elf([*words, *EXIT], data=bytes(8)))
    (shard,) = execute(program, precompiles=(COPY,)).shards
    record(program, shard, (COPY,))
    return program, shard


def test_a_replay_stays_inside_its_events_when_a_record_allows_too_few() -> None:
    program, shard = _shard()
    rows = {name: len(found) for name, found in record(program, shard, (COPY,)).families.items()}
    ecalls, misaligned = rows.pop("ecall"), rows.pop("misaligned")
    used = [name for name, count in rows.items() if count]
    assert {"load_double", "store_double", "constant"} <= {*used}
    wrong = [replace(shard, family_rows=shard.family_rows | {name: rows[name] - 1}) for name in used]
    wrong += [replace(shard, num_misaligned=few) for few in range(misaligned)]
    wrong += [replace(shard, num_ecalls=few) for few in range(ecalls)]
    wrong += [replace(shard, num_calls={"copy": few}) for few in range(shard.num_calls["copy"])]
    for record_of_less in wrong:
        with pytest.raises(WitnessError, match="not of this program"):
            record(program, record_of_less, (COPY,))


def test_a_replay_ends_where_a_trap_is() -> None:
    """The record of a longer run: it would go on behind the end of the code, or behind a jump to nowhere."""
    _, shard = _shard()
    for tail in ([encode("addi", 1, 1)], [encode("jalr", 0, 0, immediate=8)], [encode("jal", 0, immediate=4096)], [0]):
        other = Program.from_elf(build_elf(tail))
        longer = replace(shard, pc_start=other.entry, num_steps=3, family_rows=dict.fromkeys(shard.family_rows, 9))
        with pytest.raises(WitnessError):
            record(other, longer, (COPY,))
