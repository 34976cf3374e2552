"""Replays one shard from its record alone and keeps what its tables need. Runs in any process."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np

from core_vm.errors import WitnessError
from core_vm.isa.operations import FAMILIES, MISALIGNED_FAMILY
from core_vm.machine import record_kernels as kernels
from core_vm.machine.actions import NUM_KERNEL_REGISTERS, family_numbers, pack_code
from core_vm.machine.arena import GuestMemory, new_times, recycled_words
from core_vm.machine.environment import (
    NUMBER_REGISTER,
    RESULT_REGISTER,
    CallKind,
    CallRefusedError,
    EnvironmentCall,
    compute_operands,
    read_call,
)
from core_vm.machine.memory_map import FIRST_TIME, NUM_REGISTER_LEAVES, NUM_REGISTERS
from core_vm.machine.node_rows import NodeRows, node_rows, program_node_rows
from core_vm.machine.precompile import Precompile, PrecompileEvents
from core_vm.machine.run_tree import register_leaves
from core_vm.machine.shard import ShardEvents, ShardRecord

if TYPE_CHECKING:
    from collections.abc import Iterator

    from core_vm.machine.program import Program

__all__ = ["NodeRows", "node_rows", "program_node_rows", "record"]

_ROW = 8


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
        program_counts=(program.pc_index[executed], replay.counts[executed]),
        leaves=shard.leaves,
        before=shard.before,
        after=np.concatenate([after, register_leaves(replay.registers[:NUM_REGISTERS])]),
        last_times=np.concatenate([last_times, register_times]),
        precompiles={name: log.events() for name, log in replay.calls.items()},
        num_steps=shard.num_steps,
        pc_start=shard.pc_start,
        pc_end=shard.pc_end,
        halted=shard.halted,
        exit_code=shard.exit_code,
    )


class _Replay:
    def __init__(self, program: Program, shard: ShardRecord, precompiles: Sequence[Precompile], arena: _Arena) -> None:
        self._program, self._shard, self._arena = program, shard, arena
        self._precompiles = {precompile.number: precompile for precompile in precompiles}
        self.calls = {precompile.name: _CallLog(precompile) for precompile in precompiles}
        self.registers = np.zeros(NUM_KERNEL_REGISTERS, np.int64)
        self.registers[:NUM_REGISTERS] = shard.before[-NUM_REGISTER_LEAVES:].reshape(-1)[:NUM_REGISTERS].view(np.int64)
        self.register_times = np.zeros(NUM_KERNEL_REGISTERS, np.int64)
        self.counts = np.zeros(len(program.pc_index), np.int64)
        sizes = [_ROW * shard.family_rows.get(family, 0) for family in FAMILIES]
        self._starts = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
        self._cursors = np.stack([self._starts[:-1], self._starts[1:]], axis=1)
        self._events = recycled_words(int(self._starts[-1]))
        self._misaligned = np.empty((shard.num_misaligned, 10), np.int64)
        self._ecalls: list[list[int]] = []
        self._state = np.zeros(kernels.STATE_SIZE, np.int64)
        self._state[kernels.SLOT] = program.slot_of(np.array(shard.pc_start // 4))
        self._state[kernels.STEPS_LEFT], self._state[kernels.TIME] = shard.num_steps, FIRST_TIME

    def run(self) -> None:
        code, families = pack_code(self._program), family_numbers(self._program)
        state = self._state
        while state[kernels.STEPS_LEFT]:
            kernels.replay(
                code, families, self._program.pc_index, self._program.code_ranges, self.registers, self.register_times,
                self._arena.memory.views[3], self._arena.times, self._events, self._cursors, self._misaligned,
                self.counts, state,
            )  # fmt: skip
            if state[kernels.IS_BROKEN]:
                raise WitnessError(f"shard {self._shard.index}: the record is not of this program")
            if state[kernels.STEPS_LEFT]:
                self._environment_call()
        end = 0 if self._shard.halted else int(self._program.pc_index[state[kernels.SLOT]]) * 4
        if end != self._shard.pc_end:
            raise WitnessError(f"shard {self._shard.index}: the replay ends at 0x{end:x}, not 0x{self._shard.pc_end:x}")

    def families(self) -> dict[str, np.ndarray]:
        rows = {}
        for number, family in enumerate(FAMILIES):
            part = self._events[self._starts[number] : self._cursors[number, 0]]
            rows[family] = part.view(np.uint64).reshape(-1, _ROW)
        rows[MISALIGNED_FAMILY] = self._misaligned[: self._state[kernels.NUM_MISALIGNED]].view(np.uint64)
        rows["ecall"] = np.array(self._ecalls, np.uint64).reshape(-1, 12)
        return rows

    def _environment_call(self) -> None:
        state, registers, times = self._state, self.registers, self.register_times
        time, slot = int(state[kernels.TIME]), int(state[kernels.SLOT])
        try:
            call = read_call(registers, self._precompiles)
        except CallRefusedError as refusal:
            raise WitnessError(f"shard {self._shard.index}: {refusal}") from None
        operands = (NUMBER_REGISTER, 10, 11, 12)
        values, previous = ([int(array[r]) % 2**64 for r in operands] for array in (registers, times))
        times[list(operands)] = time
        if call.kind == CallKind.WRITE:
            registers[RESULT_REGISTER] = call.size
        elif call.kind == CallKind.PRECOMPILE:
            self._call_precompile(call, time, values[1:])
        times[RESULT_REGISTER] = time + 3
        self._ecalls.append([
            int(self._program.pc_index[slot]) | time << 32, *values, previous[0] | previous[1] << 32,
            previous[2] | previous[3] << 32, int(registers[RESULT_REGISTER]) % 2**64, int(call.kind), 0, 0, 0,
        ])  # fmt: skip
        self.counts[slot] += 1
        state[kernels.SLOT] += 1
        state[kernels.TIME] += 4
        state[kernels.STEPS_LEFT] -= 1

    def _call_precompile(self, call: EnvironmentCall, time: int, arguments: list[int]) -> None:
        assert call.precompile is not None
        dwords, times, before, previous = self._arena.memory.dwords, self._arena.times, [], []
        spans = [
            slice(address // 8, address // 8 + operand.dwords)
            for address, operand in zip(call.addresses, call.precompile.operands, strict=True)
        ]
        for place, span in enumerate(spans):
            before.append(dwords[span].copy())
            previous.append(times[span].copy())
            times[span] = time + 1 + place
        after = compute_operands(call, before)
        for span, operand, value in zip(spans, call.precompile.operands, after, strict=True):
            if operand.access == "write":
                dwords[span] = value
        self.calls[call.precompile.name].append(time, arguments, call.addresses, before, previous, after)


class _CallLog:
    """The calls of one precompile, gathered one by one."""

    def __init__(self, precompile: Precompile) -> None:
        self._operands = precompile.operands
        self._times: list[int] = []
        self._arguments: list[list[int]] = []
        self._per_operand: list[list[list]] = [[[] for _ in precompile.operands] for _ in range(4)]

    def append(self, time: int, arguments: list[int], addresses: Sequence[int], *values: list[np.ndarray]) -> None:
        self._times.append(time)
        self._arguments.append(arguments)
        for gathered, items in zip(self._per_operand, (addresses, *values), strict=True):
            for operand, item in zip(gathered, items, strict=True):
                operand.append(item)

    def events(self) -> PrecompileEvents:
        pointers, before, previous, after = self._per_operand
        widths = [operand.dwords for operand in self._operands]

        def stack(gathered: list[list], dtype: type) -> list[np.ndarray]:
            return [np.array(rows, dtype).reshape(-1, width) for rows, width in zip(gathered, widths, strict=True)]

        return PrecompileEvents(
            np.array(self._times, np.uint32),
            np.array(self._arguments, np.uint64).reshape(-1, 3),
            [np.array(column, np.uint64) for column in pointers],
            stack(before, np.uint64),
            stack(previous, np.uint32),
            stack(after, np.uint64),
        )
