"""Basic blocks of a program, and which of them are worth compiling.

A block is a run of slots that control enters at its first one, the *head*, and leaves behind its last: so whoever has
executed the head goes on to execute all of it, unless the run ends in it. Control that comes from a computed jump may
enter elsewhere; then it is the interpreter that executes what is left of the block.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from core_vm.machine.execute.actions import Action
from core_vm.machine.execute.places import HOT

SHARE_OF_STEPS: Final = 0.998
"""Of all instructions executed so far: the rest is not worth the time that it takes to compile it."""
MOST_INSTRUCTIONS: Final = 2000
"""Compiled at most, so that compiling takes a fraction of a second at most, whatever the guest."""
_LONGEST = 512
"""Instructions of a block: longer straight-line code is several."""


class Blocks:
    """All blocks of packed code (slots, 2), as `pack_code` makes it.

    `heads` and `stops` int64 (blocks,): the slots first .. stop - 1 of each, in order. An environment call and a slot
    without an instruction are in no block.
    """

    def __init__(self, code: np.ndarray, entry: int) -> None:
        action, target = code[:, 0] & (HOT - 1), code[:, 0] >> 32
        jumps = (action >= Action.BEQ) & (action != Action.JALR) & (action < Action.ECALL)
        is_head = np.zeros(len(code) + 1, np.bool_)
        is_head[target[jumps]] = is_head[entry] = is_head[0] = True
        is_head[1:][action >= Action.BEQ] = True  # behind what may go elsewhere
        is_head[::_LONGEST] = True
        is_left = np.append(action >= Action.ECALL, True)  # to the interpreter: a block ends before it
        is_head |= is_left
        heads = np.flatnonzero(is_head)
        kept = ~is_left[heads]
        self.heads, self.stops = heads[kept], np.append(heads[1:], len(code))[kept]

    def first(self) -> np.ndarray:
        """As many as may be compiled at once, from the beginning on."""
        return np.flatnonzero(np.cumsum(self.stops - self.heads) <= MOST_INSTRUCTIONS)

    def steps(self, counts: np.ndarray) -> np.ndarray:
        """The executions of each block's instructions, int64, from those of each slot."""
        sums = np.append(0, np.cumsum(counts))
        return sums[self.stops] - sums[self.heads]

    def hottest(self, steps: np.ndarray) -> np.ndarray:
        """The blocks (int64, ascending) that made up nearly all of `steps`."""
        order = np.argsort(-steps, kind="stable")
        before = np.cumsum(steps[order]) - steps[order]
        sizes = np.cumsum((self.stops - self.heads)[order])
        is_hot = (before < SHARE_OF_STEPS * steps.sum()) & (sizes <= MOST_INSTRUCTIONS) & (steps[order] > 0)
        return np.sort(order[is_hot])
