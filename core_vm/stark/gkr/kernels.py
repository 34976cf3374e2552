"""Kernels of the fraction tree's sumchecks: the rounds of a layer over whole tiles.

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
coefficient of X^2.

`inputs` is None unless the child layer is the input layer, which is not stored: its tiles are written to `children` as
they are needed. For other layers `children` is `memory`. Numba compiles a kernel for each, because their types differ.
"""

from __future__ import annotations

from core_vm.air.table import TILE
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
)
from core_vm.field.packed.prefetch import prefetch, prefetch_to_write
from core_vm.host.kernel_cache import borrowing_njit
from core_vm.stark.gkr.input_kernels import ask_for, child_tile, four_children
from core_vm.stark.gkr.packed_fractions import (
    FRACTION_BLOCK,
    PLANES,
    block_words,
    difference,
    fold_batched,
    fold_numerator,
    load_fraction,
    times_numerator,
    weigh_fraction,
    weigh_products,
)
from core_vm.stark.words import ENTRY_WORDS, K_TILE

BLOCKS = TILE // LANES
ENTRY_BLOCK = 4 * PLANES


@borrowing_njit(inline="always")
def _add_to(sums, at, value):
    ext_store(sums, at, TILE, ext_add(ext_load(sums, at, TILE), value))


@borrowing_njit
def _first_sums_of_pair(
    memory, children, inputs, own, left, right, far_left, far_right, rows, ahead, w, batching, total
):  # fmt: skip
    """The children (left and right) of the pair's two entries; `own` is the first entry itself. What row `ahead` will
    need is asked for."""
    lam = ext_splat(batching, 0, 1)
    wl = ext_mul(w, lam)
    for b in range(BLOCKS):
        at, v, place = b * block_words(inputs), b * LANES, own + b * FRACTION_BLOCK
        ask_for(children, inputs, rows[ahead, 1], b)
        n0, e0 = load_fraction(children, left + at, inputs)
        n2, e2 = load_fraction(children, far_left + at, inputs)
        n0, e0 = difference(n2, n0), ext_sub(e2, e0)
        ask_for(children, inputs, rows[ahead, 2], b)
        n1, e1 = load_fraction(children, right + at, inputs)
        n3, e3 = load_fraction(children, far_right + at, inputs)
        n1, e1 = difference(n3, n1), ext_sub(e3, e1)
        _add_to(total, K_TILE + v, weigh_products(n0, e0, n1, e1, lam, w, wl))
        ask_for(children, inputs, rows[ahead, 3], b)
        ask_for(memory, None, rows[ahead, 0], b)
        n, e = ext_load(memory, place, LANES), ext_load(memory, place + PLANES, LANES)
        _add_to(total, v, ext_mul_pairs(n, w, e, wl))
        ask_for(children, inputs, rows[ahead, 4], b)


@borrowing_njit(cache=True, nogil=True)
def first_round_sums(memory, children, inputs, rows, weights, group_weights, batching, start, stop, total):
    """Adds the sums of rows [start, stop) to `total`, straight from the child layer: none retires."""
    for row in range(start, stop):
        ahead = min(row + 1, stop - 1)
        w = ext_mul(ext_splat(weights, 5 * rows[row, 5], 1), ext_splat(group_weights, 5 * rows[row, 6], 1))
        left, right, far_left, far_right = four_children(children, inputs, rows, row, 1)
        _first_sums_of_pair(
            memory, children, inputs, rows[row, 0], left, right, far_left, far_right, rows, ahead, w, batching, total
        )  # fmt: skip


@borrowing_njit(cache=True, nogil=True)
def lone_sums(children, inputs, rows, group_weights, batching, start, stop, total):
    """Adds n + lambda e of lone fractions, rows [start, stop) of slot, code and group, to the first sum of `total`."""
    for row in range(start, stop):
        at = child_tile(children, inputs, rows[row, 1], 0)
        w = ext_splat(group_weights, 5 * rows[row, 2], 1)
        wl = ext_mul(w, ext_splat(batching, 0, 1))
        for b in range(BLOCKS):
            n, e = load_fraction(children, at + b * block_words(inputs), inputs)
            _add_to(total, b * LANES, weigh_fraction(n, e, w, wl))


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


@borrowing_njit(inline="always")
def _fold_e(e, e2, r):
    return ext_add(e, ext_mul(ext_sub(e2, e), r))


@borrowing_njit
def _first_fold(memory, children, inputs, rows, row, ahead, column, target, constants):
    """One entry n0, a1, e0, e1 from four children, whose codes are in columns from `column`. Those of row `ahead` are
    asked for, and the entry behind `target`, which will be written next."""
    left, right, far_left, far_right = four_children(children, inputs, rows, row, column)
    r, batching = ext_splat(constants, 0, 1), ext_splat(constants, 5, 1)
    for b in range(BLOCKS):
        at, to = b * block_words(inputs), target + b * ENTRY_BLOCK
        ask_for(children, inputs, rows[ahead, column], b)
        prefetch_to_write(memory, to + ENTRY_WORDS, to + ENTRY_WORDS + 2 * PLANES)
        n, e = load_fraction(children, left + at, inputs)
        n2, e2 = load_fraction(children, far_left + at, inputs)
        ext_store(memory, to, LANES, fold_numerator(n, r, difference(n2, n)))
        ask_for(children, inputs, rows[ahead, column + 1], b)
        ext_store(memory, to + 2 * PLANES, LANES, _fold_e(e, e2, r))
        ask_for(children, inputs, rows[ahead, column + 2], b)
        prefetch_to_write(memory, to + ENTRY_WORDS + 2 * PLANES, to + ENTRY_WORDS + ENTRY_BLOCK)
        n, e = load_fraction(children, right + at, inputs)
        n2, e2 = load_fraction(children, far_right + at, inputs)
        e = _fold_e(e, e2, r)
        ext_store(memory, to + 3 * PLANES, LANES, e)
        ask_for(children, inputs, rows[ahead, column + 3], b)
        ext_store(memory, to + PLANES, LANES, fold_batched(batching, n, r, difference(n2, n), e))


@borrowing_njit(inline="always")
def _fold_plane(memory, left, right, target, ahead, far_ahead, r):
    prefetch(memory, ahead, ahead + PLANES)
    prefetch(memory, far_ahead, far_ahead + PLANES)
    prefetch_to_write(memory, target + ENTRY_WORDS, target + ENTRY_WORDS + PLANES)
    x, y = ext_load(memory, left, LANES), ext_load(memory, right, LANES)
    ext_store(memory, target, LANES, ext_add(x, ext_mul(ext_sub(y, x), r)))


@borrowing_njit
def _fold_bare(memory, left, right, target, ahead, far_ahead, constants):
    """`_fold` of entries whose right half is missing: so is that of the outcome."""
    r, batching = ext_splat(constants, 0, 1), ext_splat(constants, 5, 1)
    for at in range(0, ENTRY_WORDS, ENTRY_BLOCK):
        _fold_plane(memory, left + at, right + at, target + at, ahead + at, far_ahead + at, r)
        ext_store(memory, target + at + PLANES, LANES, batching)
        e = at + 2 * PLANES
        _fold_plane(memory, left + e, right + e, target + e, ahead + e, far_ahead + e, r)
        ext_store(memory, target + at + 3 * PLANES, LANES, ext_zero())


@borrowing_njit
def _fold(memory, left, right, target, ahead, far_ahead, constants):
    """entry = left + r (right - left), four K tiles. The entries at `ahead` and `far_ahead` are asked for, and the one
    behind `target`, which will be written next."""
    r = ext_splat(constants, 0, 1)
    for at in range(0, ENTRY_WORDS, PLANES):
        _fold_plane(memory, left + at, right + at, target + at, ahead + at, far_ahead + at, r)


@borrowing_njit
def _sums_of_pair(memory, left, right, w, constants, total, to):
    batching = ext_splat(constants, 5, 1)
    for b in range(BLOCKS):
        at, far = left + b * ENTRY_BLOCK, right + b * ENTRY_BLOCK
        n0, a1 = ext_load(memory, at, LANES), ext_load(memory, at + PLANES, LANES)
        e0, e1 = ext_load(memory, at + 2 * PLANES, LANES), ext_load(memory, at + 3 * PLANES, LANES)
        value = ext_add(ext_mul_pairs(n0, e1, a1, e0), ext_sub(ext_add(n0, a1), batching))
        _add_to(total, to + b * LANES, ext_mul(value, w))
        n0, a1 = ext_sub(ext_load(memory, far, LANES), n0), ext_sub(ext_load(memory, far + PLANES, LANES), a1)
        e0 = ext_sub(ext_load(memory, far + 2 * PLANES, LANES), e0)
        e1 = ext_sub(ext_load(memory, far + 3 * PLANES, LANES), e1)
        _add_to(total, to + K_TILE + b * LANES, ext_mul(ext_mul_pairs(n0, e1, a1, e0), w))


@borrowing_njit
def _sum_of_bare_pair(memory, left, w, constants, total):
    """`_sums_of_pair` where the right halves of both entries are missing: n0 + lambda e0 is linear, so that the second
    sum is zero."""
    wl = ext_mul(w, ext_splat(constants, 5, 1))
    for b in range(BLOCKS):
        at = left + b * ENTRY_BLOCK
        n, e = ext_load(memory, at, LANES), ext_load(memory, at + 2 * PLANES, LANES)
        _add_to(total, b * LANES, ext_mul_pairs(n, w, e, wl))


@borrowing_njit(inline="always")
def _entry(base, number, missing):
    return base + number * ENTRY_WORDS if number >= 0 else missing


@borrowing_njit
def _add_sums(memory, left, right, stays, number, group, weights, group_weights, constants, total):
    w = ext_splat(group_weights, 5 * group, 1)
    if stays:
        w = ext_mul(w, ext_splat(weights, 5 * number, 1))
    _sums_of_pair(memory, left, right, w, constants, total, 0 if stays else 2 * K_TILE)


@borrowing_njit(cache=True, nogil=True)
def first_fold_and_sum(
    memory, children, inputs, rows, live, summed, target, retired, missing, constants, weights, group_weights,
    start, stop, total,
):  # fmt: skip
    """Binds the first variable for rows [start, stop): children become entries, the first `live` rows' from word
    `target`, the others' from `retired`; sums of the first `summed` rows are added to `total`. `constants`: r,
    lambda."""
    for row in range(start, stop):
        ahead = min(row + 1, stop - 1)
        base = target if row < live else retired
        left, right = _entry(base, rows[row, 8], missing), _entry(base, rows[row, 9], missing)
        if rows[row, 8] >= 0:
            _first_fold(memory, children, inputs, rows, row, ahead, 0, left, constants)
        if rows[row, 9] >= 0:
            _first_fold(memory, children, inputs, rows, row, ahead, 4, right, constants)
        if row < summed:
            _add_sums(
                memory, left, right, row < live, rows[row, 10], rows[row, 11], weights, group_weights, constants, total
            )  # fmt: skip


@borrowing_njit(cache=True, nogil=True)
def fold_and_sum(
    memory, source, rows, live, summed, target, retired, missing, child, constants, weights, group_weights,
    start, stop, total,
):  # fmt: skip
    """Binds a further variable: as above, but from entries at `source`. The rows say from which layer `child` on the
    right halves of all that an entry is made of are missing."""
    for row in range(start, stop):
        next_row = min(row + 1, stop - 1)
        base = target if row < live else retired
        left, right = _entry(base, rows[row, 4], missing), _entry(base, rows[row, 5], missing)
        for side in range(2):
            if rows[row, 4 + side] >= 0:
                first = _entry(source, rows[row, 2 * side], missing)
                second = _entry(source, rows[row, 2 * side + 1], missing)
                ahead = _entry(source, rows[next_row, 2 * side], missing)
                far_ahead = _entry(source, rows[next_row, 2 * side + 1], missing)
                to = right if side else left
                if rows[row, 8 + side] <= child:
                    _fold_bare(memory, first, second, to, ahead, far_ahead, constants)
                else:
                    _fold(memory, first, second, to, ahead, far_ahead, constants)
        if row < summed and max(rows[row, 8], rows[row, 9]) <= child:
            _sum_of_bare_pair(memory, left, ext_splat(weights, 5 * rows[row, 6], 1), constants, total)
        elif row < summed:
            _add_sums(
                memory, left, right, row < live, rows[row, 6], rows[row, 7], weights, group_weights, constants, total
            )  # fmt: skip


@borrowing_njit
def _shrink(memory, entry, scales, number, constants):
    """entry = missing + scale (entry - missing)."""
    scale, batching = ext_splat(scales, 5 * number, 1), ext_splat(constants, 5, 1)
    for b in range(BLOCKS):
        for plane in range(4):
            at = entry + b * ENTRY_BLOCK + plane * PLANES
            value = ext_load(memory, at, LANES)
            if plane == 1:
                value = ext_add(batching, ext_mul(ext_sub(value, batching), scale))
            else:
                value = ext_mul(value, scale)
            ext_store(memory, at, LANES, value)


@borrowing_njit(cache=True, nogil=True)
def shrink_and_sum(memory, retired, missing, child, pairs, scale_of, scales, constants, weights, start, stop, total):
    """Brings the entries at `retired` up to date, and adds the sums of `pairs` (first, second, number, from which
    `child` on both right halves are missing) [start, stop) of them to `total`. Entry i has met only missing partners
    since it retired, which have left scales[scale_of[i]] of its distance from a missing entry; a scale_of of -1 stands
    for one."""
    for row in range(start, stop):
        for side in range(2):
            i = pairs[row, side]
            if i >= 0 and scale_of[i] >= 0:
                _shrink(memory, retired + i * ENTRY_WORDS, scales, scale_of[i], constants)
        left, right = _entry(retired, pairs[row, 0], missing), _entry(retired, pairs[row, 1], missing)
        w = ext_splat(weights, 5 * pairs[row, 2], 1)
        if pairs[row, 3] <= child:
            _sum_of_bare_pair(memory, left, w, constants, total)
        else:
            _sums_of_pair(memory, left, right, w, constants, total, 0)
