"""The compression function as one small numba kernel: what the interpreters call while they run a guest."""

from __future__ import annotations

import numpy as np

from core_vm.host.kernel_cache import njit
from core_vm.host.kernel_language import carray
from core_vm.machine.execute.call_kernels import compute_kernel
from precompiles.sha256.reference import ROUND_CONSTANTS

BLOCK_DWORDS, STATE_DWORDS = 8, 4
_CONSTANTS = np.array(ROUND_CONSTANTS, dtype=np.uint64)
_MASK = np.uint64(0xFFFFFFFF)


@njit(inline="always")
def _rotate(x, count):
    return (x >> np.uint64(count) | x << np.uint64(32 - count)) & _MASK


@njit(inline="always")
def _big_endian(x):
    return (
        x >> np.uint64(24)
        | x >> np.uint64(8) & np.uint64(0xFF00)
        | (x & np.uint64(0xFF00)) << np.uint64(8)
        | (x & np.uint64(0xFF)) << np.uint64(24)
    )


@njit(cache=True, nogil=True)
def compress(state, block):
    """The new state, uint64 (4,), from `state` uint64 (4,) and `block` uint64 (8,)."""
    w = np.empty(64, dtype=np.uint64)
    for i in range(8):
        w[2 * i] = _big_endian(block[i] & _MASK)
        w[2 * i + 1] = _big_endian(block[i] >> np.uint64(32))
    for t in range(16, 64):
        x, y = w[t - 15], w[t - 2]
        small_0 = _rotate(x, 7) ^ _rotate(x, 18) ^ x >> np.uint64(3)
        small_1 = _rotate(y, 17) ^ _rotate(y, 19) ^ y >> np.uint64(10)
        w[t] = (w[t - 16] + small_0 + w[t - 7] + small_1) & _MASK
    v = np.empty(8, dtype=np.uint64)
    for i in range(4):
        v[2 * i] = state[i] & _MASK
        v[2 * i + 1] = state[i] >> np.uint64(32)
    a, b, c, d, e, f, g, h = v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7]
    for t in range(64):
        big_1 = _rotate(e, 6) ^ _rotate(e, 11) ^ _rotate(e, 25)
        t1 = h + big_1 + (g ^ e & (f ^ g)) + _CONSTANTS[t] + w[t]
        big_0 = _rotate(a, 2) ^ _rotate(a, 13) ^ _rotate(a, 22)
        t2 = big_0 + (a & b ^ a & c ^ b & c)
        h, g, f, e, d, c, b, a = g, f, e, (d + t1) & _MASK, c, b, a, (t1 + t2) & _MASK
    new = (a, b, c, d, e, f, g, h)
    out = np.empty(4, dtype=np.uint64)
    for i in range(4):
        low = (v[2 * i] + new[2 * i]) & _MASK
        high = (v[2 * i + 1] + new[2 * i + 1]) & _MASK
        out[i] = low | high << np.uint64(32)
    return out


@compute_kernel
def compute(values):
    """The precompile's call: 8 dwords of block, read, and 4 of state, written."""
    operands = carray(values, BLOCK_DWORDS + STATE_DWORDS)
    state = compress(operands[BLOCK_DWORDS:], operands[:BLOCK_DWORDS])
    for i in range(STATE_DWORDS):
        values[BLOCK_DWORDS + i] = state[i]
    return True
