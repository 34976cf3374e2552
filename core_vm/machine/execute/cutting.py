"""The shard in progress: what it holds so far, what it may still spend, and whether a call fits it."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np

from core_vm.machine.execute import call_kernels, places
from core_vm.machine.execute.call_prices import CallPrices
from core_vm.machine.execute.calls import CallField
from core_vm.machine.execute.companions import Companions
from core_vm.machine.execute.interpreter import Interpreter
from core_vm.machine.execute.marks import MOST_SHARDS, forget_shards, register_nodes
from core_vm.machine.execute.metering import Meter, Metered
from core_vm.machine.limits import MAX_SHARD_CELLS, MAX_SHARD_STEPS
from core_vm.machine.precompile import POINTER_REGISTERS
from core_vm.state.memory_map import NUM_REGISTER_LEAVES, TREE_DEPTH

_CUT_BELOW = 128
"""A shard is cut when less than one part in this many of its cells is left beyond what is reserved."""
# For a few operands now and then, which are not worth compiling them once more.
_operand_span, _is_written = call_kernels.operand_span.py_func, call_kernels.is_written.py_func
_MISALIGNED = slice(places.MISALIGNED_OF_ACTION, places.STATE_SIZE)


class Cutter:
    """Decides where shards end. All arrays are the interpreter's; see `kernels.run`.

    Every shard has fewer cells than it is given, but for one whose first step alone has more: a call, for no other step
    is so large. It calls only what a profile holds together. `prices` have to be told of a precompile before its first
    call happens.
    """

    def __init__(self, meter: Meter, interpreter: Interpreter, profiles: Sequence[Collection[str]] = ()) -> None:
        """`profiles`: the names of the precompiles that shards may call together, as `Companions` takes them."""
        self._meter, self._calls, self._registers = meter, interpreter.calls, interpreter.registers
        self._code, self._counts = interpreter.code, interpreter.counts
        self._marks, self._state, self._hot = interpreter.marks, interpreter.state, interpreter.hot
        self._register_nodes = register_nodes()
        self._shard_cells = self._budget = 0
        self._call_waits = False
        self._code[:, 0] |= places.NEW
        state = self._state
        state[places.STEP_COST], state[places.INSTRUCTION_COST] = meter.step_cost, meter.instruction_cost
        state[places.LEAF_COST], state[places.NODE_COST] = meter.leaf_cost, meter.node_cost
        state[places.COMPRESSION_COST] = meter.compression_cost
        registers = meter.memory_bound(NUM_REGISTER_LEAVES, 1)
        room_of_a_call = MAX_SHARD_CELLS - 1 - self.measure().reserved - registers - meter.most_of_a_step
        self._companions = Companions([precompile.name for precompile in self._calls.precompiles], profiles)
        self.prices = CallPrices(meter, self._calls, room_of_a_call, self._companions.is_choosy)

    def begin(self, shard_cells: int) -> None:
        """Begin a shard of fewer than so many cells at the current instruction."""
        state = self._state
        self._shard_cells, self._call_waits = shard_cells - 1, False
        self._hot.end_shard(self._counts)
        self._code[self._counts > 0, 0] |= places.NEW
        self._code[state[places.SLOT], 0] |= places.NEW  # of a call that the shard before did not admit
        self._counts[:] = self._calls.rows[:, CallField.COUNT] = state[_MISALIGNED] = 0
        if state[places.MARK] == MOST_SHARDS:
            forget_shards(self._marks)
            state[places.MARK] = 0
        state[places.MARK] += 1
        state[places.NUM_TOUCHED] = state[places.NUM_STEPS] = state[places.NUM_MISALIGNED] = 0
        self._marks[self._register_nodes] = 2 * state[places.MARK] + 1
        state[places.NUM_NODES] = len(self._register_nodes) - NUM_REGISTER_LEAVES
        state[places.NUM_COMPRESSIONS] = 2 * len(self._register_nodes)
        state[places.CALL_IS_ADMITTED] = 0

    def measure(self) -> Metered:
        """The shard's size now."""
        state = self._state
        return self._meter.measure(
            self._counts,
            state[_MISALIGNED],
            int(state[places.NUM_TOUCHED]) + NUM_REGISTER_LEAVES,
            int(state[places.NUM_NODES]),
            int(state[places.NUM_COMPRESSIONS]) + self._calls.compressions,
            self._calls.cells,
        )

    def is_full(self) -> bool:
        """Whether the shard has to end here; if not, `grant` lets it go on."""
        steps = int(self._state[places.NUM_STEPS])
        # The budget ends before the cells do, by as much as the last step may take.
        self._budget = self._shard_cells - self.measure().reserved - self._meter.most_of_a_step
        is_used = steps > 0 and self._budget <= self._shard_cells // _CUT_BELOW
        return is_used or self._call_waits or steps >= MAX_SHARD_STEPS

    def grant(self) -> None:
        """Set the budget of a stretch, of one step at least. What it is depends on the shard alone."""
        steps_left = MAX_SHARD_STEPS - int(self._state[places.NUM_STEPS])
        budget = self.prices.grant(max(self._budget, 1))
        self._state[places.BUDGET] = min(budget, steps_left * self._meter.step_cost)

    def left_after(self, num_steps: int, num_leaves: int) -> int:
        """The budget before which the stretch takes at most so many steps and new leaves of memory."""
        most = min(num_steps * self._meter.step_cost, num_leaves * self._meter.leaf_cost)
        return max(int(self._state[places.BUDGET]) - most, 0)

    def admit_call(self, place: int) -> bool:
        """Let the call of precompile `place` happen in this shard, or end the shard before it; returns which.

        The kernel asks when the budget cannot tell, or the calls before may be of other profiles. A shard's first step
        always happens.
        """
        state, called = self._state, self._calls.rows[:, CallField.COUNT] > 0
        is_admitted = state[places.NUM_STEPS] == 0 or (
            self._companions.may_join(place, called) and self._cells_with(place) <= self._shard_cells
        )
        state[places.CALL_IS_ADMITTED] = is_admitted
        if is_admitted:
            self.prices.admit(place)
        else:
            self._call_waits, state[places.BUDGET] = True, 0
        return bool(is_admitted)

    def _cells_with(self, place: int) -> int:
        """At most so many cells has the shard after the call."""
        call, slot, meter = self._calls.rows[place], self._state[places.SLOT], self._meter
        call[CallField.COUNT] += 1
        self._counts[slot] += 1
        cells = self.measure().cells
        call[CallField.COUNT] -= 1
        self._counts[slot] -= 1
        untouched = self._untouched_leaves(call)
        if not untouched:
            return cells
        return cells + meter.memory_bound(untouched, len(POINTER_REGISTERS)) + meter.tiles_of_memory

    def _untouched_leaves(self, call: np.ndarray) -> int:
        """Of the call's operands, the leaves that the shard has not opened, or not stored to as the call will."""
        number, opened, leaf_heap = 0, 2 * self._state[places.MARK], 1 << TREE_DEPTH
        for k in range(len(POINTER_REGISTERS)):
            first, count = (int(value) for value in _operand_span(call, k, self._registers))
            if count:
                marks = self._marks[leaf_heap + (first >> 2) : leaf_heap + (first + count - 1 >> 2) + 1]
                number += int(np.count_nonzero(marks < opened + _is_written(call, k)))
        return number
