"""Poseidon2, and compression and leaf hashing by it, in Python and in numpy. All values are canonical.

`permute` works on one list of integers; `permute_batch` on many states at once. Width 16 joins digests (and is the
transcript's), width 24 takes sixteen elements of a leaf at a time.

Compression and leaf hashing feed the input forward: compress(l, r) = (P(l|r) + (l|r))[0:8]. Truncation alone would not
be collision-resistant, because P can be inverted. A digest is eight elements, 247.9 bits: collisions cost 2^123.95.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from core_vm.field.koalabear import Integers, P, reduced
from core_vm.hash.poseidon2_parameters import FULL_ROUNDS, POSEIDON2_16, POSEIDON2_24, Poseidon2

WIDTH = 16
RATE = 8
DIGEST = 8
LEAF_RATE = 16
HALF_FULL = FULL_ROUNDS // 2

Digest = tuple[int, ...]
"""DIGEST canonical elements."""

Compress = Callable[[Any, Any], Any]
"""Two digests to one: of numbers, or of what stands for them in a circuit."""


def _external(s: list[int]) -> list[int]:
    """circ(2 M, M, .., M) with M = circ(2, 3, 1, 1), without reductions (entries grow by at most 49)."""
    blocks = []
    for x0, x1, x2, x3 in zip(s[0::4], s[1::4], s[2::4], s[3::4], strict=True):
        left, right = x0 + x1, x2 + x3
        with_x1, with_x3 = left + right + x1, left + right + x3
        blocks.append((with_x1 + left, with_x1 + 2 * x2, with_x3 + right, with_x3 + 2 * x0))
    t0, t1, t2, t3 = map(sum, zip(*blocks, strict=True))
    return [y for y0, y1, y2, y3 in blocks for y in (y0 + t0, y1 + t1, y2 + t2, y3 + t3)]


def _full_round(s: list[int], constants: Sequence[int]) -> list[int]:
    return _external([(x + c) ** 3 % P for x, c in zip(s, constants, strict=True)])


def permute(state: Sequence[int], poseidon2: Poseidon2 = POSEIDON2_16) -> list[int]:
    """The permutation of 16 canonical values, or of as many as `poseidon2` has."""
    s = _external(list(state))
    for constants in poseidon2.full_constants[:HALF_FULL]:
        s = _full_round(s, constants)
    for constant in poseidon2.partial_constants:
        s[0] = (s[0] + constant) ** 3 % P
        total = sum(s)
        s = [(total + x * d) % P for x, d in zip(s, poseidon2.diagonal, strict=True)]
    for constants in poseidon2.full_constants[HALF_FULL:]:
        s = _full_round(s, constants)
    return [x % P for x in s]


_States = npt.NDArray[np.uint64]  # (width, n): one row an element of the state


@cache
def _arrays(poseidon2: Poseidon2) -> tuple[_States, _States]:
    """The constants of the full rounds, (8, width, 1), and the diagonal, (width, 1)."""
    return np.array(poseidon2.full_constants, np.uint64)[:, :, None], np.array(poseidon2.diagonal, np.uint64)[:, None]


def _cube(x: _States) -> _States:
    return reduced(reduced(x * x) * x)


def _external_batch(s: _States) -> _States:
    x = s.reshape(len(s) // 4, 4, -1)
    rows = x + x.sum(axis=1, keepdims=True)  # circ(2, 3, 1, 1)
    rows[:, :3] += 2 * x[:, 1:]
    rows[:, 3] += 2 * x[:, 0]
    rows += rows.sum(axis=0, keepdims=True)
    return rows.reshape(s.shape)


def permute_batch(states: Integers, poseidon2: Poseidon2 = POSEIDON2_16) -> npt.NDArray[np.uint32]:
    """The permutation of every row of an (n, width) array."""
    full_constants, diagonal = _arrays(poseidon2)
    s = _external_batch(np.ascontiguousarray(np.asarray(states, np.uint64).T))
    for constants in full_constants[:HALF_FULL]:
        s = _external_batch(_cube(reduced(s + constants)))
    s = reduced(s)
    for constant in poseidon2.partial_constants:
        s[0] = _cube(reduced(s[0] + np.uint64(constant)))
        total = s.sum(axis=0)
        s *= diagonal
        s += total
        s = reduced(s)
    for constants in full_constants[HALF_FULL:]:
        s = _external_batch(_cube(reduced(s + constants)))
    return np.ascontiguousarray(reduced(s).astype(np.uint32).T)


def _fed_forward(state: list[int], poseidon2: Poseidon2) -> list[int]:
    return [(x + y) % P for x, y in zip(permute(state, poseidon2)[:DIGEST], state, strict=False)]


def _fed_forward_batch(left: Integers, right: Integers, poseidon2: Poseidon2) -> npt.NDArray[np.uint32]:
    left = np.asarray(left, np.uint64)
    states = np.concatenate([left, np.asarray(right, np.uint64)], axis=1)
    return reduced(permute_batch(states, poseidon2)[:, :DIGEST] + left).astype(np.uint32)


def compress(left: Digest, right: Digest) -> list[int]:
    """Two digests of eight elements to one."""
    return _fed_forward([*left, *right], POSEIDON2_16)


def compress_batch(left: Integers, right: Integers) -> npt.NDArray[np.uint32]:
    """Row by row: two (n, 8) arrays to one (n, 8)."""
    return _fed_forward_batch(left, right, POSEIDON2_16)


def hash_leaf(elements: Sequence[int]) -> list[int]:
    """digest' = (P(digest|block) + (digest|block))[0:8] of width 24 over blocks of sixteen, from the zero digest.

    Zeros fill the last block: the number of elements is fixed by the shape of the tree. Blocks are taken from the last
    to the first: a leaf that ends in blocks of zeros then starts from a digest that depends on their number alone.
    """
    digest = [0] * DIGEST
    for start in reversed(range(0, len(elements), LEAF_RATE)):
        block = list(elements[start : start + LEAF_RATE])
        digest = _fed_forward([*digest, *block, *[0] * (LEAF_RATE - len(block))], POSEIDON2_24)
    return digest


@cache
def digest_of_zero_blocks(count: int) -> tuple[int, ...]:
    """The chained digest after `count` blocks of sixteen zeros: where the hash of a leaf that ends in them starts."""
    return tuple(hash_leaf([0] * (LEAF_RATE * count)))


def hash_leaves_batch(rows: Integers) -> npt.NDArray[np.uint32]:
    """`hash_leaf` of every row of an (n, width) array: (n, 8)."""
    rows = np.asarray(rows, np.uint64)
    height, width = rows.shape
    padded = np.zeros((height, -(-width // LEAF_RATE) * LEAF_RATE), np.uint64)
    padded[:, :width] = rows
    digests = np.zeros((height, DIGEST), np.uint32)
    for start in reversed(range(0, width, LEAF_RATE)):
        digests = _fed_forward_batch(digests, padded[:, start : start + LEAF_RATE], POSEIDON2_24)
    return digests
