"""Kernels of the fraction tree: combine two layers, and the sumcheck rounds of a layer over whole tiles.

All data lie in one flat uint32 buffer, `memory`, in tiles of 64 lanes; offsets count words. A fraction tile holds the
numerators and e = d - 1, in blocks of LANES lanes: five planes of each, where the leaf layer has one plane of
numerators (they are in F). Everything about a lane is in one block, so that memory is read in order. Entries of a
layer are grouped (by interaction while tile bits are combined): `starts` are the groups' first entries, and entries 2x
and 2x + 1 *of a group* are partners; a missing partner is the fraction n = 0, e = 0.

After the first fold a sumcheck works on entries of four K tiles a0, a1, e0, e1, where a = n + (lambda/2) (1 + e):
    n0 (1+e1) + n1 (1+e0) + lambda (e0 + e1 + e0 e1)  =  a0 (1+e1) + a1 (1+e0) - lambda,
which halves the products. A missing fraction has a = lambda/2, e = 0, and contributes nothing.

Partial sums are kept lane by lane; `sums` is (2, 5, 64): the cofactor at X = 0 and its coefficient of X^2.

`leaves` is None unless the child layer is the leaf layer, which is not stored: its tiles are written to `children` as
they are needed. For other layers `children` is `memory`. Numba compiles a kernel for each, because their types differ.
"""

from __future__ import annotations

import numpy as np

from core_vm.field.kernel_cache import njit
from core_vm.field.packed import (
    LANES,
    ext_add,
    ext_load,
    ext_mul,
    ext_mul_pairs,
    ext_splat,
    ext_store,
    ext_sub,
)
from core_vm.stark.leaf_kernels import child_tile
from core_vm.stark.packed_fractions import (
    FRACTION_BLOCK,
    FRACTION_WORDS,
    PLANES,
    block_words,
    cross,
    difference,
    fold_numerator,
    load_fraction,
    plus_numerators,
)
from core_vm.stark.packed_prefetch import prefetch

TILE = 64
K_TILE = 5 * TILE
ENTRY_WORDS = 4 * K_TILE
BLOCKS = TILE // LANES
ENTRY_BLOCK = 4 * PLANES
# The first tile of `memory` and of `children` is zero: it stands for every missing fraction.
ZERO_TILE = 0


@njit(inline="always")
def _group_of(starts, entry):
    return np.searchsorted(starts, entry, side="right") - 1


@njit(inline="always")
def _add_to(sums, at, value):
    ext_store(sums, at, TILE, ext_add(ext_load(sums, at, TILE), value))


@njit
def combine_tile(children, left, right, leaf, memory, target):
    """The sum of the fractions of two tiles, lane by lane."""
    for b in range(BLOCKS):
        n0, e0 = load_fraction(children, left + b * block_words(leaf), leaf)
        n1, e1 = load_fraction(children, right + b * block_words(leaf), leaf)
        n = plus_numerators(cross(n0, e0, n1, e1), n0, n1)
        e = ext_add(ext_mul(e0, e1), ext_add(e0, e1))
        ext_store(memory, target + b * FRACTION_BLOCK, LANES, n)
        ext_store(memory, target + b * FRACTION_BLOCK + PLANES, LANES, e)


@njit(cache=True, nogil=True)
def combine_layer(memory, children, child, leaves, child_starts, parent, parent_starts, start, stop):
    """Entries [start, stop) of the parent layer from the child layer."""
    group = _group_of(parent_starts, start)
    for entry in range(start, stop):
        while entry >= parent_starts[group + 1]:
            group += 1
        x = child_starts[group] + 2 * (entry - parent_starts[group])
        left, right = child_tile(children, leaves, child, x, 0), ZERO_TILE
        if x + 1 < child_starts[group + 1]:
            right = child_tile(children, leaves, child, x + 1, 1)
        combine_tile(children, left, right, leaves, memory, parent + entry * FRACTION_WORDS)


@njit
def _first_sums_of_pair(memory, children, leaf, places, parent, weights, weight_at, batching, sums):
    """`places` are the child tiles (left and right) of the pair's two entries; `parent` is the first entry's own
    tile."""
    w = ext_splat(weights, weight_at, 1)
    wl = ext_mul(w, ext_splat(batching, 0, 1))
    for b in range(BLOCKS):
        own, at, v = parent + b * FRACTION_BLOCK, b * block_words(leaf), b * LANES
        at_zero = ext_mul_pairs(ext_load(memory, own, LANES), w, ext_load(memory, own + PLANES, LANES), wl)
        _add_to(sums, v, at_zero)
        n0, e0 = load_fraction(children, places[0] + at, leaf)
        n2, e2 = load_fraction(children, places[2] + at, leaf)
        n0, e0 = difference(n2, n0), ext_sub(e2, e0)
        n1, e1 = load_fraction(children, places[1] + at, leaf)
        n3, e3 = load_fraction(children, places[3] + at, leaf)
        n1, e1 = difference(n3, n1), ext_sub(e3, e1)
        _add_to(sums, K_TILE + v, ext_mul_pairs(cross(n0, e0, n1, e1), w, ext_mul(e0, e1), wl))


@njit
def _flush(sums, group_weights, group, total):
    """total += group_weights[group] * sums; sums = 0."""
    w = ext_splat(group_weights, 5 * group, 1)
    for half in range(0, 2 * K_TILE, K_TILE):
        for v in range(half, half + TILE, LANES):
            _add_to(total, v, ext_mul(ext_load(sums, v, TILE), w))
    sums[:] = 0


@njit(inline="always")
def _locate_children(entry, group, children, child, leaves, child_starts, parent_starts, places, at):
    """Where the two child tiles of a parent entry are; returns the entry's group."""
    while entry >= parent_starts[group + 1]:
        group += 1
    x = child_starts[group] + 2 * (entry - parent_starts[group])
    places[at], places[at + 1] = child_tile(children, leaves, child, x, at), ZERO_TILE
    if x + 1 < child_starts[group + 1]:
        places[at + 1] = child_tile(children, leaves, child, x + 1, at + 1)
    return group


@njit(cache=True, nogil=True)
def first_round_sums(
    memory, children, child, leaves, child_starts, parent, parent_starts,
    entry_starts, pair_starts, weights, group_weights, batching, ranges, total,
):  # fmt: skip
    """Adds the sums of ranges [start, stop) of pairs of the parent's entries to `total`, straight from the child
    layer."""
    places, sums = np.zeros(4, np.int64), np.zeros(2 * K_TILE, np.uint32)
    for number in range(len(ranges)):
        _first_sums_of_range(
            memory, children, child, leaves, child_starts, parent, parent_starts, entry_starts, pair_starts,
            weights, group_weights, batching, ranges[number, 0], ranges[number, 1], places, sums, total,
        )  # fmt: skip


@njit
def _first_sums_of_range(
    memory, children, child, leaves, child_starts, parent, parent_starts,
    entry_starts, pair_starts, weights, group_weights, batching, start, stop, places, sums, total,
):  # fmt: skip
    group = _group_of(pair_starts, start)
    child_group = _group_of(parent_starts, entry_starts[group] + 2 * (start - pair_starts[group]))
    for pair in range(start, stop):
        while pair >= pair_starts[group + 1]:
            _flush(sums, group_weights, group, total)
            group += 1
        number = pair - pair_starts[group]
        entry = entry_starts[group] + 2 * number
        child_group = _locate_children(
            entry, child_group, children, child, leaves, child_starts, parent_starts, places, 0
        )
        places[2] = places[3] = ZERO_TILE
        if entry + 1 < entry_starts[group + 1]:
            child_group = _locate_children(
                entry + 1, child_group, children, child, leaves, child_starts, parent_starts, places, 2
            )
        own = parent + entry * FRACTION_WORDS
        prefetch(memory, own + 2 * FRACTION_WORDS, own + 3 * FRACTION_WORDS)
        _first_sums_of_pair(memory, children, leaves, places, own, weights, 5 * number, batching, sums)
    _flush(sums, group_weights, group, total)


@njit(inline="always")
def _first_fold_side(children, left, right, leaf, r, half):
    """a and e of one half of an entry: the fold of a child tile of the pair's first entry with that of its second."""
    n, e = load_fraction(children, left, leaf)
    n2, e2 = load_fraction(children, right, leaf)
    e = ext_add(e, ext_mul(ext_sub(e2, e), r))
    return fold_numerator(half, n, r, difference(n2, n), e), e


@njit
def _first_fold(memory, children, leaf, places, target, constants):
    """One entry a0, a1, e0, e1 from the child tiles of two partners. `constants`: r, lambda/2."""
    r, half = ext_splat(constants, 0, 1), ext_splat(constants, 5, 1)
    for b in range(BLOCKS):
        at, to = b * block_words(leaf), target + b * ENTRY_BLOCK
        a, e = _first_fold_side(children, places[0] + at, places[2] + at, leaf, r, half)
        ext_store(memory, to, LANES, a)
        ext_store(memory, to + 2 * PLANES, LANES, e)
        a, e = _first_fold_side(children, places[1] + at, places[3] + at, leaf, r, half)
        ext_store(memory, to + PLANES, LANES, a)
        ext_store(memory, to + 3 * PLANES, LANES, e)


@njit
def _fold(memory, left, right, target, constants):
    """entry = left + r (right - left), four K tiles."""
    r = ext_splat(constants, 0, 1)
    for at in range(0, ENTRY_WORDS, PLANES):
        x = ext_load(memory, left + at, LANES)
        y = ext_load(memory, right + at, LANES)
        ext_store(memory, target + at, LANES, ext_add(x, ext_mul(ext_sub(y, x), r)))


@njit
def _sums_of_pair(memory, left, right, weights, weight_at, constants, sums):
    w, half = ext_splat(weights, weight_at, 1), ext_splat(constants, 5, 1)
    batching = ext_add(half, half)
    for b in range(BLOCKS):
        at, far = left + b * ENTRY_BLOCK, right + b * ENTRY_BLOCK
        a0, a1 = ext_load(memory, at, LANES), ext_load(memory, at + PLANES, LANES)
        e0, e1 = ext_load(memory, at + 2 * PLANES, LANES), ext_load(memory, at + 3 * PLANES, LANES)
        value = ext_add(ext_mul_pairs(a0, e1, a1, e0), ext_sub(ext_add(a0, a1), batching))
        _add_to(sums, b * LANES, ext_mul(value, w))
        a0, a1 = ext_sub(ext_load(memory, far, LANES), a0), ext_sub(ext_load(memory, far + PLANES, LANES), a1)
        e0 = ext_sub(ext_load(memory, far + 2 * PLANES, LANES), e0)
        e1 = ext_sub(ext_load(memory, far + 3 * PLANES, LANES), e1)
        _add_to(sums, K_TILE + b * LANES, ext_mul(ext_mul_pairs(a0, e1, a1, e0), w))


@njit(cache=True, nogil=True)
def first_fold_and_sum(
    memory, children, child, leaves, child_starts, parent_starts, entry_starts, pair_starts, target, missing, constants,
    next_starts, next_pairs, weights, group_weights, ranges, total,
):  # fmt: skip
    """Binds the first variable: pairs of the parent's entries become entries at `target`; sums of the next round's
    pairs among those, in ranges [start, stop), are added to `total`. `entry_starts`, `pair_starts` group the parent's
    entries; `missing` is where a missing entry stands."""
    places, sums = np.zeros(4, np.int64), np.zeros(2 * K_TILE, np.uint32)
    for number in range(len(ranges)):
        _first_fold_of_range(
            memory, children, child, leaves, child_starts, parent_starts, entry_starts, pair_starts, target, missing,
            constants, next_starts, next_pairs, weights, group_weights, ranges[number, 0], ranges[number, 1],
            places, sums, total,
        )  # fmt: skip


@njit
def _first_fold_of_range(
    memory, children, child, leaves, child_starts, parent_starts, entry_starts, pair_starts, target, missing, constants,
    next_starts, next_pairs, weights, group_weights, start, stop, places, sums, total,
):  # fmt: skip
    group = _group_of(next_pairs, start)
    folded = next_starts[group] + 2 * (start - next_pairs[group])
    fold_group = _group_of(pair_starts, folded)
    child_group = _group_of(parent_starts, entry_starts[fold_group] + 2 * (folded - pair_starts[fold_group]))
    for pair in range(start, stop):
        while pair >= next_pairs[group + 1]:
            _flush(sums, group_weights, group, total)
            group += 1
        number = pair - next_pairs[group]
        first = next_starts[group] + 2 * number
        last = min(first + 2, next_starts[group + 1])
        for folded in range(first, last):
            while folded >= pair_starts[fold_group + 1]:
                fold_group += 1
            entry = entry_starts[fold_group] + 2 * (folded - pair_starts[fold_group])
            child_group = _locate_children(
                entry, child_group, children, child, leaves, child_starts, parent_starts, places, 0
            )
            places[2] = places[3] = ZERO_TILE
            if entry + 1 < entry_starts[fold_group + 1]:
                child_group = _locate_children(
                    entry + 1, child_group, children, child, leaves, child_starts, parent_starts, places, 2
                )
            _first_fold(memory, children, leaves, places, target + folded * ENTRY_WORDS, constants)
        left = target + first * ENTRY_WORDS
        right = left + ENTRY_WORDS if last - first == 2 else missing
        _sums_of_pair(memory, left, right, weights, 5 * number, constants, sums)
    _flush(sums, group_weights, group, total)


@njit(cache=True, nogil=True)
def fold_and_sum(
    memory, source, entry_starts, pair_starts, target, missing, constants,
    next_starts, next_pairs, weights, group_weights, start, stop, total,
):  # fmt: skip
    """Binds a further variable: pairs of entries at `source` become entries at `target`, summed as above."""
    sums = np.zeros(2 * K_TILE, np.uint32)
    group = _group_of(next_pairs, start)
    fold_group = _group_of(pair_starts, next_starts[group] + 2 * (start - next_pairs[group]))
    for pair in range(start, stop):
        while pair >= next_pairs[group + 1]:
            _flush(sums, group_weights, group, total)
            group += 1
        number = pair - next_pairs[group]
        first = next_starts[group] + 2 * number
        last = min(first + 2, next_starts[group + 1])
        for folded in range(first, last):
            while folded >= pair_starts[fold_group + 1]:
                fold_group += 1
            entry = entry_starts[fold_group] + 2 * (folded - pair_starts[fold_group])
            left = source + entry * ENTRY_WORDS
            right = left + ENTRY_WORDS if entry + 1 < entry_starts[fold_group + 1] else missing
            prefetch(memory, left + 2 * ENTRY_WORDS, left + 4 * ENTRY_WORDS)
            _fold(memory, left, right, target + folded * ENTRY_WORDS, constants)
        left = target + first * ENTRY_WORDS
        right = left + ENTRY_WORDS if last - first == 2 else missing
        _sums_of_pair(memory, left, right, weights, 5 * number, constants, sums)
    _flush(sums, group_weights, group, total)
