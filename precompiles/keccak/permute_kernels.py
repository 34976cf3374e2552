"""Keccak-f[1600] as numba kernels: what the interpreters call while they run a guest, and what the witness is made by.

Lanes are uint64 arrays of 25, as in `reference`.
"""

from __future__ import annotations

import numpy as np

from core_vm.host.kernel_cache import njit
from core_vm.host.kernel_language import carray
from core_vm.machine.execute.call_kernels import compute_kernel
from precompiles.keccak.reference import NUM_LANES, NUM_ROUNDS, PLACES, RATE_LANES, ROTATIONS, ROUND_CONSTANTS

PLACE_OF = np.array(PLACES, np.int64)
ROTATION_OF = np.array(ROTATIONS, np.uint64)
CONSTANT_OF = np.array(ROUND_CONSTANTS, np.uint64)


@njit(inline="always")
def rotate(x, count):
    """To the left, by 0 to 63 bits."""
    return x << count | x >> (np.uint64(64) - count & np.uint64(63))


@njit
def theta(state, parity, offset):
    """`parity` (5,) and `offset` (5,) of theta, and `state` with the offset added."""
    for x in range(5):
        parity[x] = state[x] ^ state[x + 5] ^ state[x + 10] ^ state[x + 15] ^ state[x + 20]
    for x in range(5):
        offset[x] = parity[(x + 4) % 5] ^ rotate(parity[(x + 1) % 5], np.uint64(1))
        for lane in range(x, NUM_LANES, 5):
            state[lane] ^= offset[x]


@njit
def rho_and_pi(state, moved):
    """`moved` <- the lanes rotated and moved."""
    for lane in range(NUM_LANES):
        moved[PLACE_OF[lane]] = rotate(state[lane], ROTATION_OF[lane])


@njit
def chi_and_iota(moved, number, state):
    """`state` <- chi of `moved` with the constant of round `number` added."""
    for row in range(0, NUM_LANES, 5):
        a, b, c, d, e = moved[row], moved[row + 1], moved[row + 2], moved[row + 3], moved[row + 4]
        state[row] = a ^ ~b & c
        state[row + 1] = b ^ ~c & d
        state[row + 2] = c ^ ~d & e
        state[row + 3] = d ^ ~e & a
        state[row + 4] = e ^ ~a & b
    state[0] ^= CONSTANT_OF[number]


@njit(cache=True, nogil=True)
def absorb(state, block):
    """f(state xor block): uint64 (25,) from `state` (25,) and `block` (17,)."""
    lanes, moved = state.copy(), np.empty(NUM_LANES, np.uint64)
    parity, offset = np.empty(5, np.uint64), np.empty(5, np.uint64)
    for lane in range(RATE_LANES):
        lanes[lane] ^= block[lane]
    for number in range(NUM_ROUNDS):
        theta(lanes, parity, offset)
        rho_and_pi(lanes, moved)
        chi_and_iota(moved, number, lanes)
    return lanes


@compute_kernel
def compute(values):
    """The precompile's call: 17 dwords of block, read, and 25 of state, written."""
    operands = carray(values, RATE_LANES + NUM_LANES)
    state = absorb(operands[RATE_LANES:], operands[:RATE_LANES])
    for lane in range(NUM_LANES):
        values[RATE_LANES + lane] = state[lane]
    return True
