"""The compiled part of a run: when it is compiled, and what it shares with the interpreter."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from core_vm.machine.execute import places
from core_vm.machine.execute.hot.blocks import Blocks
from core_vm.machine.execute.pending_kernels import PENDING_SIZE

if TYPE_CHECKING:
    from core_vm.host.intermediate_code import Assembled
    from core_vm.machine.execute.arena import GuestMemory
    from core_vm.machine.program.program import Program

COMPILE_AFTER: int | None = 2**19
"""Instructions that are interpreted before the hottest are compiled. 0: what comes first in the program is compiled
before it begins, and nothing later. None: nothing is."""
WORTH = 2**12
"""So many are interpreted that are not compiled, for each one that is compiled then: that takes about half the time
that compiling it will. So compiling never takes more than twice as long as interpreting, however often a guest turns to
something else, and one that goes on as it did gains nearly all that there is to gain."""
LEAST_STRETCH = 2**14
"""Instructions between two pauses."""
_ALWAYS = 32
"""Compiling anything takes as long as so many instructions more."""
_ARRAYS = [places.DWORDS_AT, places.MARKS_AT, places.PENDING_AT, places.TOUCHED_AT, places.SAVED_AT]


class HotCode:
    """Of one run. `blocks` (blocks, 2) int64, a row as `places` says, and `block_numbers` (slots,) int32 are arguments
    of the interpreter and of `hot.function`; `code`, `memory`, `marks` and `state` are the interpreter's."""

    def __init__(
        self, program: Program, code: np.ndarray, memory: GuestMemory, marks: np.ndarray, state: np.ndarray
    ) -> None:
        self._program, self._code, self._state = program, code, state
        self.blocks, self.block_numbers = np.zeros((0, 2), np.int64), np.zeros(len(code), np.int32)
        self._after = COMPILE_AFTER
        self._profile, self._interpreted = np.zeros(len(code), np.int64), 0  # since it was compiled
        self._pending = np.zeros(PENDING_SIZE, np.int64)
        self._arrays = memory.dwords.ctypes.data, marks.ctypes.data, self._pending.ctypes.data
        self._assembled: Assembled | None = None
        self._log: np.ndarray | None = None

    def prepare(self, touched: np.ndarray, saved: np.ndarray) -> None:
        """Say where the log of leaves is, before the interpreter runs. There is another `saved` only with another
        `touched`."""
        if self._assembled is not None and self._log is not touched:
            self._state[_ARRAYS] = *self._arrays, touched.ctypes.data, saved.ctypes.data
            self._log = touched

    def set_pause(self, at_the_latest: int) -> None:
        """Let the stretch that comes next pause at this budget, or when enough was interpreted to compile something
        first: the first ones of a run are long. Later ones are not interrupted for that: what they execute is mostly
        compiled."""
        state = self._state
        state[places.PAUSE_AT] = at_the_latest
        if not self._after or self._assembled is not None:
            return
        left = self._after - self._interpreted - self._interpreted_now()
        most = max(left, LEAST_STRETCH) * int(state[places.STEP_COST])
        state[places.PAUSE_AT] = max(int(state[places.BUDGET]) - most, at_the_latest)

    def end_shard(self, counts: np.ndarray) -> None:
        """Keep what is known of the shard, before it is forgotten."""
        if self._after is not None:
            self._profile += counts
            self._interpreted += self._interpreted_now()
        self._state[places.NUM_HOT_STEPS] = 0

    def consider(self, counts: np.ndarray) -> None:
        """Compile what is hot, if enough was interpreted since the last time. `counts` are the shard's so far."""
        if self._after is None:
            return
        interpreted = self._interpreted + self._interpreted_now()
        if interpreted < self._after:
            return
        blocks = Blocks(self._code, int(self._program.slot_of(np.array([self._program.entry // 4]))[0]))
        if self._after == 0:
            self._after = None
            self.compile(blocks, blocks.first())
            return
        steps = blocks.steps(self._profile + counts)
        chosen = blocks.hottest(steps)
        needed = WORTH * (_ALWAYS + int((blocks.stops - blocks.heads)[chosen].sum()))
        # What is compiled is also interpreted now and then: once in each shard. To compile it again would not help.
        lacking = needed - int(steps[chosen][self.block_numbers[blocks.heads[chosen]] == 0].sum())
        if lacking > 0:
            self._after = interpreted + lacking
            return
        self._profile, self._interpreted, self._after = -counts, -self._interpreted_now(), WORTH * _ALWAYS
        if len(chosen):
            self.compile(blocks, chosen)

    def _interpreted_now(self) -> int:
        return int(self._state[places.NUM_STEPS] - self._state[places.NUM_HOT_STEPS])

    def compile(self, blocks: Blocks, chosen: np.ndarray) -> None:
        """Compile these blocks, in place of all that are compiled now. Where that is not possible the interpreter does
        it all, from now on."""
        # Most processes, and all short runs, compile nothing.
        from core_vm.host.intermediate_code import assemble
        from core_vm.machine.execute.hot.function import NAME, HotFunction
        from core_vm.machine.execute.hot.touching import touching

        heads, stops = blocks.heads[chosen], blocks.stops[chosen]
        step_cost = int(self._state[places.STEP_COST])
        touches, assembled = touching(), None
        if touches is not None:
            function = HotFunction(self._code, self._program.code_ranges, heads, stops, step_cost, touches)
            assembled = assemble(function.text(), NAME)
        if assembled is None:
            self._after = None
            return
        self._code[:, 0] &= ~places.HOT
        self._code[heads, 0] |= places.HOT
        self.blocks, self.block_numbers[:] = np.stack([heads, stops], axis=1), 0
        self.block_numbers[heads] = np.arange(1, len(heads) + 1)
        self._assembled, self._state[places.HOT_FUNCTION] = assembled, assembled.address
