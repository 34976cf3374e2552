"""Runs a program fast, cuts the run into shards by trace area, and yields a replayable record of each.

Records come one by one, so that a run of any length needs the memory that the guest touches and one shard's log.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import partial

import numpy as np

from core_vm.errors import CycleLimitExceeded, InputTooLargeError, QuireError
from core_vm.given import check_function
from core_vm.host.room import MemoryRoom
from core_vm.machine.execute import places
from core_vm.machine.execute.blame import Blame
from core_vm.machine.execute.calls import RESULT_REGISTER, CallField, CallKind, OnOutput, refusal
from core_vm.machine.execute.claim_log import ClaimLog
from core_vm.machine.execute.cutting import Cutter
from core_vm.machine.execute.growth import SHARDS_OF_A_SIZE, Growth
from core_vm.machine.execute.guards import Guards
from core_vm.machine.execute.interpreter import Interpreter
from core_vm.machine.execute.metering import Meter
from core_vm.machine.execute.output import read_output
from core_vm.machine.execute.run_tree import RunTree, register_leaves
from core_vm.machine.execute.totals import Totals
from core_vm.machine.limits import MAX_SHARD_CELLS, MAX_SHARD_STEPS, check_positive
from core_vm.machine.precompile import Precompile
from core_vm.machine.program.program import Program
from core_vm.machine.shard import DEFAULT_SHARD_CELLS, Run, ShardRecord
from core_vm.state.memory_map import MAX_INPUT, NUM_REGISTERS
from core_vm.state.memory_tree import most_bytes
from core_vm.state.roots import region_bytes

_WRITE_AT_ONCE = 2**20

# What a leaf takes that the guest touches first: a page of memory, and pages of marks on its way to the root. Where
# little memory is left, the run pauses so soon that it cannot take more than that.
MOST_OF_A_LEAF = 2**16
_LEAVES_AT_LEAST = 256
_ANY_LEAVES = 2**32
# What is in memory at the start takes its copies, guest memory, and the tree above it.
_BYTES_PER_LOADED_BYTE = 6


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
        shards_of_a_size: int = SHARDS_OF_A_SIZE,
        looks_ahead: bool = False,
        max_cycles: int | None = None,
        precompiles: Sequence[Precompile] = (),
        profiles: Sequence[Collection[str]] = (),
        on_output: OnOutput | None = None,
        with_records: bool = True,
        room: MemoryRoom | None = None,
    ) -> None:
        """`salt` are the 24 bytes after the input's length: random for a private input, zero for a public one;
        `costs` are the cells of a row of each table (`Machine.row_cells`); `profiles` the names of the precompiles that
        a shard may call together (`Machine.called_together`), of all if there are none. Shards grow as `Growth` says,
        after so many of a size; sooner where it `looks_ahead`.

        A run that needs more memory than the `room` has ends in a ResourceError, here or later.
        """
        check_positive("max_cycles", max_cycles, "instructions")
        check_function("on_output", on_output)
        for name, cells in (("shard_cells", shard_cells), ("first_shard_cells", first_shard_cells)):
            check_positive(name, cells, "cells", at_most=MAX_SHARD_CELLS)
        if len(input_bytes) > MAX_INPUT:
            raise InputTooLargeError(f"the input has {len(input_bytes)} bytes, its region holds {MAX_INPUT}")
        self._max_cycles, self._guards = max_cycles, Guards.of(program)
        self._growth = Growth(first_shard_cells or shard_cells, shard_cells, shards_of_a_size)
        self._looks_ahead = looks_ahead
        self._again = partial(
            Executor, program, input_bytes, costs=costs, salt=salt, max_cycles=max_cycles, precompiles=precompiles,
            profiles=profiles, with_records=False, room=room,
        )  # fmt: skip
        self._on_output, self._room = on_output, room
        if room is not None:
            loaded = len(input_bytes) + sum(len(segment.data) for segment in program.segments)
            room.check(_BYTES_PER_LOADED_BYTE * loaded)
        self.interpreter = Interpreter(program, region_bytes(input_bytes, salt), precompiles, with_records)
        """The arrays of the run: what a test looks at, or bends."""
        self.tree = RunTree(program, self.interpreter.memory, len(input_bytes)) if with_records else None
        meter = Meter(program, costs)
        self._cutter = Cutter(meter, self.interpreter, profiles)
        self.interpreter.state[[places.NULL_END, places.GUARD_START, places.GUARD_END]] = self._guards.leaves
        self._blame = Blame(program, self._guards, self.interpreter)
        self._totals, self._claims = Totals(program), ClaimLog()
        self._halted, self._exit_code = False, 0

    def shards(self) -> Iterator[ShardRecord]:
        """Run to the end, a record at each cut; none at all when the executor makes no records."""
        while not self._halted:
            shard = self._next_shard()
            if shard is not None:
                yield shard

    def _next_shard(self) -> ShardRecord | None:
        """Run to the end of a shard, or of the run."""
        start_registers, pc_start = self.interpreter.registers.copy(), self.interpreter.pc
        self._cutter.begin(self._growth.limit(self._totals.num_shards, self._outlasts if self._looks_ahead else None))
        while not self._is_full():
            self._run_kernel()
            if self._halted:
                break
        return self._end_shard(start_registers, pc_start)

    def _outlasts(self, shards: int, cells: int) -> bool:
        """Whether so many shards of fewer than so many cells do not hold the run. It is executed once more from the
        start, which takes a thousandth of the time of proving them. What fails there fails in this run too, or lacks
        the memory for both: then it counts as short."""
        try:
            ahead = self._again(shard_cells=cells)
            while ahead._totals.num_shards < shards and not ahead._halted:
                ahead._next_shard()
        except QuireError:
            return False
        return not ahead._halted

    def summary(self) -> Run:
        """The whole run, once `shards()` is exhausted. Raises GuestTrap, OutputSpaceExhausted for a broken output."""
        output = read_output(self.interpreter.memory, self.interpreter.marks, self._blame)
        zero = (0,) * 8
        tree, totals = self.tree, self._totals
        return Run(
            output=output,
            exit_code=self._exit_code,
            cycles=totals.cycles,
            num_shards=totals.num_shards,
            misaligned_accesses=totals.misaligned,
            counts=totals.counts,
            input_root=tree.input_root if tree else zero,
            initial_root=tree.initial_root if tree else zero,
            final_root=tree.root if tree else zero,
            output_siblings=tree.output_siblings() if tree else (zero,) * 4,
            input_siblings=tree.input_siblings if tree else (),
            claims=tuple(self._claims.all),
        )

    def _is_full(self) -> bool:
        """Whether the shard has to end here; if not, sets the budget of the next stretch."""
        if self._cutter.is_full():
            return True
        self._cutter.grant()
        self.interpreter.make_room(0)
        self.interpreter.hot.consider(self.interpreter.counts)
        return False

    def _look_again_at(self) -> int:
        """The budget at which the run has to pause, since it may have reached a limit there: that of its cycles, or of
        the memory that is left. Raises CycleLimitExceeded, ResourceError where it has. Neither limit ends a stretch:
        runs are cut at the same places whatever memory there is."""
        num_steps, num_leaves = MAX_SHARD_STEPS, _ANY_LEAVES
        if self._max_cycles is not None:
            num_steps = self._max_cycles - self._totals.cycles - int(self.interpreter.state[places.NUM_STEPS])
            if num_steps <= 0:
                within = f"within {self._max_cycles} cycles"
                raise CycleLimitExceeded(f"the program did not halt {within}, at {self._blame.where()}")
        if self._room is not None:
            self._room.check()
            num_leaves = max(self._room.left() // MOST_OF_A_LEAF, _LEAVES_AT_LEAST)
        return self._cutter.left_after(num_steps, num_leaves)

    def _run_kernel(self) -> None:
        """One stretch: until the budget is used up, or the run halts."""
        interpreter, state = self.interpreter, self.interpreter.state
        look_again_at = self._look_again_at()
        while state[places.BUDGET] > 0 and not self._halted:
            if state[places.BUDGET] <= look_again_at:
                look_again_at = self._look_again_at()
            interpreter.hot.set_pause(look_again_at)
            status = interpreter.run()
            if status == places.BUDGET_USED and state[places.BUDGET] > 0:  # a pause
                interpreter.hot.consider(interpreter.counts)
            if status == places.ENVIRONMENT_CALL:
                self._environment_call(int(state[places.CALL_KIND]), int(state[places.FAULT]))
            elif status != places.BUDGET_USED:
                raise self._blame.stop()

    def _environment_call(self, kind: int, detail: int) -> None:
        """A call that the kernel left to us; `detail` is the place of a precompile, or the address to blame."""
        interpreter, registers, calls = self.interpreter, self.interpreter.registers, self.interpreter.calls
        if kind == CallKind.PRECOMPILE:
            calls.load(detail)
            self._cutter.prices.learn(detail)
            interpreter.make_room(int(calls.rows[detail, CallField.LEAVES]))
            if self._cutter.admit_call(detail) and calls.precompiles[detail].claims:
                self._claims.expect(int(calls.rows[detail, CallField.COUNT]), interpreter.operands(detail))
            return
        if kind == CallKind.EXIT:
            self._halted, self._exit_code = True, int(registers[10]) & 0xFFFFFFFF
        elif kind == CallKind.WRITE:
            stream, address, size = (int(registers[register]) % 2**64 for register in (10, 11, 12))
            self._write(stream, address, size)
            registers[RESULT_REGISTER] = registers[12]
        else:
            raise self._blame.trap(refusal(kind, detail, registers, calls.precompiles))
        interpreter.count_step()
        if not self._halted:  # else what is wrong with the end of the run is reported here
            interpreter.step_over()

    def _write(self, stream: int, address: int, size: int) -> None:
        if self._guards.holds(address, size):
            raise self._blame.bad_access(address)
        if self._on_output is None:
            return
        for start in range(address, address + size, _WRITE_AT_ONCE):
            stop = min(start + _WRITE_AT_ONCE, address + size)
            self._on_output(stream, self.interpreter.memory.bytes[start:stop].tobytes())

    def _end_shard(self, start_registers: np.ndarray, pc_start: int) -> ShardRecord | None:
        """Account for the shard; its record if records are wanted."""
        interpreter, cells = self.interpreter, self._cutter.measure().cells
        counted = self._totals.end_shard(interpreter)
        claims = self._claims.end_shard(interpreter.calls.num_claims)
        if self.tree is None:
            return None
        touched, before = interpreter.sorted_log()
        if self._room is not None:
            self._room.check(most_bytes(touched))
        opened = self.tree.advance(
            touched,
            before,
            register_leaves(start_registers[:NUM_REGISTERS]),
            register_leaves(interpreter.registers[:NUM_REGISTERS]),
        )
        return ShardRecord(
            pc_start=pc_start,
            pc_end=0 if self._halted else interpreter.pc,
            halted=self._halted,
            exit_code=self._exit_code if self._halted else 0,
            num_calls=interpreter.calls.counts,
            cells=cells,
            **counted,
            **opened,
            **claims,
        )
