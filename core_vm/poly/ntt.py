"""Encoding: segments of coefficients to their values on a two-adic subgroup, in plain numpy.

This is the definition that `ntt_kernels` is tested against, and the path for the smallest sizes. A segment of 2^H
words is the polynomial sum_k c_k X^k; its code word is its values on the subgroup of order 2^(H + log_blowup). All
segments are encoded at once as the columns of a matrix, whose row b holds the values at the point
root_of_unity(H + log_blowup)^bitreverse(b).
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from core_vm.field.koalabear import P, Words, root_of_unity

COLUMN_GRANULE = 16


def padded_columns(num_segments: int) -> int:
    """The row length of an encoding: whole vectors of sixteen columns."""
    return -(-num_segments // COLUMN_GRANULE) * COLUMN_GRANULE


def bit_reverse(index: int, bits: int) -> int:
    """The index with its `bits` bits in the opposite order."""
    result = 0
    for _ in range(bits):
        result, index = result << 1 | index & 1, index >> 1
    return result


def root_powers(log_order: int, count: int) -> npt.NDArray[np.uint64]:
    """[1, w, w^2, ...], canonical, for the generator w of the subgroup of order 2^log_order."""
    root = root_of_unity(log_order)
    result = np.empty(max(count, 1), np.uint64)
    result[0] = 1
    filled = 1
    while filled < count:  # doubling: the next run is the first one times w^filled
        step = min(filled, count - filled)
        result[filled : filled + step] = result[:step] * np.uint64(pow(root, filled, P)) % np.uint64(P)
        filled += step
    return result[:count]


@lru_cache(maxsize=32)
def block_factors(log_count: int) -> Words:
    """The factors that split blocks of a code word, as pairs of words for `packed_ntt`, flat, read-only.

    Block t of 2^k blocks holds the remainder modulo X^(2 m) - s^2, which splits into those modulo X^m - s and X^m + s.
    Pair t is (floor(s 2^32 / p), s), s = root_of_unity(k + 1)^bitreverse(t) canonical: the same for every k, as more
    blocks only put zeros in front of t.
    """
    factors = np.ones(1, np.uint64)
    for k in range(log_count):  # bitreverse(2^k + t) is bitreverse(t) + 1 when both have k + 1 bits
        factors = np.concatenate([factors, factors * np.uint64(root_of_unity(k + 2)) % np.uint64(P)])
    table = np.stack([(factors << np.uint64(32)) // np.uint64(P), factors], axis=1).astype(np.uint32).reshape(-1)
    table.flags.writeable = False
    return table


def encode_reference(q: Words, num_segments: int, log_height: int, log_blowup: int) -> Words:
    """Same result as `ntt_kernels.encode_segments`, by a radix-2 transform of the zero-padded matrix."""
    height = 1 << log_height
    matrix = np.zeros((height << log_blowup, padded_columns(num_segments)), np.uint64)
    matrix[:height, :num_segments] = np.asarray(q).reshape(num_segments, height).T
    for log_size in range(log_height + log_blowup, 0, -1):
        blocks = matrix.reshape(-1, 2, 1 << (log_size - 1), matrix.shape[1])
        low, high = blocks[:, 0].copy(), blocks[:, 1].copy()
        factors = root_powers(log_size, 1 << (log_size - 1))[None, :, None]
        blocks[:, 0] = (low + high) % np.uint64(P)
        blocks[:, 1] = (low + np.uint64(P) - high) * factors % np.uint64(P)
    return matrix.astype(np.uint32)
