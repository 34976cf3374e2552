"""Encoding, compiled: blocks of remainders, radix 16, on rows of interleaved columns.

A block of 2 m rows holds a polynomial's remainder modulo X^(2 m) - s^2 and splits into those modulo X^m - s and
X^m + s: low + s high and low - s high, until a row is a value. A block has one s for all of its rows
(`ntt.block_factors`), so no table grows with it. A segment of 2^H words is its own remainder modulo X^(2^H) - c for any
c: the first pass reads the segments, transposes them into rows and serves each of the 2^b blocks of a domain that is
2^b times as large. The remaining passes run depth first, so that small blocks stay in the cache.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from core_vm.field.packed import LANES
from core_vm.field.packed.transpose import BLOCK, load_block_at, mask_block
from core_vm.host.kernel_cache import njit
from core_vm.host.memory import aligned_words
from core_vm.host.threads import run_ranges
from core_vm.poly.ntt import Words, block_factors, encode_reference, padded_columns
from core_vm.poly.packed_ntt import (
    load2,
    load4,
    load8,
    load16,
    store2,
    store4,
    store8,
    store16,
    transform2,
    transform4,
    transform8,
    transform16,
)

Offsets = npt.NDArray[np.int64]

RADIX_BITS = 4
RADIX = 1 << RADIX_BITS
FULL_MASK = np.uint32(2**32 - 1)
# The first pass gathers sixteen tiles of rows in at most so many words, half of a second-level cache. A tile of 64 rows
# reads whole cache lines of a segment, several in a row: segments lie a power of two apart, so that what is read in
# part has left the cache before the next tile asks for the rest.
SCRATCH_WORDS = 1 << 17
TILE_ROWS = 64
MIN_RANGES = 2  # of rows a thread: short segments of many columns are as much work as long ones
MIN_LOG_HEIGHT = RADIX_BITS


@njit
def _gather(q, starts, masks, columns, stride, first, rows, apart, scratch):
    """scratch[i apart + r columns + c] = element first + r + i stride of column c, for i below 16, r below rows."""
    if stride < BLOCK:
        for c in range(columns):
            for i in range(RADIX):
                for r in range(rows):
                    scratch[i * apart + r * columns + c] = q[starts[c] + i * stride + first + r] & masks[c]
        return
    for c in range(0, columns, LANES):
        for i in range(RADIX):
            for r in range(0, rows, BLOCK):
                block = load_block_at(q, starts, c, i * stride + first + r)
                store8(scratch, i * apart + r * columns + c, columns, mask_block(block, masks, c))


@njit(cache=True, nogil=True)
def spread(q, starts, masks, log_height, first_coset, last_coset, table, tile, first, last, scratch, out):
    """The first pass for rows first <= j < last of every sixteenth, of these cosets. `scratch`: sixteen tiles."""
    columns, stride = starts.shape[0], 1 << (log_height - RADIX_BITS)
    apart = scratch.shape[0] // RADIX
    for begin in range(first, last, tile):
        rows = min(tile, last - begin)
        _gather(q, starts, masks, columns, stride, begin, rows, apart, scratch)
        for coset in range(first_coset, last_coset):
            target = ((coset - first_coset << log_height) + begin) * columns
            for c in range(0, rows * columns, LANES):
                s = load16(scratch, c, apart)
                store16(out, target + c, stride * columns, transform16(s, table, coset))


@njit
def _pass16(a, at, log_rows, columns, table, block):
    """Radix 16 over the 2^log_rows rows of a block, whose words start at `at`."""
    stride = columns << (log_rows - RADIX_BITS)
    for c in range(at, at + stride, LANES):
        store16(a, c, stride, transform16(load16(a, c, stride), table, block))


@njit
def _last_pass(a, at, radix_bits, columns, table, block):
    """A radix of 2, 4, 8 or 16 over the rows of a block of as many."""
    if radix_bits == 4:
        _pass16(a, at, 4, columns, table, block)
    elif radix_bits == 3:
        for c in range(at, at + columns, LANES):
            store8(a, c, columns, transform8(load8(a, c, columns), table, block))
    elif radix_bits == 2:
        for c in range(at, at + columns, LANES):
            store4(a, c, columns, transform4(load4(a, c, columns), table, block))
    else:
        for c in range(at, at + columns, LANES):
            store2(a, c, columns, transform2(load2(a, c, columns), table, block))


@njit(cache=True, nogil=True)
def transform_blocks(a, columns, log_rows, table, start, first, last):
    """Transforms blocks first..last-1 of 2^log_rows rows each, in place, depth first; `a` begins with block `start`.

    The smallest blocks are visited in order; a larger block's pass runs when its first smallest block is reached.
    """
    smallest = (log_rows - 1) % RADIX_BITS + 1
    for row in range(first << log_rows, last << log_rows, 1 << smallest):
        at = (row - (start << log_rows)) * columns
        for log_block in range(log_rows, smallest, -RADIX_BITS):
            if row & ((1 << log_block) - 1) == 0:
                _pass16(a, at, log_block, columns, table, row >> log_block)
        _last_pass(a, at, smallest, columns, table, row >> smallest)


def encode_segments(
    q: Words,
    num_segments: int,
    log_height: int,
    log_blowup: int,
    out: Words | None = None,
    threads: int = 1,
    cosets: range | None = None,
) -> Words:
    """Values of every segment on the subgroup of order 2^(log_height + log_blowup).

    `q`: num_segments * 2^log_height words in Montgomery form, segment after segment; a shorter one is copied and
    filled up with zeros. Returns (or fills) a C-contiguous matrix (2^(log_height + log_blowup),
    padded_columns(num_segments)), columns beyond the segments zero; row b belongs to the point
    root_of_unity(log_height + log_blowup)^bitreverse(b). One that starts on a cache line is filled a fifth faster.

    With `cosets` only their rows, 2^log_height each, of the 2^log_blowup cosets.
    """
    height, columns = 1 << log_height, padded_columns(num_segments)
    cosets = range(1 << log_blowup) if cosets is None else cosets
    shape = (height * len(cosets), columns)
    flat = np.ascontiguousarray(q).reshape(-1)
    if num_segments < 1 or flat.dtype != np.uint32 or len(flat) > num_segments << log_height:
        raise ValueError(f"expected {num_segments} segments of {height} uint32 words, got {len(flat)} of {flat.dtype}")
    out = aligned_words(shape[0] * shape[1]).reshape(shape) if out is None else out
    if out.shape != shape or out.dtype != np.uint32 or not out.flags.c_contiguous:
        raise ValueError(f"expected a C-contiguous uint32 output of shape {shape}, got {out.dtype} {out.shape}")
    if len(flat) < num_segments << log_height:
        flat = np.concatenate([flat, np.zeros((num_segments << log_height) - len(flat), np.uint32)])
    if log_height < MIN_LOG_HEIGHT:
        whole = encode_reference(flat, num_segments, log_height, log_blowup)
        out[:] = whole[cosets.start << log_height : cosets.stop << log_height]
        return out
    starts = np.zeros(columns, np.int64)
    starts[:num_segments] = np.arange(num_segments) << log_height
    masks = np.zeros(columns, np.uint32)
    masks[:num_segments] = FULL_MASK
    _spread_all(flat, starts, masks, log_height, log_blowup, cosets, out, threads)
    _transform_all(out, columns, log_height, log_blowup, cosets.start, threads)
    return out


def _spread_all(
    q: Words, starts: Offsets, masks: Words, log_height: int, log_blowup: int, cosets: range, out: Words, threads: int
) -> None:
    columns = len(starts)
    rows = 1 << (log_height - RADIX_BITS)
    tile = min(TILE_ROWS, SCRATCH_WORDS // (RADIX * columns), rows // (threads * MIN_RANGES))
    tile = max(BLOCK, tile // BLOCK * BLOCK)
    table, flat = block_factors(log_blowup + RADIX_BITS - 1), out.reshape(-1)

    def work(first: int, last: int) -> None:
        scratch = aligned_words(RADIX * (tile * columns + LANES))  # tiles a power of two apart would share cache sets
        spread(
            *(q, starts, masks, log_height, cosets.start, cosets.stop),
            *(table, tile, first, last, scratch, flat),
        )

    run_ranges(work, rows, threads, granule=tile)


def _transform_all(out: Words, columns: int, log_height: int, log_blowup: int, first_coset: int, threads: int) -> None:
    """The passes after the first: every block of a sixteenth of a coset's rows on its own."""
    log_rows = log_height - RADIX_BITS
    if log_rows == 0:
        return
    table, flat, start = block_factors(log_height + log_blowup - 1), out.reshape(-1), first_coset << RADIX_BITS

    def work(first: int, last: int) -> None:
        transform_blocks(flat, columns, log_rows, table, start, start + first, start + last)

    run_ranges(work, len(out) >> log_rows, threads)
