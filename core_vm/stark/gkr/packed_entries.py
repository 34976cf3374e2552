"""Entries of the fraction tree's sumchecks, and the sums over pairs of them that a round's message needs.

All data lie in one flat uint32 buffer, `memory`, in tiles of 64 lanes; offsets count words. A fraction tile holds the
numerators and e = d - 1, in blocks of LANES lanes: five planes of each, where the input layer has one plane of
numerators (they are in F). Everything about a lane is in one block, so that memory is read in order.

After the first fold a sumcheck works on entries of four K tiles n0, a1, e0, e1, where a1 = n1 + lambda (1 + e1):
    n0 (1+e1) + n1 (1+e0) + lambda (e0 + e1 + e0 e1)  =  n0 (1+e1) + a1 (1+e0) - lambda,
which takes two products. Where fractions are missing n0 = 0, a1 = lambda, e0 = e1 = 0, and they contribute nothing; an
entry of missing fractions lies at word `missing`.

Which entries are partners, and whose sums are wanted, is in `rows` (see `work_lists`). A pair's sum has the weight
weights[number] * group_weights[group]; one that retires has the latter alone, and is kept apart. Partial sums are kept
lane by lane; `total` is (2, 2, 5, 64): of the pairs that stay, and of those that retire, the cofactor at X = 0 and its
coefficient of X^2. `constants` are r, the last challenge, and lambda.
"""

from __future__ import annotations

from core_vm.air.table import TILE
from core_vm.field.packed import LANES, ext_add, ext_load, ext_mul, ext_mul_pairs, ext_splat, ext_store, ext_sub
from core_vm.host.kernel_cache import borrowing_njit
from core_vm.stark.gkr.packed_fractions import PLANES
from core_vm.stark.words import ENTRY_WORDS, K_TILE

BLOCKS = TILE // LANES
ENTRY_BLOCK = 4 * PLANES


@borrowing_njit(inline="always")
def add_to(sums, at, value):
    """LANES lanes of a sum, from word `at` of a K tile."""
    ext_store(sums, at, TILE, ext_add(ext_load(sums, at, TILE), value))


@borrowing_njit(inline="always")
def entry_at(base, number, missing):
    """The word where the entry of this number is; where it is negative, the missing one."""
    return base + number * ENTRY_WORDS if number >= 0 else missing


@borrowing_njit
def sums_of_pair(memory, left, right, w, constants, total, to):
    """Adds both sums of the pair of entries at `left` and `right`, times w, to `total` from word `to`."""
    batching = ext_splat(constants, 5, 1)
    for b in range(BLOCKS):
        at, far = left + b * ENTRY_BLOCK, right + b * ENTRY_BLOCK
        n0, a1 = ext_load(memory, at, LANES), ext_load(memory, at + PLANES, LANES)
        e0, e1 = ext_load(memory, at + 2 * PLANES, LANES), ext_load(memory, at + 3 * PLANES, LANES)
        value = ext_add(ext_mul_pairs(n0, e1, a1, e0), ext_sub(ext_add(n0, a1), batching))
        add_to(total, to + b * LANES, ext_mul(value, w))
        n0, a1 = ext_sub(ext_load(memory, far, LANES), n0), ext_sub(ext_load(memory, far + PLANES, LANES), a1)
        e0 = ext_sub(ext_load(memory, far + 2 * PLANES, LANES), e0)
        e1 = ext_sub(ext_load(memory, far + 3 * PLANES, LANES), e1)
        add_to(total, to + K_TILE + b * LANES, ext_mul(ext_mul_pairs(n0, e1, a1, e0), w))


@borrowing_njit
def sum_of_bare_pair(memory, left, w, constants, total):
    """`sums_of_pair` where the right halves of both entries are missing: n0 + lambda e0 is linear, so that the second
    sum is zero."""
    wl = ext_mul(w, ext_splat(constants, 5, 1))
    for b in range(BLOCKS):
        at = left + b * ENTRY_BLOCK
        n, e = ext_load(memory, at, LANES), ext_load(memory, at + 2 * PLANES, LANES)
        add_to(total, b * LANES, ext_mul_pairs(n, w, e, wl))


@borrowing_njit
def add_sums(memory, left, right, stays, number, group, weights, group_weights, constants, total):
    """`sums_of_pair` with the pair's weight, to those that stay or those that retire."""
    w = ext_splat(group_weights, 5 * group, 1)
    if stays:
        w = ext_mul(w, ext_splat(weights, 5 * number, 1))
    sums_of_pair(memory, left, right, w, constants, total, 0 if stays else 2 * K_TILE)
