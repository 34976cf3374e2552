"""Witness kernels: chunks of all lanes as bytes, and the rows of the rounds from them, tile by tile.

`codes` (columns, rows) uint8 holds a chunk's eight bits where a column has the number with these digits.
"""

from __future__ import annotations

import numpy as np

from core_vm.air.table import TILE
from core_vm.field.koalabear import MONTGOMERY_R, P
from core_vm.field.scalar_kernels import monty_encode
from core_vm.host.kernel_cache import njit
from precompiles.keccak.digits import CHUNKS, CONSTANT_CHUNKS, chunk_of_byte
from precompiles.keccak.permute_kernels import CONSTANT_OF, ROTATION_OF, chi_and_iota, rho_and_pi, rotate, theta
from precompiles.keccak.reference import NUM_LANES, NUM_ROUNDS, RATE_LANES
from precompiles.keccak.round_table import LEADING_COLUMNS, ROUNDS_PER_ROW, ROWS_PER_CALL
from precompiles.keccak.theta import COLUMN_COUNTS

_IN_USE, _CALL, _ROUND, _IS_LAST = range(len(LEADING_COLUMNS))
_LEADING = len(LEADING_COLUMNS)
_CHUNKS_OF_A_ROW = NUM_LANES * CHUNKS + ROUNDS_PER_ROW * (sum(COLUMN_COUNTS.values()) + 2 * len(CONSTANT_CHUNKS))
_WITH_CONSTANT = np.array(CONSTANT_CHUNKS, np.int64)
_STORED = np.array([chunk_of_byte(byte) * MONTGOMERY_R % P for byte in range(256)], np.uint32)


@njit
def _by_chunks(lane):
    """Byte c has the bits c, c + 8, ..: the lane as 8 x 8 bits, transposed by swapping ever larger blocks."""
    swapped = (lane ^ lane >> np.uint64(7)) & np.uint64(0x00AA00AA00AA00AA)
    lane ^= swapped ^ swapped << np.uint64(7)
    swapped = (lane ^ lane >> np.uint64(14)) & np.uint64(0x0000CCCC0000CCCC)
    lane ^= swapped ^ swapped << np.uint64(14)
    swapped = (lane ^ lane >> np.uint64(28)) & np.uint64(0x00000000F0F0F0F0)
    return lane ^ swapped ^ swapped << np.uint64(28)


@njit
def _put_lanes(codes, at, row, lanes):
    """All chunks of some lanes; returns the next column."""
    for lane in lanes:
        bits = _by_chunks(lane)
        for c in range(CHUNKS):
            codes[at + c, row] = np.uint8(bits >> np.uint64(8 * c) & np.uint64(0xFF))
        at += CHUNKS
    return at


@njit
def _put_rotated(codes, at, row, lanes):
    """The chunks whose digits rho rotates, in the order of what they are rotated from."""
    for lane in range(NUM_LANES):
        distance = ROTATION_OF[lane]
        bits = _by_chunks(rotate(lanes[lane], distance))
        for c in range(CHUNKS):
            place = np.uint64(c) + distance
            if place >> np.uint64(3) & np.uint64(7):
                codes[at, row] = np.uint8(bits >> (place & np.uint64(7)) * np.uint64(8) & np.uint64(0xFF))
                at += 1
    return at


@njit
def _put_with_constant(codes, at, row, lane):
    """The chunks in which a round constant can have a bit."""
    bits = _by_chunks(lane)
    for i in range(len(_WITH_CONSTANT)):
        codes[at + i, row] = np.uint8(bits >> np.uint64(8 * _WITH_CONSTANT[i]) & np.uint64(0xFF))
    return at + len(_WITH_CONSTANT)


@njit
def _put_theta(codes, at, row, lanes, offset, parity):
    """The columns of `theta.theta`."""
    at = _put_lanes(codes, at, row, lanes)
    at = _put_rotated(codes, at, row, lanes)
    at = _put_lanes(codes, at, row, offset)
    at = _put_lanes(codes, at, row, parity)
    for x in range(5):
        codes[at + x, row] = np.uint8(_by_chunks(rotate(parity[x], np.uint64(1))) & np.uint64(0xFF))
    return at + 5


@njit
def _do_round(moved, number, lanes, offset, parity):
    """chi, iota and, unless it is the last round, theta."""
    chi_and_iota(moved, number, lanes)
    if number < NUM_ROUNDS - 1:
        theta(lanes, parity, offset)
    else:
        parity[:] = 0
        offset[:] = 0


@njit
def _put_row(codes, row, number, moved, lanes, offset, parity):
    """The chunks of a row whose first round is `number`; `moved` becomes the state before the next row's."""
    at = _put_lanes(codes, 0, row, moved)
    for i in range(number, number + ROUNDS_PER_ROW):
        at = _put_with_constant(codes, at, row, CONSTANT_OF[i])
        _do_round(moved, i, lanes, offset, parity)
        at = _put_theta(codes, at, row, lanes, offset, parity)
        at = _put_with_constant(codes, at, row, offset[0] ^ CONSTANT_OF[i])
        rho_and_pi(lanes, moved)


@njit
def _begin(state, block, moved, lanes, offset, parity):
    """What a call's first row receives."""
    lanes[:] = state
    for lane in range(RATE_LANES):
        lanes[lane] ^= block[lane]
    theta(lanes, parity, offset)
    rho_and_pi(lanes, moved)


@njit
def _begin_at(number, state, block, moved, lanes, offset, parity):
    """What a call's row receives that is not its first."""
    _begin(state, block, moved, lanes, offset, parity)
    for i in range(number):
        _do_round(moved, i, lanes, offset, parity)
        rho_and_pi(lanes, moved)


@njit
def _store_tile(codes, leading, num_rows, cells, places):
    """Filling rows are zero."""
    for c in range(len(places)):
        at = places[c]
        if c < _LEADING:
            for lane in range(num_rows):
                cells[at + lane] = monty_encode(leading[c, lane])
        else:
            for lane in range(num_rows):
                cells[at + lane] = _STORED[codes[c - _LEADING, lane]]
        for lane in range(num_rows, TILE):
            cells[at + lane] = 0


@njit(cache=True, nogil=True)
def store_rounds(times, states, blocks, start, stop, cells, first, stride):
    """Store rows start .. stop of calls with `times` (n,) uint32, `states` (n, 25) and `blocks` (n, 17) uint64.

    The cell of row `start` of column c is cells[first[c]], and its tiles of 64 rows are stride[c] apart.
    """
    codes, leading = np.zeros((_CHUNKS_OF_A_ROW, TILE), np.uint8), np.zeros((_LEADING, TILE), np.uint32)
    moved, lanes = np.empty(NUM_LANES, np.uint64), np.empty(NUM_LANES, np.uint64)
    offset, parity = np.empty(5, np.uint64), np.empty(5, np.uint64)
    for row in range(start, stop):
        call, lane, number = row // ROWS_PER_CALL, (row - start) % TILE, row % ROWS_PER_CALL * ROUNDS_PER_ROW
        if number == 0 or row == start:
            _begin_at(number, states[call], blocks[call], moved, lanes, offset, parity)
        _put_row(codes, lane, number, moved, lanes, offset, parity)
        leading[_IN_USE, lane], leading[_CALL, lane], leading[_ROUND, lane] = 1, times[call], number
        leading[_IS_LAST, lane] = number + ROUNDS_PER_ROW == NUM_ROUNDS
        if lane == TILE - 1 or row == stop - 1:
            _store_tile(codes, leading, lane + 1, cells, first + (row - start) // TILE * stride)


@njit(cache=True, nogil=True)
def put_first_thetas(states, blocks, state_codes, block_codes, codes):
    """The chunks of state (200, n), block (200, n) and of the first theta of state xor block, (446, n)."""
    moved, lanes = np.empty(NUM_LANES, np.uint64), np.empty(NUM_LANES, np.uint64)
    offset, parity = np.empty(5, np.uint64), np.empty(5, np.uint64)
    for call in range(len(states)):
        _put_lanes(state_codes, 0, call, states[call])
        _put_lanes(block_codes, 0, call, blocks[call])
        _begin(states[call], blocks[call], moved, lanes, offset, parity)
        _put_theta(codes, 0, call, lanes, offset, parity)
