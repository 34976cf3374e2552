"""Kernels of the fraction tree: combine two layers, and the sumcheck rounds of a layer over whole tiles.

All data lie in one flat uint32 buffer, `memory`, in tiles of 64 lanes; offsets count words. A fraction tile holds the
numerators and e = d - 1, in blocks of LANES lanes: five planes of each, where the leaf layer has one plane of numerators
(they are in F). Everything about a lane is in one block, so that memory is read in order.
Entries of a layer are grouped (by interaction while tile bits are combined): `starts` are the groups' first entries, and
entries 2x and 2x + 1 *of a group* are partners; a missing partner is the fraction n = 0, e = 0.

After the first fold a sumcheck works on entries of four K tiles a0, a1, e0, e1, where a = n + (lambda/2) (1 + e):
    n0 (1+e1) + n1 (1+e0) + lambda (e0 + e1 + e0 e1)  =  a0 (1+e1) + a1 (1+e0) - lambda,
which halves the products. A missing fraction has a = lambda/2, e = 0, and contributes nothing.

Partial sums are kept lane by lane; `sums` is (2, 5, 64): the cofactor at X = 0 and its coefficient of X^2.
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
    ext_zero,
    lift,
    load,
)
from core_vm.stark.packed_prefetch import prefetch

TILE = 64
K_TILE = 5 * TILE
LEAF_WORDS = TILE + K_TILE
FRACTION_WORDS = 2 * K_TILE
ENTRY_WORDS = 4 * K_TILE
BLOCKS = TILE // LANES
PLANES = 5 * LANES


@njit(inline="always")
def _numerator(memory, at, is_leaf):
    if is_leaf:
        return lift(load(memory, at))
    return ext_load(memory, at, LANES)


@njit(inline="always")
def _numerator_or_zero(memory, at, is_leaf, present):
    if not present:
        return ext_zero()
    return _numerator(memory, at, is_leaf)


@njit(inline="always")
def _load_or_zero(memory, at, present):
    if present:
        return ext_load(memory, at, LANES)
    return ext_zero()


@njit(inline="always")
def _group_of(starts, entry):
    return np.searchsorted(starts, entry, side="right") - 1


@njit
def _combine_tile(memory, left, right, has_right, is_leaf, target):
    e_at, block = (LANES, LANES + PLANES) if is_leaf else (PLANES, 2 * PLANES)
    for b in range(BLOCKS):
        n = _numerator(memory, left + b * block, is_leaf)
        e = ext_load(memory, left + b * block + e_at, LANES)
        if has_right:
            n1 = _numerator(memory, right + b * block, is_leaf)
            e1 = ext_load(memory, right + b * block + e_at, LANES)
            n = ext_add(ext_mul_pairs(n, e1, n1, e), ext_add(n, n1))
            e = ext_add(ext_mul(e, e1), ext_add(e, e1))
        ext_store(memory, target + 2 * b * PLANES, LANES, n)
        ext_store(memory, target + (2 * b + 1) * PLANES, LANES, e)


@njit(cache=True, nogil=True)
def combine_layer(memory, child, is_leaf, child_starts, parent, parent_starts, start, stop):
    """Entries [start, stop) of the parent layer from the child layer."""
    words = LEAF_WORDS if is_leaf else FRACTION_WORDS
    group = _group_of(parent_starts, start)
    for entry in range(start, stop):
        while entry >= parent_starts[group + 1]:
            group += 1
        x = child_starts[group] + 2 * (entry - parent_starts[group])
        left = child + x * words
        prefetch(memory, left + 2 * words, left + 4 * words)
        _combine_tile(
            memory, left, left + words, x + 1 < child_starts[group + 1], is_leaf, parent + entry * FRACTION_WORDS
        )


@njit
def _first_sums_of_pair(memory, is_leaf, places, present, parent, weights, weight_at, batching, sums):
    """`places` are the child tiles (left and right) of the pair's two entries; `parent` is the first entry's own tile."""
    e_at, block = (LANES, LANES + PLANES) if is_leaf else (PLANES, 2 * PLANES)
    w = ext_splat(weights, weight_at, 1)
    wl = ext_mul(w, ext_splat(batching, 0, 1))
    for b in range(BLOCKS):
        own, at, v = parent + 2 * b * PLANES, b * block, b * LANES
        at_zero = ext_mul_pairs(w, ext_load(memory, own, LANES), wl, ext_load(memory, own + PLANES, LANES))
        ext_store(sums, v, TILE, ext_add(ext_load(sums, v, TILE), at_zero))
        n0 = ext_sub(
            _numerator_or_zero(memory, places[2] + at, is_leaf, present[2]),
            _numerator(memory, places[0] + at, is_leaf),
        )
        n1 = ext_sub(
            _numerator_or_zero(memory, places[3] + at, is_leaf, present[3]),
            _numerator_or_zero(memory, places[1] + at, is_leaf, present[1]),
        )
        at += e_at
        e0 = ext_sub(
            _load_or_zero(memory, places[2] + at, present[2]),
            ext_load(memory, places[0] + at, LANES),
        )
        e1 = ext_sub(
            _load_or_zero(memory, places[3] + at, present[3]),
            _load_or_zero(memory, places[1] + at, present[1]),
        )
        leading = ext_mul_pairs(w, ext_mul_pairs(n0, e1, n1, e0), wl, ext_mul(e0, e1))
        ext_store(sums, K_TILE + v, TILE, ext_add(ext_load(sums, K_TILE + v, TILE), leading))


@njit
def _flush(sums, group_weights, group, total):
    """total += group_weights[group] * sums; sums = 0."""
    w = ext_splat(group_weights, 5 * group, 1)
    for half in range(0, 2 * K_TILE, K_TILE):
        for v in range(half, half + TILE, LANES):
            ext_store(total, v, TILE, ext_add(ext_load(total, v, TILE), ext_mul(w, ext_load(sums, v, TILE))))
    sums[:] = 0


@njit(inline="always")
def _locate_children(entry, group, child, words, child_starts, parent_starts, places, present, at):
    """Where the two child tiles of a parent entry are; returns the entry's group."""
    while entry >= parent_starts[group + 1]:
        group += 1
    x = child_starts[group] + 2 * (entry - parent_starts[group])
    places[at] = child + x * words
    places[at + 1] = places[at] + words
    present[at] = True
    present[at + 1] = x + 1 < child_starts[group + 1]
    return group


@njit(cache=True, nogil=True)
def first_round_sums(
    memory, child, is_leaf, child_starts, parent, parent_starts,
    entry_starts, pair_starts, weights, group_weights, batching, start, stop, total,
):  # fmt: skip
    """Adds the sums of pairs [start, stop) of the parent's entries to `total`, straight from the child layer."""
    words = LEAF_WORDS if is_leaf else FRACTION_WORDS
    places, present = np.zeros(4, np.int64), np.zeros(4, np.bool_)
    sums = np.zeros(2 * K_TILE, np.uint32)
    group = _group_of(pair_starts, start)
    entry = entry_starts[group] + 2 * (start - pair_starts[group])
    child_group = _group_of(parent_starts, entry)
    for pair in range(start, stop):
        while pair >= pair_starts[group + 1]:
            _flush(sums, group_weights, group, total)
            group += 1
        number = pair - pair_starts[group]
        entry = entry_starts[group] + 2 * number
        child_group = _locate_children(
            entry, child_group, child, words, child_starts, parent_starts, places, present, 0
        )
        if entry + 1 < entry_starts[group + 1]:
            child_group = _locate_children(
                entry + 1, child_group, child, words, child_starts, parent_starts, places, present, 2
            )
        else:
            present[2] = present[3] = False
        own = parent + entry * FRACTION_WORDS
        prefetch(memory, places[0] + 4 * words, places[0] + 8 * words)
        prefetch(memory, own + 2 * FRACTION_WORDS, own + 3 * FRACTION_WORDS)
        _first_sums_of_pair(memory, is_leaf, places, present, own, weights, 5 * number, batching, sums)
    _flush(sums, group_weights, group, total)


@njit
def _first_fold(memory, is_leaf, places, present, target, constants):
    """One entry a0, a1, e0, e1 from the child tiles of two partners. `constants`: r, lambda/2."""
    e_at, block = (LANES, LANES + PLANES) if is_leaf else (PLANES, 2 * PLANES)
    r, half = ext_splat(constants, 0, 1), ext_splat(constants, 5, 1)
    for b in range(BLOCKS):
        for side in range(2):
            at = b * block
            n = _numerator_or_zero(memory, places[side] + at, is_leaf, present[side])
            dn = ext_sub(_numerator_or_zero(memory, places[2 + side] + at, is_leaf, present[2 + side]), n)
            at += e_at
            e = _load_or_zero(memory, places[side] + at, present[side])
            de = ext_sub(_load_or_zero(memory, places[2 + side] + at, present[2 + side]), e)
            e = ext_add(e, ext_mul(r, de))
            a = ext_add(ext_add(n, half), ext_mul_pairs(r, dn, half, e))
            ext_store(memory, target + (4 * b + side) * PLANES, LANES, a)
            ext_store(memory, target + (4 * b + 2 + side) * PLANES, LANES, e)


@njit
def _fold(memory, left, has_right, target, constants):
    """entry = left + r (right - left), four K tiles."""
    r, half = ext_splat(constants, 0, 1), ext_splat(constants, 5, 1)
    for b in range(4 * BLOCKS):
        at = b * PLANES
        x = ext_load(memory, left + at, LANES)
        if has_right:
            y = ext_load(memory, left + ENTRY_WORDS + at, LANES)
        else:
            y = half if b % 4 < 2 else ext_zero()
        ext_store(memory, target + at, LANES, ext_add(x, ext_mul(r, ext_sub(y, x))))


@njit
def _sums_of_pair(memory, left, has_right, weights, weight_at, constants, sums):
    w, half = ext_splat(weights, weight_at, 1), ext_splat(constants, 5, 1)
    batching = ext_add(half, half)
    for b in range(BLOCKS):
        at, v = left + 4 * b * PLANES, b * LANES
        a0, a1 = ext_load(memory, at, LANES), ext_load(memory, at + PLANES, LANES)
        e0, e1 = ext_load(memory, at + 2 * PLANES, LANES), ext_load(memory, at + 3 * PLANES, LANES)
        value = ext_add(ext_mul_pairs(a0, e1, a1, e0), ext_sub(ext_add(a0, a1), batching))
        ext_store(sums, v, TILE, ext_add(ext_load(sums, v, TILE), ext_mul(w, value)))
        at += ENTRY_WORDS
        if has_right:
            a0, a1 = ext_sub(ext_load(memory, at, LANES), a0), ext_sub(ext_load(memory, at + PLANES, LANES), a1)
            e0 = ext_sub(ext_load(memory, at + 2 * PLANES, LANES), e0)
            e1 = ext_sub(ext_load(memory, at + 3 * PLANES, LANES), e1)
        else:  # both signs turned: the products do not change
            a0, a1 = ext_sub(a0, half), ext_sub(a1, half)
        leading = ext_mul(w, ext_mul_pairs(a0, e1, a1, e0))
        ext_store(sums, K_TILE + v, TILE, ext_add(ext_load(sums, K_TILE + v, TILE), leading))


@njit(cache=True, nogil=True)
def first_fold_and_sum(
    memory, child, is_leaf, child_starts, parent_starts, entry_starts, pair_starts, target, constants,
    next_starts, next_pairs, weights, group_weights, start, stop, total,
):  # fmt: skip
    """Binds the first variable: pairs of the parent's entries become entries at `target`; sums of the next round's pairs
    [start, stop) among those are added to `total`. `entry_starts`, `pair_starts` group the parent's entries."""
    words = LEAF_WORDS if is_leaf else FRACTION_WORDS
    places, present = np.zeros(4, np.int64), np.zeros(4, np.bool_)
    sums = np.zeros(2 * K_TILE, np.uint32)
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
                entry, child_group, child, words, child_starts, parent_starts, places, present, 0
            )
            present[2] = present[3] = False
            if entry + 1 < entry_starts[fold_group + 1]:
                child_group = _locate_children(
                    entry + 1, child_group, child, words, child_starts, parent_starts, places, present, 2
                )
            prefetch(memory, places[0] + 4 * words, places[0] + 8 * words)
            _first_fold(memory, is_leaf, places, present, target + folded * ENTRY_WORDS, constants)
        place = target + first * ENTRY_WORDS
        _sums_of_pair(memory, place, last - first == 2, weights, 5 * number, constants, sums)
    _flush(sums, group_weights, group, total)


@njit(cache=True, nogil=True)
def fold_and_sum(
    memory, source, entry_starts, pair_starts, target, constants,
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
            has_right = entry + 1 < entry_starts[fold_group + 1]
            next_left = source + (entry + 2) * ENTRY_WORDS
            prefetch(memory, next_left, next_left + 2 * ENTRY_WORDS)
            _fold(memory, source + entry * ENTRY_WORDS, has_right, target + folded * ENTRY_WORDS, constants)
        place = target + first * ENTRY_WORDS
        _sums_of_pair(memory, place, last - first == 2, weights, 5 * number, constants, sums)
    _flush(sums, group_weights, group, total)
