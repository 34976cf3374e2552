"""Kernels of the fraction tree for factors, which have no numerators: the rounds over whole tiles.

What the sumcheck works on are entries of two tiles, e0 and e1 (see `packed_factors`), in blocks of ten planes. The
layer's summand is lambda (e0 + e1 + e0 e1). Lambda is left out of the sums, which lie in `total` behind those of
fractions and in the same order (see `packed_entries`, whose `rows` and weights these are): it comes with the message.
An entry that retires is written as one of fractions, n0 = 0, a1 = lambda (1 + e1), e0, e1. The tile of zeros with which
the tree begins is the missing tile, and the missing entry.
"""

from __future__ import annotations

from core_vm.field.packed import LANES, ext_add, ext_load, ext_mul, ext_splat, ext_store, ext_sub, ext_zero
from core_vm.field.packed.prefetch import prefetch, prefetch_to_write
from core_vm.host.kernel_cache import borrowing_njit
from core_vm.host.kernel_language import overload, types
from core_vm.stark.gkr.child_kernels import ZERO_TILE, four_children, two_changes, two_folded
from core_vm.stark.gkr.packed_entries import BLOCKS, ENTRY_BLOCK, add_to
from core_vm.stark.gkr.packed_factors import ask_for_factor, load_factor, load_factor_change, product
from core_vm.stark.gkr.packed_fractions import FRACTION_BLOCK, PLANES
from core_vm.stark.words import ENTRY_WORDS, FACTOR_ENTRY_WORDS, K_TILE

FACTOR_BLOCK = 2 * PLANES
SUMS = 4 * K_TILE
"""Where the sums of factors begin."""


@borrowing_njit
def _first_sum_of_pair(children, inputs, left, right, far_left, far_right, rows, ahead, w, total):
    for b in range(BLOCKS):
        ask_for_factor(children, inputs, rows[ahead, 0], b)
        ask_for_factor(children, inputs, rows[ahead, 2], b)
        e0 = load_factor_change(children, left, far_left, b, inputs)
        ask_for_factor(children, inputs, rows[ahead, 1], b)
        ask_for_factor(children, inputs, rows[ahead, 3], b)
        e1 = load_factor_change(children, right, far_right, b, inputs)
        add_to(total, SUMS + K_TILE + b * LANES, ext_mul(ext_mul(e0, e1), w))


@borrowing_njit(cache=True, nogil=True)
def first_factor_sums(children, inputs, rows, weights, group_weights, start, stop, total):
    """`first_round_sums` of factors."""
    for row in range(start, stop):
        ahead = min(row + 1, stop - 1)
        w = ext_mul(ext_splat(weights, 5 * rows[row, 4], 1), ext_splat(group_weights, 5 * rows[row, 5], 1))
        left, right, far_left, far_right = two_changes(children, inputs, rows, row, 0)
        _first_sum_of_pair(children, inputs, left, right, far_left, far_right, rows, ahead, w, total)


@borrowing_njit(inline="always")
def _folded(x, y, r):
    return ext_add(x, ext_mul(ext_sub(y, x), r))


@borrowing_njit(inline="always")
def _store(memory, target, b, e0, e1, batching, stays):
    """Block b of an entry."""
    if stays:
        to = target + b * FACTOR_BLOCK
        ext_store(memory, to, LANES, e0)
        ext_store(memory, to + PLANES, LANES, e1)
    else:
        to = target + b * ENTRY_BLOCK
        ext_store(memory, to, LANES, ext_zero())
        ext_store(memory, to + PLANES, LANES, ext_add(batching, ext_mul(e1, batching)))
        ext_store(memory, to + 2 * PLANES, LANES, e0)
        ext_store(memory, to + 3 * PLANES, LANES, e1)


@borrowing_njit(inline="always")
def _load(memory, entry, b, stays):
    """e0 and e1 of block b of an entry; a missing one, which is at word 0, is short."""
    at = entry + b * FACTOR_BLOCK if stays or entry == ZERO_TILE else entry + b * ENTRY_BLOCK + 2 * PLANES
    return ext_load(memory, at, LANES), ext_load(memory, at + PLANES, LANES)


@borrowing_njit
def _add_sums(memory, left, right, stays, number, group, weights, group_weights, total):
    """Both sums of a pair with its weight, to those that stay or those that retire."""
    w, to = ext_splat(group_weights, 5 * group, 1), SUMS + 2 * K_TILE
    if stays:
        w, to = ext_mul(w, ext_splat(weights, 5 * number, 1)), SUMS
    for b in range(BLOCKS):
        e0, e1 = _load(memory, left, b, stays)
        f0, f1 = _load(memory, right, b, stays)
        add_to(total, to + b * LANES, ext_mul(product(e0, e1), w))
        add_to(total, to + K_TILE + b * LANES, ext_mul(ext_mul(ext_sub(f0, e0), ext_sub(f1, e1)), w))


@borrowing_njit(inline="always")
def _target(base, number, stays):
    """The word of the entry of this number; where it is negative, the missing one."""
    if number < 0:
        return ZERO_TILE
    return base + number * (FACTOR_ENTRY_WORDS if stays else ENTRY_WORDS)


def first_fold(memory, children, inputs, rows, row, ahead, column, target, stays, constants):
    """One entry e0, e1 from four children, whose codes are in columns from `column`. Those of row `ahead` are asked
    for, and the entry behind `target`."""


@overload(first_fold)
def _first_fold(memory, children, inputs, rows, row, ahead, column, target, stays, constants):
    return _fold_stored if isinstance(inputs, types.NoneType) else _fold_inputs


def _fold_inputs(memory, children, inputs, rows, row, ahead, column, target, stays, constants):
    left, right = two_folded(children, inputs, rows, row, column, False, constants)
    batching = ext_splat(constants, 5, 1)
    for b in range(BLOCKS):
        at, behind = b * FRACTION_BLOCK + PLANES, target + FACTOR_ENTRY_WORDS + b * FACTOR_BLOCK
        prefetch_to_write(memory, behind, behind + FACTOR_BLOCK)
        e0, e1 = ext_load(children, left + at, LANES), ext_load(children, right + at, LANES)
        _store(memory, target, b, e0, e1, batching, stays)


def _fold_stored(memory, children, inputs, rows, row, ahead, column, target, stays, constants):
    left, right, far_left, far_right = four_children(memory, None, rows, row, column)
    r, batching = ext_splat(constants, 0, 1), ext_splat(constants, 5, 1)
    for b in range(BLOCKS):
        ask_for_factor(memory, None, rows[ahead, column], b)
        ask_for_factor(memory, None, rows[ahead, column + 1], b)
        behind = target + FACTOR_ENTRY_WORDS + b * FACTOR_BLOCK
        prefetch_to_write(memory, behind, behind + FACTOR_BLOCK)
        e0 = _folded(load_factor(memory, left, b, None), load_factor(memory, far_left, b, None), r)
        ask_for_factor(memory, None, rows[ahead, column + 2], b)
        ask_for_factor(memory, None, rows[ahead, column + 3], b)
        e1 = _folded(load_factor(memory, right, b, None), load_factor(memory, far_right, b, None), r)
        _store(memory, target, b, e0, e1, batching, stays)


@borrowing_njit(cache=True, nogil=True)
def first_factor_fold_and_sum(
    memory, children, inputs, rows, live, summed, target, retired, constants, weights, group_weights,
    start, stop, total,
):  # fmt: skip
    """`first_fold_and_sum` of factors."""
    for row in range(start, stop):
        ahead = min(row + 1, stop - 1)
        stays = row < live
        base = target if stays else retired
        left, right = _target(base, rows[row, 8], stays), _target(base, rows[row, 9], stays)
        if left != ZERO_TILE:
            first_fold(memory, children, inputs, rows, row, ahead, 0, left, stays, constants)
        if right != ZERO_TILE:
            first_fold(memory, children, inputs, rows, row, ahead, 4, right, stays, constants)
        if row < summed:
            _add_sums(memory, left, right, stays, rows[row, 10], rows[row, 11], weights, group_weights, total)


@borrowing_njit
def _fold(memory, left, right, target, ahead, far_ahead, stays, constants):
    r, batching = ext_splat(constants, 0, 1), ext_splat(constants, 5, 1)
    for b in range(BLOCKS):
        at = b * FACTOR_BLOCK
        prefetch(memory, ahead + at, ahead + at + PLANES)
        prefetch(memory, far_ahead + at, far_ahead + at + PLANES)
        behind = target + FACTOR_ENTRY_WORDS + at
        prefetch_to_write(memory, behind, behind + PLANES)
        e0 = _folded(ext_load(memory, left + at, LANES), ext_load(memory, right + at, LANES), r)
        at += PLANES
        prefetch(memory, ahead + at, ahead + at + PLANES)
        prefetch(memory, far_ahead + at, far_ahead + at + PLANES)
        prefetch_to_write(memory, behind + PLANES, behind + 2 * PLANES)
        e1 = _folded(ext_load(memory, left + at, LANES), ext_load(memory, right + at, LANES), r)
        _store(memory, target, b, e0, e1, batching, stays)


@borrowing_njit(cache=True, nogil=True)
def fold_factors_and_sum(
    memory, source, rows, live, summed, target, retired, constants, weights, group_weights, start, stop, total
):
    """`fold_and_sum` of factors."""
    for row in range(start, stop):
        next_row = min(row + 1, stop - 1)
        stays = row < live
        base = target if stays else retired
        left, right = _target(base, rows[row, 4], stays), _target(base, rows[row, 5], stays)
        for side in range(2):
            if rows[row, 4 + side] >= 0:
                first, second = 2 * side, 2 * side + 1
                _fold(
                    memory, _target(source, rows[row, first], True), _target(source, rows[row, second], True),
                    right if side else left, _target(source, rows[next_row, first], True),
                    _target(source, rows[next_row, second], True), stays, constants,
                )  # fmt: skip
        if row < summed:
            _add_sums(memory, left, right, stays, rows[row, 6], rows[row, 7], weights, group_weights, total)
