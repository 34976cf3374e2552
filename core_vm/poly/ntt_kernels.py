"""Encoding, compiled: decimation in frequency, radix 16, on rows of interleaved columns.

The first pass reads the segments, transposes them into rows and serves every coset of the larger domain: with b bits
of blow-up, block t of the result is the transform of c_n g^n, g = w^bitreverse(t), w of order 2^(H + b), because the
first b radix-2 stages meet only zeros. Row n = j + S i (S = 2^H / 16, i below 16) has g^n = g^j (g^S)^i. The remaining
passes are local to blocks of S rows and run depth first, so that small blocks stay in the cache.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from core_vm.field.kernel_cache import njit
from core_vm.field.koalabear import MONTGOMERY_R, P, root_of_unity, to_montgomery
from core_vm.field.packed import LANES
from core_vm.field.packed_transpose import BLOCK, load_block_at, mask_block
from core_vm.field.scalar_kernels import monty_mul
from core_vm.field.threads import run_ranges
from core_vm.poly.ntt import Words, bit_reverse, encode_reference, padded_columns, pass_table
from core_vm.poly.packed_ntt import (
    load2,
    load4,
    load8,
    load16,
    scale_first,
    store2,
    store4,
    store8,
    store16,
    transform2,
    transform4,
    transform8,
    transform16,
    twiddle16,
)

Offsets = npt.NDArray[np.int64]

RADIX_BITS = 4
RADIX = 1 << RADIX_BITS
ONE = np.uint32(MONTGOMERY_R)
FULL_MASK = np.uint32(2**32 - 1)
# Rows of the first pass are gathered in scratch memory of about this many words: a part of the second-level cache.
SCRATCH_WORDS = 1 << 14
MIN_LOG_HEIGHT = RADIX_BITS


@njit
def _power(base, exponent):
    result = ONE
    while exponent:
        if exponent & 1:
            result = monty_mul(result, base)
        base = monty_mul(base, base)
        exponent >>= 1
    return result


@njit
def _gather(q, starts, masks, columns, stride, first, rows, tile, scratch):
    """scratch[(i tile + r) columns + c] = element first + r + i stride of column c, for i below 16, r below rows."""
    if stride < BLOCK:
        for c in range(columns):
            for i in range(RADIX):
                for r in range(rows):
                    scratch[(i * tile + r) * columns + c] = q[starts[c] + i * stride + first + r] & masks[c]
        return
    for c in range(0, columns, LANES):
        for i in range(RADIX):
            for r in range(0, rows, BLOCK):
                block = load_block_at(q, starts, c, i * stride + first + r)
                store8(scratch, (i * tile + r) * columns + c, columns, mask_block(block, masks, c))


@njit(cache=True, nogil=True)
def spread(q, starts, masks, log_height, shifts, generators, table, tile, first, last, out):
    """The first pass for first <= j < last, all cosets.

    shifts[16 t + i] = (g_t^S)^i, generators[t] = g_t, table = the factors of a pass over 2^log_height rows.
    """
    columns, stride = starts.shape[0], 1 << (log_height - RADIX_BITS)
    scratch, shift = np.empty(RADIX * tile * columns, np.uint32), np.empty(RADIX, np.uint32)
    for begin in range(first, last, tile):
        rows = min(tile, last - begin)
        _gather(q, starts, masks, columns, stride, begin, rows, tile, scratch)
        for coset in range(generators.shape[0]):
            power = _power(generators[coset], begin)
            for r in range(rows):
                for i in range(RADIX):
                    shift[i] = monty_mul(shifts[coset * RADIX + i], power)
                power = monty_mul(power, generators[coset])
                target = ((coset << log_height) + begin + r) * columns
                for c in range(0, columns, LANES):
                    s = load16(scratch, r * columns + c, tile * columns)
                    if coset > 0:
                        s = scale_first(twiddle16(s, shift, 0), shift, 0)
                    s = transform16(s)
                    if stride > 1:
                        s = twiddle16(s, table, (begin + r) * RADIX)
                    store16(out, target + c, stride * columns, s)


@njit
def _pass16(a, first_row, log_rows, columns, table, offset, last):
    """Radix 16 over a block of 2^log_rows rows; the last pass of a transform needs no factors."""
    stride = 1 << (log_rows - RADIX_BITS)
    for j in range(stride):
        at = (first_row + j) * columns
        for c in range(at, at + columns, LANES):
            s = transform16(load16(a, c, stride * columns))
            if not last:
                s = twiddle16(s, table, offset + j * RADIX)
            store16(a, c, stride * columns, s)


@njit
def _last_pass(a, first_row, radix_bits, columns, table):
    """A radix of 2, 4, 8 or 16 over as many consecutive rows."""
    at = first_row * columns
    if radix_bits == 4:
        _pass16(a, first_row, 4, columns, table, 0, True)
    elif radix_bits == 3:
        for c in range(at, at + columns, LANES):
            store8(a, c, columns, transform8(load8(a, c, columns)))
    elif radix_bits == 2:
        for c in range(at, at + columns, LANES):
            store4(a, c, columns, transform4(load4(a, c, columns)))
    else:
        for c in range(at, at + columns, LANES):
            store2(a, c, columns, transform2(load2(a, c, columns)))


@njit(cache=True, nogil=True)
def transform_blocks(a, columns, log_rows, tables, offsets, first, last):
    """Transforms blocks first..last-1 of 2^log_rows rows each, in place, depth first.

    The smallest blocks are visited in order; a larger block's pass runs when its first smallest block is reached.
    offsets[m] is where the factors for blocks of 2^m rows begin in `tables`.
    """
    smallest = (log_rows - 1) % RADIX_BITS + 1
    for row in range(first << log_rows, last << log_rows, 1 << smallest):
        for log_block in range(log_rows, smallest, -RADIX_BITS):
            if row & ((1 << log_block) - 1) == 0:
                _pass16(a, row, log_block, columns, tables, offsets[log_block], False)
        _last_pass(a, row, smallest, columns, tables)


def encode_segments(
    q: Words, num_segments: int, log_height: int, log_blowup: int, out: Words | None = None, threads: int = 1
) -> Words:
    """Values of every segment on the subgroup of order 2^(log_height + log_blowup).

    `q`: num_segments * 2^log_height words in Montgomery form, segment after segment; a shorter one is copied and
    filled up with zeros. Returns (or fills) a C-contiguous
    matrix (2^(log_height + log_blowup), padded_columns(num_segments)), columns beyond the segments zero; row b belongs
    to the point root_of_unity(log_height + log_blowup)^bitreverse(b).
    """
    height, columns = 1 << log_height, padded_columns(num_segments)
    shape = (height << log_blowup, columns)
    flat = np.ascontiguousarray(q).reshape(-1)
    if num_segments < 1 or flat.dtype != np.uint32 or len(flat) > num_segments << log_height:
        raise ValueError(f"expected {num_segments} segments of {height} uint32 words, got {len(flat)} of {flat.dtype}")
    out = np.empty(shape, np.uint32) if out is None else out
    if out.shape != shape or out.dtype != np.uint32 or not out.flags.c_contiguous:
        raise ValueError(f"expected a C-contiguous uint32 output of shape {shape}, got {out.dtype} {out.shape}")
    if len(flat) < num_segments << log_height:
        flat = np.concatenate([flat, np.zeros((num_segments << log_height) - len(flat), np.uint32)])
    if log_height < MIN_LOG_HEIGHT:
        out[:] = encode_reference(flat, num_segments, log_height, log_blowup)
        return out
    starts = np.zeros(columns, np.int64)
    starts[:num_segments] = np.arange(num_segments) << log_height
    masks = np.zeros(columns, np.uint32)
    masks[:num_segments] = FULL_MASK
    _spread_all(flat, starts, masks, log_height, log_blowup, out, threads)
    _transform_all(out, columns, log_height - RADIX_BITS, threads)
    return out


def _spread_all(
    q: Words, starts: Offsets, masks: Words, log_height: int, log_blowup: int, out: Words, threads: int
) -> None:
    stride = 1 << (log_height - RADIX_BITS)
    root = root_of_unity(log_height + log_blowup)
    generators = [pow(root, bit_reverse(t, log_blowup), P) for t in range(1 << log_blowup)]
    shifts = to_montgomery([[pow(g, stride * i, P) for i in range(RADIX)] for g in generators]).reshape(-1)
    encoded = to_montgomery(generators)
    tile = max(BLOCK, SCRATCH_WORDS // (RADIX * len(starts)) // BLOCK * BLOCK)
    table, flat = pass_table(log_height), out.reshape(-1)

    def work(first: int, last: int) -> None:
        spread(q, starts, masks, log_height, shifts, encoded, table, tile, first, last, flat)

    run_ranges(work, stride, threads, granule=tile)


def _transform_all(out: Words, columns: int, log_rows: int, threads: int) -> None:
    """The passes after the first: every block of 2^log_rows rows on its own."""
    if log_rows == 0:
        return
    tables, offsets = _tables(log_rows)
    flat = out.reshape(-1)

    def work(first: int, last: int) -> None:
        transform_blocks(flat, columns, log_rows, tables, offsets, first, last)

    run_ranges(work, len(out) >> log_rows, threads)


def _tables(log_rows: int) -> tuple[Words, Offsets]:
    """The factors of all passes over blocks of 2^log_rows rows and below, in one array."""
    offsets, parts, used = np.zeros(log_rows + 1, np.int64), [np.zeros(0, np.uint32)], 0
    for log_block in range(log_rows, RADIX_BITS, -RADIX_BITS):
        offsets[log_block] = used
        parts.append(pass_table(log_block))
        used += len(parts[-1])
    return np.concatenate(parts), offsets
