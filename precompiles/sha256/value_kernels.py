"""The columns of a tile's rows that are no signs, from the rows' words: limbs of words, sums of limbs, and carries.

Everything is uint32, sums are modulo 2^32, and a flat array holds vectors of 64 lanes one after another, as in
`word_kernels`.
"""

from __future__ import annotations

import numpy as np

from core_vm.field.koalabear import P
from core_vm.host.kernel_cache import njit
from precompiles.sha256.word_kernels import (
    CHAIN,
    CONSTANTS,
    ROUNDS,
    ROWS,
    TILE,
    A,
    E,
    W,
    big_sigma_0,
    big_sigma_1,
    choice,
    majority,
    small_sigma_0,
    small_sigma_1,
)

_LIMB = np.uint32(1 << 16)


@njit
def _low(x):
    return np.uint32(x & np.uint32(0xFFFF))


@njit
def _high(x):
    return np.uint32(x >> np.uint32(16))


@njit
def _put_selectors(values, c):
    for row in range(ROWS):
        for lane in range(TILE):
            values[(c + row) * TILE + lane] = np.uint32(lane % ROWS == row)
    return c + ROWS


@njit
def _put_limbs(words, i, values, c):
    """The limbs of word i as values c and c + 1. As all of its kind it returns the next place."""
    for lane in range(TILE):
        values[c * TILE + lane] = _low(words[i * TILE + lane])
        values[(c + 1) * TILE + lane] = _high(words[i * TILE + lane])
    return c + 2


@njit
def _put_carries(carries, k, weight, values, c):
    """The columns base, inner, outer of `two_carries` from vectors k and k + 1 of `carries`."""
    for lane in range(TILE):
        first, second = carries[k * TILE + lane], carries[(k + 1) * TILE + lane]
        selected = np.uint32(second > 2)
        values[c * TILE + lane] = np.uint32(second - np.uint32(weight) * selected)
        values[(c + 1) * TILE + lane] = selected if first == 3 else first
        values[(c + 2) * TILE + lane] = np.uint32(2) if first == 3 else selected
    return c + 3


@njit
def _add_limbs(words, i, sums, j):
    """Add the limbs of word i to sum j, whose limbs are vectors 2 j and 2 j + 1."""
    for lane in range(TILE):
        sums[2 * j * TILE + lane] += _low(words[i * TILE + lane])
        sums[(2 * j + 1) * TILE + lane] += _high(words[i * TILE + lane])


@njit
def _sum_schedule(words, own, owed):
    """For each word of a row, in limbs: the sum of its terms of this row, and what the next row's word owes to it."""
    sigma_0, sigma_1 = np.empty(ROUNDS * TILE, np.uint32), np.empty(ROUNDS * TILE, np.uint32)
    for at in range(ROUNDS * TILE):
        sigma_0[at] = small_sigma_0(words[W * TILE + at])
        sigma_1[at] = small_sigma_1(words[W * TILE + at])
    for at in range(2 * ROUNDS * TILE):
        own[at] = owed[at] = 0
    for j in range(ROUNDS):
        _add_limbs(words, W + j, owed, j)
        if j < 15:
            _add_limbs(sigma_0, j + 1, owed, j)
        else:
            _add_limbs(sigma_0, j - 15, own, j)
        if j < 7:
            _add_limbs(words, W + j + 9, owed, j)
        else:
            _add_limbs(words, W + j - 7, own, j)
        if j < 2:
            _add_limbs(sigma_1, j + 14, owed, j)
        else:
            _add_limbs(sigma_1, j - 2, own, j)


@njit
def _inherit(words, own, owed, inherited):
    """What the row before passed on; in row 0, whose words are the block's, what makes the sum hold without carry."""
    for at in range(2 * ROUNDS * TILE - 1):
        inherited[at + 1] = owed[at]
    for j in range(ROUNDS):
        for lane in range(0, TILE, ROWS):
            word, low, high = words[(W + j) * TILE + lane], 2 * j * TILE + lane, (2 * j + 1) * TILE + lane
            inherited[low] = np.uint32(_low(word) - own[low])
            inherited[high] = np.uint32(_high(word) - own[high])


@njit
def _carry_schedule(own, inherited, j, carries):
    """Carries of word j's sum, low and high, as vectors 0 and 1."""
    for lane in range(TILE):
        low, high = 2 * j * TILE + lane, (2 * j + 1) * TILE + lane
        carry = _high(np.uint32(inherited[low] + own[low]))
        carries[lane] = carry
        carries[TILE + lane] = _high(np.uint32(inherited[high] + own[high] + carry))


@njit
def _carry_e(words, i, carries):
    """Carries of the sum that is e after round i, low and high, as vectors 1 and 3."""
    for lane in range(TILE):
        at = i * TILE + lane
        a, e, w = words[A * TILE + at], words[E * TILE + at], words[W * TILE + at]
        e1, e2, e3 = words[(E + 3) * TILE + at], words[(E + 2) * TILE + at], words[(E + 1) * TILE + at]
        sigma, chosen, constant = big_sigma_1(e1), choice(e1, e2, e3), CONSTANTS[ROUNDS * (lane % ROWS) + i]
        low = _low(a) + _low(e) + _low(w) + _low(sigma) + _low(chosen) + _low(constant)
        carry = _high(np.uint32(low))
        high = _high(a) + _high(e) + _high(w) + _high(sigma) + _high(chosen) + _high(constant)
        carries[TILE + lane] = carry
        carries[3 * TILE + lane] = _high(np.uint32(high + carry))


@njit
def _carry_a(words, i, carries):
    """Carries, plus one, of the sum that is a after round i, low and high, as vectors 0 and 2."""
    for lane in range(TILE):
        at = i * TILE + lane
        a, new_e = words[A * TILE + at], words[(E + 4) * TILE + at]
        a1, a2, a3 = words[(A + 3) * TILE + at], words[(A + 2) * TILE + at], words[(A + 1) * TILE + at]
        sigma, major = big_sigma_0(a1), majority(a1, a2, a3)
        carry = _high(np.uint32(_LIMB + _low(new_e) - _low(a) + _low(sigma) + _low(major)))
        high = _LIMB + _high(new_e) - _high(a) + _high(sigma) + _high(major)
        carries[lane] = carry
        carries[2 * TILE + lane] = _high(np.uint32(high + carry - np.uint32(1)))


@njit
def _put_schedule_limbs(inherited, owed, values, c):
    """Inherited, whose negative values become elements of the field, and passed on, which word 15 has no columns
    for."""
    for at in range(2 * ROUNDS * TILE):
        value = inherited[at]
        values[c * TILE + at] = np.uint32(value + np.uint32(P)) if value >> np.uint32(31) else value
    c += 2 * ROUNDS
    for at in range(2 * (ROUNDS - 1) * TILE):
        values[c * TILE + at] = owed[at]
    return c + 2 * (ROUNDS - 1)


@njit
def compute_values(words, values):
    """The values of a tile, from 1 on, in the order of the columns."""
    own, owed = np.empty(2 * ROUNDS * TILE, np.uint32), np.empty(2 * ROUNDS * TILE, np.uint32)
    inherited = np.empty(2 * ROUNDS * TILE, np.uint32)
    carries = np.empty(4 * TILE, np.uint32)
    c = _put_selectors(values, 1)
    for first in (A, E):
        c = _put_limbs(words, first, values, c)
        c = _put_limbs(words, first + CHAIN - 1, values, c)
    _sum_schedule(words, own, owed)
    _inherit(words, own, owed, inherited)
    c = _put_schedule_limbs(inherited, owed, values, c)
    for i in range(ROUNDS):
        _carry_schedule(own, inherited, i, carries)
        c = _put_carries(carries, 0, 1, values, c)
        _carry_e(words, i, carries)
        _carry_a(words, i, carries)
        c = _put_carries(carries, 0, 3, values, c)
        c = _put_carries(carries, 2, 3, values, c)
