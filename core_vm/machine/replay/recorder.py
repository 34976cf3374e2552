"""Replays one shard from its record alone and keeps what its tables need. Runs in any process."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np

from core_vm.errors import WitnessError
from core_vm.host.scratch import recycled
from core_vm.isa.forms import FAMILIES, family_numbers
from core_vm.isa.operations import MISALIGNED_FAMILY
from core_vm.machine.event_words import ECALL_WIDTH, EVENT_WIDTH, MISALIGNED_WIDTH, RENEWAL_WIDTH
from core_vm.machine.execute.actions import NUM_KERNEL_REGISTERS, pack_code
from core_vm.machine.execute.arena import GuestMemory, new_times
from core_vm.machine.execute.calls import CallField, CallKind, CallTable, refusal
from core_vm.machine.execute.run_tree import register_leaves
from core_vm.machine.limits import most_renewals
from core_vm.machine.precompile import POINTER_REGISTERS, Precompile, PrecompileEvents
from core_vm.machine.replay import kernels
from core_vm.machine.shard import ShardEvents, ShardRecord
from core_vm.state.memory_map import FIRST_TIME, NUM_REGISTER_LEAVES, NUM_REGISTERS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from core_vm.machine.program.program import Program


class _Arena:
    """Memory and times of a replay. Kept between shards, because mapping pages anew costs more than clearing them."""

    def __init__(self) -> None:
        self.memory, self.times = GuestMemory(), new_times()


_free_arenas: list[_Arena] = []
_lock = threading.Lock()


@contextmanager
def _arena(leaves: np.ndarray, before: np.ndarray) -> Iterator[_Arena]:
    """An arena whose memory holds `before` at `leaves`, zero elsewhere; cleared again at the end."""
    with _lock:
        arena = _free_arenas.pop() if _free_arenas else _Arena()
    arena.memory.leaves[leaves] = before
    yield arena
    # Not reached after an error: then nobody knows what the replay touched, and the arena is dropped.
    arena.memory.leaves[leaves] = 0
    arena.times.reshape(-1, 4)[leaves] = 0
    with _lock:
        _free_arenas.append(arena)


def record(program: Program, shard: ShardRecord, precompiles: Sequence[Precompile] = ()) -> ShardEvents:
    """The events of a shard. Raises WitnessError when the record is not of this program."""
    memory_leaves = shard.leaves[:-NUM_REGISTER_LEAVES].astype(np.int64)
    with _arena(memory_leaves, shard.before[:-NUM_REGISTER_LEAVES]) as arena:
        replay = _Replay(program, shard, precompiles, arena)
        replay.run()
        after = arena.memory.leaves[memory_leaves]
        last_times = arena.times.reshape(-1, 4)[memory_leaves]
    register_times = register_leaves(replay.register_times[:NUM_REGISTERS]).astype(np.uint32)
    executed = np.flatnonzero(replay.counts)
    executed = executed[np.argsort(program.pc_index[executed])]
    return ShardEvents(
        families=replay.families(),
        renewals=replay.renewals(),
        program_counts=(program.pc_index[executed], replay.counts[executed]),
        leaves=shard.leaves,
        before=shard.before,
        after=np.concatenate([after, register_leaves(replay.registers[:NUM_REGISTERS])]),
        last_times=np.concatenate([last_times, register_times]),
        precompiles=replay.calls(),
        num_steps=shard.num_steps,
        pc_start=shard.pc_start,
        pc_end=shard.pc_end,
        halted=shard.halted,
        exit_code=shard.exit_code,
    )


class _Replay:
    def __init__(self, program: Program, shard: ShardRecord, precompiles: Sequence[Precompile], arena: _Arena) -> None:
        self._program, self._shard, self._arena = program, shard, arena
        self.registers = np.zeros(NUM_KERNEL_REGISTERS, np.int64)
        self.registers[:NUM_REGISTERS] = shard.before[-NUM_REGISTER_LEAVES:].reshape(-1)[:NUM_REGISTERS].view(np.int64)
        self.register_times = np.zeros(NUM_KERNEL_REGISTERS, np.int64)
        self.counts = np.zeros(len(program.pc_index), np.int64)
        sizes = [EVENT_WIDTH * shard.family_rows.get(family, 0) for family in FAMILIES]
        self._starts = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
        self._cursors = np.stack([self._starts[:-1], self._starts[1:]], axis=1)
        self._events = recycled(int(self._starts[-1]), np.int64)
        self._misaligned = np.empty((shard.num_misaligned, MISALIGNED_WIDTH), np.int64)
        self._ecalls = np.empty((shard.num_ecalls, ECALL_WIDTH), np.int64)
        self._renewals = np.empty((most_renewals(shard.num_steps), RENEWAL_WIDTH), np.int64)
        self._calls = CallTable(precompiles)
        self._log = np.empty(self._allot_log(), np.uint64)
        self._state = np.zeros(kernels.STATE_SIZE, np.int64)
        self._state[kernels.SLOT] = program.slot_of(np.array(shard.pc_start // 4))
        self._state[kernels.STEPS_LEFT], self._state[kernels.TIME] = shard.num_steps, FIRST_TIME

    def _allot_log(self) -> int:
        """Give each precompile its part of the log and load those that are called; returns the words of all parts."""
        end = 0
        for place, precompile in enumerate(self._calls.precompiles):
            row, count = self._calls.rows[place], self._shard.num_calls.get(precompile.name, 0)
            row[CallField.LOG_CURSOR] = end
            end += count * _log_width(row)
            row[CallField.LOG_END] = end
            if count:
                self._calls.load(place)
        return end

    def run(self) -> None:
        state, index = self._state, self._shard.index
        kernels.replay(
            pack_code(self._program), family_numbers(self._program.instructions), self._program.pc_index,
            self._program.code_ranges, self.registers, self.register_times, self._arena.memory.views[3],
            self._arena.times, self._events, self._cursors, self._misaligned, self._calls.rows, self._log,
            self._ecalls, self._renewals, self.counts, state,
        )  # fmt: skip
        self._check_room()
        if state[kernels.CALL_KIND] > CallKind.PRECOMPILE:
            kind, address = int(state[kernels.CALL_KIND]), int(state[kernels.FAULT])
            raise WitnessError(f"shard {index}: {refusal(kind, address, self.registers, self._calls.precompiles)}")
        if state[kernels.IS_BROKEN]:
            raise WitnessError(f"shard {index}: the record is not of this program")
        end = 0 if self._shard.halted else int(self._program.pc_index[state[kernels.SLOT]]) * 4
        if end != self._shard.pc_end:
            raise WitnessError(f"shard {index}: the replay ends at 0x{end:x}, not 0x{self._shard.pc_end:x}")

    def _check_room(self) -> None:
        """The kernel counts before it writes; should that ever fail, nothing in this process can be trusted."""
        rows, state = self._calls.rows, self._state
        if (
            np.any(self._cursors[:, 0] > self._cursors[:, 1])
            or np.any(rows[:, CallField.LOG_CURSOR] > rows[:, CallField.LOG_END])
            or state[kernels.NUM_MISALIGNED] > len(self._misaligned)
            or state[kernels.NUM_ECALLS] > len(self._ecalls)
            or state[kernels.NUM_RENEWALS] > len(self._renewals)
        ):
            raise AssertionError(f"shard {self._shard.index}: the replay wrote beyond its events")

    def families(self) -> dict[str, np.ndarray]:
        rows = {}
        for number, family in enumerate(FAMILIES):
            part = self._events[self._starts[number] : self._cursors[number, 0]]
            rows[family] = part.view(np.uint64).reshape(-1, EVENT_WIDTH)
        rows[MISALIGNED_FAMILY] = self._misaligned[: self._state[kernels.NUM_MISALIGNED]].view(np.uint64)
        rows["ecall"] = self._ecalls[: self._state[kernels.NUM_ECALLS]].view(np.uint64)
        return rows

    def renewals(self) -> np.ndarray:
        return self._renewals[: self._state[kernels.NUM_RENEWALS]].view(np.uint64)

    def calls(self) -> dict[str, PrecompileEvents]:
        """The calls of every precompile of the machine, if only none."""
        found, start = {}, 0
        for precompile, row in zip(self._calls.precompiles, self._calls.rows, strict=True):
            logged = self._log[start : row[CallField.LOG_CURSOR]].reshape(-1, _log_width(row))
            found[precompile.name] = _call_events(precompile, logged)
            start = row[CallField.LOG_END]
        return found


def _log_width(call: np.ndarray) -> int:
    return kernels.LOG_HEADER + 3 * int(call[CallField.DWORDS])


def _call_events(precompile: Precompile, log: np.ndarray) -> PrecompileEvents:
    """The columns of a log, uint64 (calls, width), whose rows are as `kernels.replay` writes them."""
    widths = [operand.dwords for operand in precompile.operands]
    arguments = log[:, 1 : kernels.LOG_HEADER].copy()
    stops = kernels.LOG_HEADER + np.cumsum(3 * widths)
    parts = [log[:, stop - width : stop].copy() for stop, width in zip(stops, 3 * widths, strict=True)]
    count = len(widths)
    return PrecompileEvents(
        times=log[:, 0].astype(np.uint32),
        arguments=arguments,
        pointers=[arguments[:, operand.register - POINTER_REGISTERS[0]].copy() for operand in precompile.operands],
        before=parts[:count],
        previous_times=[part.astype(np.uint32) for part in parts[count : 2 * count]],
        after=parts[2 * count :],
    )
