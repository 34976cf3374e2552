"""Where a branch or a jump goes, for the fast interpreter and the recording one."""

from __future__ import annotations

import numpy as np

from core_vm.host.kernel_cache import njit
from core_vm.machine.execute.actions import Action
from core_vm.machine.execute.arithmetic_kernels import is_below

_BEQ, _BNE, _BLT, _BGE = int(Action.BEQ), int(Action.BNE), int(Action.BLT), int(Action.BGE)
_BLTU = int(Action.BLTU)


@njit(forceinline=True)
def is_taken(action, a, b):
    """Whether a branch comparing a and b (int64) goes to its target."""
    if action == _BEQ:
        return a == b
    if action == _BNE:
        return a != b
    if action == _BLT:
        return a < b
    if action == _BGE:
        return a >= b
    if action == _BLTU:
        return is_below(a, b)
    return not is_below(a, b)


@njit(forceinline=True)
def slot_of_address(address, ranges):
    """The slot of the instruction at a byte address (uint64), or -1."""
    index = np.int64(address >> np.uint64(2))
    if address & np.uint64(3):
        return np.int64(-1)
    for segment in range(ranges.shape[0]):
        if 0 <= index - ranges[segment, 0] < ranges[segment, 1]:
            return index - ranges[segment, 0] + ranges[segment, 2]
    return np.int64(-1)
