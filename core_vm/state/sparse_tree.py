"""Sparse Poseidon2 Merkle trees in numpy: what the program tree, the memory image and the statement's roots share.

A level is (indices, digests): sorted node indices (int64) and their digests (n, 8), uint32 in Montgomery form. A node
that is not listed has the level's default digest.

There are two ways to compress, with the same results: numpy, which every installation has and nothing must be loaded
for, and the compiled permutation, some forty times as fast. A process starts with numpy. It changes over when it proves
(`use_compiled_permutation`), or when it has so much to hash that loading a compiler is worth it, if there is one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from core_vm.field.koalabear import from_montgomery, to_montgomery
from core_vm.hash.poseidon2 import Digest, compress, compress_batch
from core_vm.state.memory_map import LEAF_DWORDS, TREE_DEPTH

Level = tuple[np.ndarray, np.ndarray]

_NUMPY_CHUNK = 2048  # states whose sixteen uint64 rows, and the next ones, stay in the second-level cache
# Half a second's work for numpy. Loading the compiled permutation takes about as long.
WORTH_A_COMPILER = 2**17


def compress_in_numpy(pairs: np.ndarray) -> np.ndarray:
    """`compress_pairs` without a compiler. For a single pair, as most levels of a small program's trees have, calling
    numpy takes twice as long as plain integers."""
    if len(pairs) == 1:
        values = from_montgomery(pairs[0]).tolist()
        return to_montgomery(compress(tuple(values[:8]), tuple(values[8:])))[None]
    digests = np.empty((len(pairs), 8), np.uint32)
    for start in range(0, len(pairs), _NUMPY_CHUNK):
        canonical = from_montgomery(pairs[start : start + _NUMPY_CHUNK])
        digests[start : start + _NUMPY_CHUNK] = to_montgomery(compress_batch(canonical[:, :8], canonical[:, 8:]))
    return digests


@dataclass
class Compressor:
    """How this process compresses, and whether that may still change."""

    compress: Callable[[np.ndarray], np.ndarray]
    settled: bool = False


compressor = Compressor(compress_in_numpy)
"""The one of this process."""


def use_compiled_permutation() -> None:
    """From now on, compress by the compiled permutation; for processes that prove. Raises ImportError without numba."""
    from core_vm.hash.poseidon2_kernels import compress_many

    compressor.compress, compressor.settled = compress_many, True


def expect_compressions(count: int) -> None:
    """Change over to the compiled permutation if `count` compressions are worth it and it works here."""
    if count < WORTH_A_COMPILER or compressor.settled:
        return
    pair = np.arange(16, dtype=np.uint32)[None]
    try:
        use_compiled_permutation()
        works = np.array_equal(compressor.compress(pair), compress_in_numpy(pair))
    except Exception:  # no numba, or one that cannot compile here: nothing that a verifier should fail for
        works = False
    if not works:
        compressor.compress, compressor.settled = compress_in_numpy, True


def compress_pairs(pairs: np.ndarray) -> np.ndarray:
    """Digests (n, 8) of the pairs (n, 16), left then right; uint32, Montgomery form on both sides."""
    if not len(pairs):
        return np.zeros((0, 8), np.uint32)
    expect_compressions(len(pairs))
    return compressor.compress(np.ascontiguousarray(pairs))


def leaf_digests(dwords: np.ndarray) -> np.ndarray:
    """Digests (n, 8) of memory leaves (n, 4) uint64: the sixteen 16-bit limbs, compressed."""
    limbs = np.ascontiguousarray(dwords, "<u8").view("<u2").reshape(-1, 4 * LEAF_DWORDS)
    return compress_pairs(to_montgomery(limbs))


@lru_cache(maxsize=1)
def memory_defaults() -> np.ndarray:
    """Digests (29, 8) of empty memory by level: a leaf of zeros and the trees of such leaves."""
    defaults = np.zeros((TREE_DEPTH + 1, 8), np.uint32)
    defaults[0] = leaf_digests(np.zeros((1, LEAF_DWORDS), np.uint64))[0]
    for level in range(TREE_DEPTH):
        defaults[level + 1] = compress_pairs(np.tile(defaults[level], 2)[None])[0]
    return defaults


def parent_level(level: Level, default: np.ndarray) -> Level:
    """The parents of all listed nodes; `default` (8,) stands in for a child that is not listed."""
    indices, digests = level
    parents, place = np.unique(indices >> 1, return_inverse=True)
    children = np.tile(default, (len(parents), 2)).reshape(-1, 2, 8)
    children[place, indices & 1] = digests
    return parents, compress_pairs(children.reshape(-1, 16))


def build_levels(leaves: Level, depth: int, defaults: np.ndarray) -> list[Level]:
    """All levels from the leaves (level 0) to the root (level `depth`); `defaults` (depth, 8) or more, by level."""
    levels = [leaves]
    for number in range(depth):
        levels.append(parent_level(levels[-1], defaults[number]))
    return levels


def subtree_digest(leaves: Level, height: int) -> np.ndarray:
    """The digest (8,) of the memory node at level `height` above these leaves, all of which lie below it."""
    if not len(leaves[0]):
        return memory_defaults()[height]
    return build_levels(leaves, height, memory_defaults())[height][1][0]


def to_digest(montgomery: np.ndarray) -> Digest:
    """One digest (8,) in Montgomery form as eight canonical integers."""
    return tuple(int(element) for element in from_montgomery(montgomery))
