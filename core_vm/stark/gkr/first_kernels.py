"""Kernels of the fraction tree's sumchecks: a layer's first round over whole tiles, which reads the child layer.

Entries, sums, `rows` and `total` are what `packed_entries` says. `inputs` is None unless the child layer is the input
layer, which is not stored: its tiles are written to `children` as they are needed. For other layers `children` is
`memory`. Numba compiles a kernel for each, because their types differ.
"""

from __future__ import annotations

from core_vm.field.packed import (
    LANES,
    ext_add,
    ext_load,
    ext_mul,
    ext_mul_pairs,
    ext_splat,
    ext_store,
    ext_zero,
)
from core_vm.field.packed.prefetch import prefetch_to_write
from core_vm.host.kernel_cache import borrowing_njit
from core_vm.host.kernel_language import overload, types
from core_vm.stark.gkr.child_kernels import ask_for, child_tile, four_children, load_change, two_changes, two_folded
from core_vm.stark.gkr.packed_entries import BLOCKS, ENTRY_BLOCK, add_sums, add_to, entry_at
from core_vm.stark.gkr.packed_fractions import (
    FRACTION_BLOCK,
    PLANES,
    block_words,
    fold_numerator,
    load_fraction,
    times_numerator,
    weigh_fraction,
    weigh_products,
)
from core_vm.stark.words import ENTRY_WORDS, K_TILE


@borrowing_njit
def _first_sum_of_pair(children, inputs, left, right, far_left, far_right, rows, ahead, w, batching, total):
    """The children (left and right) of the pair's two entries, as `two_changes` has them. What row `ahead` will need is
    asked for."""
    lam = ext_splat(batching, 0, 1)
    wl = ext_mul(w, lam)
    for b in range(BLOCKS):
        at = b * block_words(inputs)
        ask_for(children, inputs, rows[ahead, 0], b)
        ask_for(children, inputs, rows[ahead, 2], b)
        n0, e0 = load_change(children, left + at, far_left + at, inputs)
        ask_for(children, inputs, rows[ahead, 1], b)
        ask_for(children, inputs, rows[ahead, 3], b)
        n1, e1 = load_change(children, right + at, far_right + at, inputs)
        add_to(total, K_TILE + b * LANES, weigh_products(n0, e0, n1, e1, lam, w, wl))


@borrowing_njit(cache=True, nogil=True)
def first_round_sums(children, inputs, rows, weights, group_weights, batching, start, stop, total):
    """Adds the sums of X^2 of rows [start, stop) to `total`, straight from the child layer: none retires, and those at
    X = 0 are known (see `round_kernels`)."""
    for row in range(start, stop):
        ahead = min(row + 1, stop - 1)
        w = ext_mul(ext_splat(weights, 5 * rows[row, 4], 1), ext_splat(group_weights, 5 * rows[row, 5], 1))
        left, right, far_left, far_right = two_changes(children, inputs, rows, row, 0)
        _first_sum_of_pair(children, inputs, left, right, far_left, far_right, rows, ahead, w, batching, total)


@borrowing_njit(cache=True, nogil=True)
def lone_sums(children, inputs, rows, group_weights, batching, start, stop, total):
    """Adds n + lambda e of lone fractions, rows [start, stop) of slot, code and group, to the first sum of `total`."""
    for row in range(start, stop):
        at = child_tile(children, inputs, rows[row, 1], 0)
        w = ext_splat(group_weights, 5 * rows[row, 2], 1)
        wl = ext_mul(w, ext_splat(batching, 0, 1))
        for b in range(BLOCKS):
            n, e = load_fraction(children, at + b * block_words(inputs), inputs)
            add_to(total, b * LANES, weigh_fraction(n, e, w, wl))


@borrowing_njit(cache=True, nogil=True)
def write_lone_entries(memory, children, inputs, rows, retired, scale, constants, start, stop):
    """Lone fractions n, e as entries missing + scale (entry - missing) at `retired`, after all tile rounds."""
    s, batching = ext_splat(scale, 0, 1), ext_splat(constants, 5, 1)
    for row in range(start, stop):
        at, target = child_tile(children, inputs, rows[row, 1], 0), retired + rows[row, 0] * ENTRY_WORDS
        for b in range(BLOCKS):
            n, e = load_fraction(children, at + b * block_words(inputs), inputs)
            to = target + b * ENTRY_BLOCK
            ext_store(memory, to, LANES, times_numerator(s, n))
            ext_store(memory, to + PLANES, LANES, batching)
            ext_store(memory, to + 2 * PLANES, LANES, ext_mul(e, s))
            ext_store(memory, to + 3 * PLANES, LANES, ext_zero())


def first_fold(memory, children, inputs, rows, row, ahead, column, target, constants):
    """One entry n0, a1, e0, e1 from four children, whose codes are in columns from `column`. Those of row `ahead` are
    asked for, and the entry behind `target`, which will be written next."""


@overload(first_fold)
def _first_fold(memory, children, inputs, rows, row, ahead, column, target, constants):
    return _fold_stored if isinstance(inputs, types.NoneType) else _fold_inputs


def _fold_inputs(memory, children, inputs, rows, row, ahead, column, target, constants):
    left, right = two_folded(children, inputs, rows, row, column, True, constants)
    batching = ext_splat(constants, 5, 1)
    for b in range(BLOCKS):
        at, to = b * FRACTION_BLOCK, target + b * ENTRY_BLOCK
        prefetch_to_write(memory, to + ENTRY_WORDS, to + ENTRY_WORDS + 2 * PLANES)
        e1 = ext_load(children, right + at + PLANES, LANES)
        a1 = ext_add(ext_load(children, right + at, LANES), ext_add(batching, ext_mul(e1, batching)))
        ext_store(memory, to, LANES, ext_load(children, left + at, LANES))
        ext_store(memory, to + PLANES, LANES, a1)
        prefetch_to_write(memory, to + ENTRY_WORDS + 2 * PLANES, to + ENTRY_WORDS + ENTRY_BLOCK)
        ext_store(memory, to + 2 * PLANES, LANES, ext_load(children, left + at + PLANES, LANES))
        ext_store(memory, to + 3 * PLANES, LANES, e1)


def _fold_stored(memory, children, inputs, rows, row, ahead, column, target, constants):
    left, right, far_left, far_right = four_children(memory, None, rows, row, column)
    r, batching = ext_splat(constants, 0, 1), ext_splat(constants, 5, 1)
    for b in range(BLOCKS):
        at, to = b * FRACTION_BLOCK, target + b * ENTRY_BLOCK
        ask_for(memory, None, rows[ahead, column], b)
        prefetch_to_write(memory, to + ENTRY_WORDS, to + ENTRY_WORDS + 2 * PLANES)
        n, e = load_fraction(memory, left + at, None)
        of_n, of_e = load_change(memory, left + at, far_left + at, None)
        ext_store(memory, to, LANES, fold_numerator(n, r, of_n))
        ask_for(memory, None, rows[ahead, column + 1], b)
        ext_store(memory, to + 2 * PLANES, LANES, ext_add(e, ext_mul(of_e, r)))
        ask_for(memory, None, rows[ahead, column + 2], b)
        prefetch_to_write(memory, to + ENTRY_WORDS + 2 * PLANES, to + ENTRY_WORDS + ENTRY_BLOCK)
        n, e = load_fraction(memory, right + at, None)
        of_n, of_e = load_change(memory, right + at, far_right + at, None)
        e = ext_add(e, ext_mul(of_e, r))
        ext_store(memory, to + 3 * PLANES, LANES, e)
        ask_for(memory, None, rows[ahead, column + 3], b)
        a1 = ext_add(ext_add(batching, n), ext_mul_pairs(of_n, r, e, batching))
        ext_store(memory, to + PLANES, LANES, a1)


@borrowing_njit(cache=True, nogil=True)
def first_fold_and_sum(
    memory, children, inputs, rows, live, summed, target, retired, missing, constants, weights, group_weights,
    start, stop, total,
):  # fmt: skip
    """Binds the first variable for rows [start, stop): children become entries, the first `live` rows' from word
    `target`, the others' from `retired`; sums of the first `summed` rows are added to `total`."""
    for row in range(start, stop):
        ahead = min(row + 1, stop - 1)
        base = target if row < live else retired
        left, right = entry_at(base, rows[row, 8], missing), entry_at(base, rows[row, 9], missing)
        if rows[row, 8] >= 0:
            first_fold(memory, children, inputs, rows, row, ahead, 0, left, constants)
        if rows[row, 9] >= 0:
            first_fold(memory, children, inputs, rows, row, ahead, 4, right, constants)
        if row < summed:
            add_sums(
                memory, left, right, row < live, rows[row, 10], rows[row, 11], weights, group_weights, constants, total
            )  # fmt: skip
