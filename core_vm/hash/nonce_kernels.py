"""Searching for nonces, compiled: LANES permutations at once, of states that differ in one element."""

from __future__ import annotations

import itertools

import numpy as np

from core_vm.field.koalabear import MONTGOMERY_R, P, Words, to_montgomery
from core_vm.field.packed import LANES, load, monty_encode, splat, store
from core_vm.hash.packed_poseidon2 import join
from core_vm.hash.poseidon2 import RATE
from core_vm.hash.poseidon2_kernels import FULL_16, ONE_WORD, PARTIAL_16, first_block_of_permuted
from core_vm.host.kernel_cache import njit
from core_vm.host.threads import run_ranges

_STEP = np.uint32(LANES * MONTGOMERY_R % P)
BATCH = 4096
"""Nonces that a thread tries before it looks what others have found: a third of a millisecond."""


@njit(inline="always")
def _eight(vectors, at):
    return (
        load(vectors, at), load(vectors, at + LANES), load(vectors, at + 2 * LANES), load(vectors, at + 3 * LANES),
        load(vectors, at + 4 * LANES), load(vectors, at + 5 * LANES), load(vectors, at + 6 * LANES),
        load(vectors, at + 7 * LANES),
    )  # fmt: skip


@njit(cache=True, nogil=True)
def first_nonce(vectors, position, mask, first, last):
    """The first x, first <= x < last, for which the permutation starts with an element whose bits of `mask` are zero;
    `last` if there is none. `vectors` (16, LANES) flat, Montgomery, has each element of the state LANES times; element
    `position` is x."""
    found = np.empty(LANES, np.uint32)
    at = position * LANES
    for lane in range(LANES):
        vectors[at + lane] = monty_encode(first + lane)
    for start in range(first, last, LANES):
        state = join((_eight(vectors, 0), _eight(vectors, RATE * LANES)))
        store(vectors, at, load(vectors, at) + splat(_STEP))
        store(found, 0, first_block_of_permuted(state, FULL_16, PARTIAL_16)[0] * splat(ONE_WORD))
        for lane in range(min(LANES, last - start)):
            if found[lane] & mask == 0:
                return start + lane
    return last


def find_nonce(state: list[int], position: int, bits: int, first: int = 0, threads: int = 1) -> int:
    """The smallest canonical x >= first for which the permutation of `state` with state[position] = x starts with an
    element whose low `bits` bits are zero. Raises ArithmeticError when none exists.

    Threads take batches in turn. Each goes on until one that lies below its next batch is found, so that none is
    overlooked.
    """
    template, mask = np.repeat(to_montgomery(state), LANES), np.uint32((1 << bits) - 1)
    best = [P] * threads

    def search(low: int, high: int) -> None:
        """The batches whose numbers are low .. high - 1 modulo `threads`."""
        vectors: Words = template.copy()
        for turn in itertools.count(0, threads):
            for thread in range(low, high):
                start = first + (turn + thread) * BATCH
                if start >= min(best):
                    return
                stop = min(start + BATCH, P)
                found = first_nonce(vectors, position, mask, start, stop)
                if found < stop:
                    best[thread] = found
                    return

    run_ranges(search, threads, threads)
    if min(best) == P:
        raise ArithmeticError(f"no nonce carries {bits} bits of work")
    return min(best)
