"""The compiled interpreter and the arrays that it works on, for one run of a program."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core_vm.machine.execute import kernels, places
from core_vm.machine.execute.actions import pack_code
from core_vm.machine.execute.arena import GuestMemory
from core_vm.machine.execute.calls import CallField, CallTable
from core_vm.machine.execute.hot.blocks import MOST_INSTRUCTIONS
from core_vm.machine.execute.hot.hot_code import HotCode
from core_vm.machine.execute.marks import initial_marks
from core_vm.machine.execute.pending_kernels import PENDING_SIZE
from core_vm.machine.precompile import Precompile
from core_vm.machine.program.program import Program
from core_vm.state.memory_map import INPUT_START


class Interpreter:
    """Stands before the program's first instruction, its image and the input's region loaded; see `kernels.run`.

    `registers` (64,) and `state` are int64, `counts` (slots,) int64 are the executions of each slot in this shard,
    `touched` uint64 and `saved` (., 4) int64 the log of the leaves that it touched first, if it is kept: otherwise that
    of the last few, so that the processor's caches have room for something else.
    """

    def __init__(
        self, program: Program, input_region: bytes, precompiles: Sequence[Precompile], keeps_log: bool = True
    ) -> None:
        self.program, self.calls = program, CallTable(precompiles)
        self.code = pack_code(program)
        self.memory = GuestMemory(forked=False)
        self.marks = self._load(input_region)
        self.counts = np.zeros(len(self.code), np.int64)
        self._shared = np.zeros(places.COUNTS_AT + MOST_INSTRUCTIONS, np.int64)
        self.registers = self._shared[: places.STATE_AT]
        self.state = self._shared[places.STATE_AT : places.COUNTS_AT]
        self.state[places.SLOT] = self.state[places.PREVIOUS_SLOT] = program.slot_of(np.array(program.entry // 4))
        self.hot = HotCode(program, self.code, self.memory, self.marks, self.state)
        self.values = np.zeros(self.calls.rows[:, CallField.DWORDS].max(initial=1), np.uint64)
        self._keeps_log, self._room = keeps_log, 2**12
        size = self._room if keeps_log else PENDING_SIZE
        self.state[places.LOG_MASK] = -1 if keeps_log else size - 1
        self.touched, self.saved = np.zeros(size, np.uint64), np.zeros((size, 4), np.int64)
        self._bind()

    def _load(self, input_region: bytes) -> np.ndarray:
        """Fill the memory; returns the marks of the tree over it."""
        leaves, contents = self.program.image_leaves
        self.memory.leaves[leaves] = contents
        self.memory.bytes[INPUT_START : INPUT_START + len(input_region)] = np.frombuffer(input_region, np.uint8)
        segments = [(segment.address, len(segment.data)) for segment in self.program.segments]
        return initial_marks([*segments, (INPUT_START, len(input_region))])

    def run(self) -> int:
        """One call of the kernel; returns state[STATUS]. `make_room` must have been called before."""
        self.hot.prepare(self.touched, self.saved)
        self.state[places.LOG_ROOM] = room = len(self.touched) if self._keeps_log else self._room
        if self._bound_to[0] is not self.touched or self._bound_to[1] is not self.hot.blocks:
            self._bind()
        self._kernel()
        if self.state[places.NUM_TOUCHED] > room:
            raise AssertionError("the interpreter wrote beyond its log: nothing in this process can be trusted")
        return int(self.state[places.STATUS])

    def _bind(self) -> None:
        """The kernel on all the arrays as they are now: a run calls it hundreds of times."""
        self._bound_to = self.touched, self.hot.blocks
        self._kernel = kernels.run.bound(
            self.code, self.program.pc_index, self.program.code_ranges, self.registers, *self.memory.views,
            self.marks, self.touched, self.saved.reshape(-1), self.calls.rows, self.values, self.counts,
            self.hot.blocks, self.hot.block_numbers, self.state, self._shared,
        )  # fmt: skip

    def operands(self, place: int) -> np.ndarray:
        """What the operands of the call that comes next, of precompile `place`, hold: uint64 (dwords,)."""
        dwords, parts = self.memory.leaves.reshape(-1), []
        for operand in self.calls.precompiles[place].operands:
            first = int(self.registers[operand.register]) >> 3
            parts.append(dwords[first : first + operand.dwords])
        return np.concatenate(parts)

    def make_room(self, num_leaves: int) -> None:
        """Room in the log for so many leaves more, and some to spare."""
        needed = int(self.state[places.NUM_TOUCHED]) + num_leaves + places.SPARE_LEAVES
        if needed > self._room:
            self._room = size = 2 * needed
            if not self._keeps_log:
                return
            self.touched = np.concatenate([self.touched, np.zeros(size - len(self.touched), np.uint64)])
            self.saved = np.concatenate([self.saved, np.zeros((size - len(self.saved), 4), np.int64)])

    def sorted_log(self) -> tuple[np.ndarray, np.ndarray]:
        """The leaves (n,) int64 that the shard touched, ascending, and what they held before, (n, 4) uint64: of a log
        that is kept."""
        count = int(self.state[places.NUM_TOUCHED])
        order = np.argsort(self.touched[:count])
        return self.touched[:count][order].astype(np.int64), self.saved[:count][order].view(np.uint64)

    @property
    def pc(self) -> int:
        """The address of the instruction that comes next."""
        return int(self.program.pc_index[self.state[places.SLOT]]) * 4

    def count_step(self) -> None:
        """Count and charge the instruction at state[SLOT], which the driver executes itself."""
        state = self.state
        self.counts[state[places.SLOT]] += 1
        state[places.NUM_STEPS] += 1
        state[places.BUDGET] -= state[places.STEP_COST]

    def step_over(self) -> None:
        """Go on behind that instruction."""
        state = self.state
        state[places.PREVIOUS_SLOT] = state[places.SLOT]
        state[places.SLOT] += 1
