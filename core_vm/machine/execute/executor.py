"""Runs a program fast, cuts the run into shards by trace area, and yields a replayable record of each.

`execute` is the front door; `Executor` yields the records one by one, so that a run of any length needs the memory that
the guest touches and one shard's log.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np

from core_vm.errors import CycleLimitExceeded, GuestTrap, InputTooLargeError
from core_vm.host.room import MemoryRoom
from core_vm.isa.operations import FAMILIES, MISALIGNED_FAMILY, NUM_OPERATIONS, Operation
from core_vm.machine.execute import kernels, traps
from core_vm.machine.execute.actions import NUM_KERNEL_REGISTERS, family_numbers, pack_code
from core_vm.machine.execute.arena import GuestMemory
from core_vm.machine.execute.calls import RESULT_REGISTER, CallField, CallKind, CallTable, OnOutput, refusal
from core_vm.machine.execute.cutting import Cutter
from core_vm.machine.execute.guards import Guards
from core_vm.machine.execute.marks import initial_marks
from core_vm.machine.execute.metering import Meter
from core_vm.machine.execute.output import read_output
from core_vm.machine.execute.run_tree import RunTree, register_leaves
from core_vm.machine.limits import MAX_SHARD_CELLS, MAX_SHARD_STEPS, check_positive
from core_vm.machine.precompile import Precompile
from core_vm.machine.program.program import Program
from core_vm.machine.shard import DEFAULT_SHARD_CELLS, Run, ShardRecord, shard_limit
from core_vm.state.memory_map import INPUT_START, MAX_INPUT, NUM_REGISTERS
from core_vm.state.memory_tree import most_bytes
from core_vm.state.roots import region_bytes

_WRITE_AT_ONCE = 2**20

# What a leaf takes that the guest touches first: a page of memory, and pages of marks on its way to the root. Where
# little memory is left, a stretch is cut so short that it cannot take more than that.
_MOST_OF_A_LEAF = 2**16
_LEAVES_AT_LEAST = 256
# What is in memory at the start takes its copies, guest memory, and the tree above it.
_BYTES_PER_LOADED_BYTE = 6


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
    on_output: OnOutput | None = None,
    on_shard: Callable[[ShardRecord], None] | None = None,
    with_records: bool = True,
) -> Run:
    """Run `program` to its end.

    `costs` are the cells of a row of each table, by its name (`Machine.row_cells`).
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


class Executor:
    """One run in progress. Iterate over `shards()`, then ask for the `summary()`."""

    def __init__(
        self,
        program: Program,
        input_bytes: bytes = b"",
        *,
        costs: Mapping[str, int],
        salt: bytes = bytes(24),
        shard_cells: int = DEFAULT_SHARD_CELLS,
        first_shard_cells: int | None = None,
        max_cycles: int | None = None,
        precompiles: Sequence[Precompile] = (),
        on_output: OnOutput | None = None,
        with_records: bool = True,
        room: MemoryRoom | None = None,
    ) -> None:
        """`salt` are the 24 bytes after the input's length: random for a private input, zero for a public one;
        `costs` are the cells of a row of each table (`Machine.row_cells`).

        A run that needs more memory than the `room` has ends in a ResourceError, here or later.
        """
        check_positive("max_cycles", max_cycles, "instructions")
        for name, cells in (("shard_cells", shard_cells), ("first_shard_cells", first_shard_cells)):
            check_positive(name, cells, "cells", at_most=MAX_SHARD_CELLS)
        if len(input_bytes) > MAX_INPUT:
            raise InputTooLargeError(f"the input has {len(input_bytes)} bytes, its region holds {MAX_INPUT}")
        self._program, self._max_cycles, self._guards = program, max_cycles, Guards.of(program)
        self._largest_shard, self._first_shard = shard_cells, first_shard_cells or shard_cells
        self._on_output, self._room = on_output, room
        if room is not None:
            loaded = len(input_bytes) + sum(len(segment.data) for segment in program.segments)
            room.check(_BYTES_PER_LOADED_BYTE * loaded)
        self._calls = CallTable(precompiles)
        self._code, self._families = pack_code(program), family_numbers(program)
        self._memory = GuestMemory(forked=False)
        self._registers = np.zeros(NUM_KERNEL_REGISTERS, np.int64)
        self._marks = self._load(region_bytes(input_bytes, salt))
        self._tree = RunTree(program, self._memory, len(input_bytes)) if with_records else None
        self._counts = np.zeros(len(self._code), np.int64)
        self._state = np.zeros(kernels.STATE_SIZE, np.int64)
        self._state[kernels.SLOT] = self._state[kernels.PREVIOUS_SLOT] = program.slot_of(np.array(program.entry // 4))
        meter = Meter(program, costs)
        self._cutter = Cutter(meter, self._calls, self._code, self._counts, self._marks, self._state)
        self._state[[kernels.NULL_END, kernels.GUARD_START, kernels.GUARD_END]] = self._guards.leaves
        self._touched, self._saved = np.zeros(2**12, np.uint64), np.zeros((2**12, 4), np.int64)
        self._operation_counts = np.zeros(NUM_OPERATIONS, np.int64)
        self._cycles = self._num_shards = self._misaligned = 0
        self._halted, self._exit_code = False, 0

    def _load(self, input_region: bytes) -> np.ndarray:
        """Fill the memory; returns the marks of the tree over it."""
        leaves, contents = self._program.image_leaves
        self._memory.leaves[leaves] = contents
        self._memory.bytes[INPUT_START : INPUT_START + len(input_region)] = np.frombuffer(input_region, np.uint8)
        segments = [(segment.address, len(segment.data)) for segment in self._program.segments]
        return initial_marks([*segments, (INPUT_START, len(input_region))])

    def shards(self) -> Iterator[ShardRecord]:
        """Run to the end, a record at each cut; none at all when the executor makes no records."""
        while not self._halted:
            start_registers, pc_start = self._registers.copy(), self._pc()
            self._cutter.begin(shard_limit(self._num_shards, self._first_shard, self._largest_shard))
            while not self._is_full():
                self._run_kernel()
                if self._halted:
                    break
            shard = self._end_shard(start_registers, pc_start)
            if shard is not None:
                yield shard

    def summary(self) -> Run:
        """The whole run, once `shards()` is exhausted. Raises GuestTrap, OutputSpaceExhausted for a broken output."""
        output = read_output(self._memory, self._marks, self._trap, self._where())
        counts = {op.name.lower(): int(self._operation_counts[op]) for op in Operation if self._operation_counts[op]}
        zero = (0,) * 8
        tree = self._tree
        return Run(
            output=output,
            exit_code=self._exit_code,
            cycles=self._cycles,
            num_shards=self._num_shards,
            misaligned_accesses=self._misaligned,
            counts=counts,
            input_root=tree.input_root if tree else zero,
            initial_root=tree.initial_root if tree else zero,
            final_root=tree.root if tree else zero,
            output_siblings=tree.output_siblings() if tree else (zero,) * 4,
            input_siblings=tree.input_siblings if tree else (),
        )

    def _is_full(self) -> bool:
        """Whether the shard has to end here; if not, sets the budget of the next stretch."""
        if self._cutter.is_full():
            return True
        steps = int(self._state[kernels.NUM_STEPS])
        if self._max_cycles is not None and self._cycles + steps >= self._max_cycles:
            raise CycleLimitExceeded(f"the program did not halt within {self._max_cycles} cycles, at {self._where()}")
        allowed = MAX_SHARD_STEPS - steps
        if self._max_cycles is not None:
            allowed = min(allowed, self._max_cycles - self._cycles - steps)
        self._cutter.grant(allowed, self._affordable())
        self._make_room(0)
        return False

    def _affordable(self) -> int:
        """New leaves after which the memory that is left has to be looked at again."""
        if self._room is None:
            return 2**32
        self._room.check()
        return max(self._room.left() // _MOST_OF_A_LEAF, _LEAVES_AT_LEAST)

    def _make_room(self, num_leaves: int) -> None:
        """Room in the log for so many leaves more, and some to spare."""
        needed = int(self._state[kernels.NUM_TOUCHED]) + num_leaves + kernels.SPARE_LEAVES
        if needed > len(self._touched):
            size = 2 * needed
            self._touched = np.concatenate([self._touched, np.zeros(size - len(self._touched), np.uint64)])
            self._saved = np.concatenate([self._saved, np.zeros((size - len(self._saved), 4), np.int64)])

    def _run_kernel(self) -> None:
        """One stretch: until the budget is used up, or the run halts."""
        state = self._state
        while state[kernels.BUDGET] > 0 and not self._halted:
            kernels.run(
                self._code, self._program.pc_index, self._program.code_ranges, self._registers, *self._memory.views,
                self._marks, self._touched, self._saved, self._calls.rows, self._counts, state,
            )  # fmt: skip
            if state[kernels.NUM_TOUCHED] > len(self._touched):
                raise AssertionError("the interpreter wrote beyond its log: nothing in this process can be trusted")
            if state[kernels.STATUS] == kernels.ENVIRONMENT_CALL:
                self._environment_call(int(state[kernels.CALL_KIND]), int(state[kernels.FAULT]))
            elif state[kernels.STATUS] != kernels.BUDGET_USED:
                if state[kernels.STATUS] == kernels.NOT_OWNED:
                    state[kernels.SLOT] = state[kernels.PREVIOUS_SLOT]
                raise self._trap(self._trap_reason())

    def _environment_call(self, kind: int, detail: int) -> None:
        """A call that the kernel left to us; `detail` is the place of a precompile, or the address to blame."""
        if kind == CallKind.PRECOMPILE:
            self._calls.load(detail)
            self._make_room(int(self._calls.rows[detail, CallField.LEAVES]))
            self._cutter.admit_call(detail, self._registers)
            return
        if kind == CallKind.EXIT:
            self._halted, self._exit_code = True, int(self._registers[10]) & 0xFFFFFFFF
        elif kind == CallKind.WRITE:
            stream, address, size = (int(self._registers[register]) % 2**64 for register in (10, 11, 12))
            self._write(stream, address, size)
            self._registers[RESULT_REGISTER] = self._registers[12]
        else:
            raise self._trap(refusal(kind, detail, self._registers, self._calls.precompiles))
        state = self._state
        self._counts[state[kernels.SLOT]] += 1
        state[kernels.NUM_STEPS] += 1
        state[kernels.BUDGET] -= state[kernels.STEP_COST]
        if not self._halted:  # else what is wrong with the end of the run is reported here
            state[kernels.PREVIOUS_SLOT] = state[kernels.SLOT]
            state[kernels.SLOT] += 1

    def _write(self, stream: int, address: int, size: int) -> None:
        if self._guards.holds(address, size):
            raise self._trap(self._guards.diagnosis(address, self._registers))
        if self._on_output is None:
            return
        for start in range(address, address + size, _WRITE_AT_ONCE):
            stop = min(start + _WRITE_AT_ONCE, address + size)
            self._on_output(stream, self._memory.bytes[start:stop].tobytes())

    def _end_shard(self, start_registers: np.ndarray, pc_start: int) -> ShardRecord | None:
        """Account for the shard; its record if records are wanted."""
        state, cells = self._state, self._cutter.measure().cells
        steps, misaligned = int(state[kernels.NUM_STEPS]), int(state[kernels.NUM_MISALIGNED])
        by_operation = np.bincount(self._program.instructions.operation, self._counts, NUM_OPERATIONS).astype(np.int64)
        self._operation_counts += by_operation
        self._cycles += steps
        self._misaligned += misaligned
        self._num_shards += 1
        if self._tree is None:
            return None
        count = int(state[kernels.NUM_TOUCHED])
        order = np.argsort(self._touched[:count])
        touched = self._touched[:count][order].astype(np.int64)
        if self._room is not None:
            self._room.check(most_bytes(touched))
        opened = self._tree.advance(
            touched,
            self._saved[:count][order].view(np.uint64),
            register_leaves(start_registers[:NUM_REGISTERS]),
            register_leaves(self._registers[:NUM_REGISTERS]),
        )
        rows = np.bincount(self._families, self._counts, len(FAMILIES)).astype(np.int64)
        return ShardRecord(
            index=self._num_shards - 1,
            pc_start=pc_start,
            pc_end=0 if self._halted else self._pc(),
            num_steps=steps,
            halted=self._halted,
            exit_code=self._exit_code if self._halted else 0,
            **opened,
            family_rows={name: int(rows[i]) for i, name in enumerate(FAMILIES) if name != MISALIGNED_FAMILY},
            num_misaligned=misaligned,
            num_ecalls=int(by_operation[Operation.ECALL]),
            num_calls=self._calls.counts,
            cells=cells,
        )

    def _pc(self) -> int:
        return int(self._program.pc_index[self._state[kernels.SLOT]]) * 4

    def _where(self) -> str:
        symbol = self._program.symbol_at(self._pc())
        return f"0x{self._pc():08x}" + (f" in {symbol}" if symbol else "")

    def _trap(self, reason: str) -> GuestTrap:
        """The trap at the current instruction; a place without code is blamed on what led there."""
        slot, pc = int(self._state[kernels.SLOT]), self._pc()
        if not self._program.has_code[slot]:
            pc = int(self._program.pc_index[self._state[kernels.PREVIOUS_SLOT]]) * 4
        values = tuple(int(value) % 2**64 for value in self._registers[:32])
        return GuestTrap(reason, pc, self._program.symbol_at(pc), values)

    def _trap_reason(self) -> str:
        state, null_end = self._state, self._guards.null_end
        fault = int(state[kernels.FAULT]) % 2**64
        if state[kernels.STATUS] == kernels.BAD_ADDRESS:
            return traps.bad_access(fault)
        if state[kernels.STATUS] == kernels.NOT_OWNED:
            return self._guards.diagnosis(fault, self._registers)
        if state[kernels.STATUS] == kernels.BAD_JUMP:
            return traps.bad_jump(fault, null_end)
        return traps.no_instruction(
            self._program, int(state[kernels.SLOT]), int(state[kernels.PREVIOUS_SLOT]), null_end
        )
