"""What loads and stores do to the dwords of memory, for the fast interpreter and the recording one."""

from __future__ import annotations

import numpy as np

from core_vm.host.kernel_cache import njit
from core_vm.machine.execute.actions import Action

_LB, _LH, _LW, _LD = int(Action.LB), int(Action.LH), int(Action.LW), int(Action.LD)
_LBU, _LHU, _LWU = int(Action.LBU), int(Action.LHU), int(Action.LWU)
_SB, _SH, _SW, _SD = int(Action.SB), int(Action.SH), int(Action.SW), int(Action.SD)


@njit(forceinline=True)
def access_log_size(action):
    """log2 of the bytes that a load or store moves."""
    if action == _LD or action == _SD:
        return 3
    if action == _LW or action == _LWU or action == _SW:
        return 2
    if action == _LH or action == _LHU or action == _SH:
        return 1
    return 0


@njit(forceinline=True)
def extend(action, value):
    """What a load puts into its register when `value` has the bytes read in its low end, anything above."""
    if action == _LB:
        return np.int64(np.int8(value))
    if action == _LH:
        return np.int64(np.int16(value))
    if action == _LW:
        return np.int64(np.int32(value))
    if action == _LBU:
        return value & 0xFF
    if action == _LHU:
        return value & 0xFFFF
    if action == _LWU:
        return value & 0xFFFFFFFF
    return value


@njit(forceinline=True)
def access_mask(action):
    """Ones in the low bits that a load or store moves."""
    if action == _SB:
        return np.uint64(0xFF)
    if action == _SH:
        return np.uint64(0xFFFF)
    if action == _SW:
        return np.uint64(0xFFFFFFFF)
    return ~np.uint64(0)


@njit
def load_misaligned(action, first, second, shift):
    """The register value of a load that starts `shift` bits into the dword `first` (int64) and may reach `second`."""
    low = np.int64(np.uint64(first) >> np.uint64(shift))
    return extend(action, low | (second << (64 - shift)))


@njit
def store_misaligned(action, first, second, shift, value):
    """Both dwords after a store that starts `shift` bits into `first` (int64)."""
    mask, moved = access_mask(action), np.uint64(value) & access_mask(action)
    up, down = np.uint64(shift), np.uint64(64 - shift)
    new_first = (np.uint64(first) & ~(mask << up)) | (moved << up)
    new_second = (np.uint64(second) & ~(mask >> down)) | (moved >> down)
    return np.int64(new_first), np.int64(new_second)
