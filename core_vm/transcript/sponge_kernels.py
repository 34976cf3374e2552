"""The duplex sponge of `sponge`, compiled: all permutations between one squeeze and the end of the next in one call."""

from __future__ import annotations

import numpy as np

from core_vm.field.koalabear import P
from core_vm.field.packed import splat
from core_vm.field.packed.transpose import load_block, store_block
from core_vm.hash.packed_poseidon2 import join, scale, split
from core_vm.hash.poseidon2 import RATE
from core_vm.hash.poseidon2_kernels import FULL_16, ONE_WORD, PARTIAL_16, R_SQUARED, permute_packed
from core_vm.host.kernel_cache import njit


@njit
def _permute(state):
    """One state in place, canonical; all lanes do the same."""
    packed = join((load_block(state, 0, 0), load_block(state, RATE, 0)))
    packed = permute_packed(scale(packed, splat(R_SQUARED)), FULL_16, PARTIAL_16)
    left, right = split(scale(packed, splat(ONE_WORD)))
    store_block(state, 0, 0, left)
    store_block(state, RATE, 0, right)


@njit(cache=True, nogil=True)
def duplex(state, queue, header, squeezed):
    """Absorbs `queue`, any number of canonical words, in blocks of eight that overwrite the rate, the last one filled
    with zeros, its capacity marked by `header`; then squeezes as many words as `squeezed` has, in blocks of eight."""
    last = max(queue.shape[0] - 1, 0) // RATE
    for block in range(last + 1):
        for k in range(RATE):
            at = block * RATE + k
            state[k] = queue[at] if at < queue.shape[0] else np.uint32(0)
        if block == last:
            state[RATE] = np.uint32((np.int64(state[RATE]) + header) % P)
        _permute(state)
    for at in range(squeezed.shape[0]):
        if at and at % RATE == 0:
            _permute(state)
        squeezed[at] = state[at % RATE]
