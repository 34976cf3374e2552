"""Linear forms of a trace's columns, tile by tile: the multiplicities and fingerprints that an input layer is made of.

Linear combinations come as tuples (first, terms, coefficients): interaction i has the terms from first[i] to first[i +
1], each the word where a column's first tile starts and the words from tile to tile; and a coefficient, one word or
five. Where there is a `gap`, a form is that of what the columns change by, so many tiles further on.
"""

from __future__ import annotations

import numpy as np

from core_vm.air.table import TILE
from core_vm.field.packed import (
    LANES,
    ext_add,
    ext_load,
    ext_splat,
    ext_store,
    ext_zero,
    load,
    splat,
    store,
    sub,
)
from core_vm.field.packed.linear import (
    WEIGHED_TOGETHER,
    ext_narrow,
    ext_weigh,
    ext_weigh_rows,
    wide_add,
    wide_weigh,
)
from core_vm.field.packed.prefetch import prefetch
from core_vm.host.kernel_cache import borrowing_njit
from core_vm.stark.gkr.packed_fractions import FRACTION_BLOCK, INPUT_BLOCK, PLANES, fold_numerator
from core_vm.stark.words import INPUT_WORDS

BLOCKS = TILE // LANES


@borrowing_njit(inline="always")
def multiplicity_tiles(source, combination, i, tile, count, gap, memory, target):
    first, terms, coefficients = combination
    for k in range(count):
        for b in range(BLOCKS):
            total = splat(np.uint32(0))
            for term in range(first[i], first[i + 1]):
                total = total + splat(coefficients[term]) * _column(source, terms, term, tile + k, b * LANES, gap)
            store(memory, target + k * INPUT_WORDS + b * INPUT_BLOCK, total)


@borrowing_njit(inline="always")
def _column(source, terms, term, tile, lane, gap):
    """The column of a term on LANES rows; or what it changes by, so many tiles further on, if there is a gap."""
    at = terms[term, 0] + tile * terms[term, 1] + lane
    value = load(source, at)
    if gap:
        value = sub(load(source, at + gap * terms[term, 1]), value)
    return value


@borrowing_njit(inline="always")
def _two_columns(source, terms, term, tile, lane, gap):
    return _column(source, terms, term, tile, lane, gap), _column(source, terms, term + 1, tile, lane, gap)


@borrowing_njit(inline="always")
def _weighed(source, terms, weights, start, last, tile, lane, gap):
    """Terms [start, last) of a message on LANES rows, of which there is one at least. Two at a time are added to a wide
    sum, and four without a correction: it is reduced once."""
    if last - start < 2:
        return ext_weigh((_column(source, terms, start, tile, lane, gap),), weights, 5 * start)
    v0, v1 = _two_columns(source, terms, start, tile, lane, gap)
    if last - start < 4:
        total, done = wide_weigh((v0, v1), weights, 5 * start), start + 2
    else:
        v2, v3 = _two_columns(source, terms, start + 2, tile, lane, gap)
        total, done = wide_weigh((v0, v1, v2, v3), weights, 5 * start), start + 4
    for t in range(done, last - 1, 2):
        total = wide_add(total, _two_columns(source, terms, t, tile, lane, gap), weights, 5 * t)
    if (last - start) % 2:
        total = wide_add(total, (_column(source, terms, last - 1, tile, lane, gap),), weights, 5 * last - 5)
    return ext_narrow(total)


@borrowing_njit(inline="always")
def _fingerprint_tile(source, combination, i, tile, gap, constants, constant, memory, target):
    first, terms, weights = combination
    start, last = first[i], first[i + 1]
    for b in range(BLOCKS):
        total = ext_zero() if gap else ext_splat(constants, constant, 1)
        if start < last:
            value = _weighed(source, terms, weights, start, last, tile, b * LANES, gap)
            total = value if gap else ext_add(total, value)
        ext_store(memory, target + b * INPUT_BLOCK + LANES, LANES, total)


@borrowing_njit(inline="always")
def fingerprint_tiles(source, combination, i, tile, count, gap, constants, constant, memory, target):
    """Asks for the columns of as many further tiles: they are further apart than the processor looks ahead."""
    first, terms, _ = combination
    for k in range(count + gap):
        for t in range(first[i], first[i + 1]):
            ahead = terms[t, 0] + (tile + count + gap + k) * terms[t, 1]
            prefetch(source, ahead, ahead + TILE)
        if k < count:
            to = target + k * INPUT_WORDS
            _fingerprint_tile(source, combination, i, tile + k, gap, constants, constant, memory, to)


@borrowing_njit(inline="always")
def add_terms(source, combination, start, stop, tile, gap, memory, target):
    """Terms [start, stop) of a combination onto an input tile's fingerprints."""
    _, terms, coefficients = combination
    for b in range(BLOCKS):
        total = ext_load(memory, target + b * INPUT_BLOCK + LANES, LANES)
        for term in range(start, stop):
            value = _column(source, terms, term, tile, b * LANES, gap)
            total = ext_add(total, ext_weigh((value,), coefficients, 5 * term))
        ext_store(memory, target + b * INPUT_BLOCK + LANES, LANES, total)


@borrowing_njit
def weigh_together(source, combination, term, tile, columns, memory, target):
    """WEIGHED_TOGETHER terms from `term` onto an input tile's fingerprints; `columns` is room for as many tiles."""
    _, terms, coefficients = combination
    for k in range(WEIGHED_TOGETHER):
        at = terms[term + k, 0] + tile * terms[term + k, 1]
        for v in range(0, TILE, LANES):
            store(columns, k * TILE + v, load(source, at + v))
    for b in range(BLOCKS):
        at = target + b * INPUT_BLOCK + LANES
        total = ext_weigh_rows(columns, b * LANES, TILE, coefficients, 5 * term)
        ext_store(memory, at, LANES, ext_add(ext_load(memory, at, LANES), total))


@borrowing_njit(inline="always")
def folded_numerators(inputs, i, tile, r, memory, target):
    """Numerators of `tile` and of the one two tiles further on, folded, as the first part of a tile of fractions."""
    first, terms, coefficients = inputs.multiplicity
    for b in range(BLOCKS):
        near = change = splat(np.uint32(0))
        for term in range(first[i], first[i + 1]):
            coefficient = splat(coefficients[term])
            near = near + coefficient * _column(inputs.source, terms, term, tile, b * LANES, 0)
            change = change + coefficient * _column(inputs.source, terms, term, tile, b * LANES, 2)
        ext_store(memory, target + b * FRACTION_BLOCK, LANES, fold_numerator(near, r, change))


@borrowing_njit(inline="always")
def folded_fingerprints(inputs, i, tile, memory, target):
    """The same of e, as the second part. A form of what is folded is one of both tiles, under the weights `folded`:
    that costs no product in K."""
    first, terms, _ = inputs.message
    start, last = first[i], first[i + 1]
    for b in range(BLOCKS):
        total = ext_splat(inputs.constants, 5 * i, 1)
        if start < last:
            total = ext_add(total, _weighed_folded(inputs.source, terms, inputs.folded, start, last, tile, b * LANES))
        ext_store(memory, target + b * FRACTION_BLOCK + PLANES, LANES, total)


@borrowing_njit(inline="always")
def _weighed_folded(source, terms, weights, start, last, tile, lane):
    """`_weighed`, each term with that two tiles further on."""
    near, far = _column_and_far(source, terms, start, tile, lane)
    if last - start < 2:
        return ext_weigh((near, far), weights, 10 * start)
    next_near, next_far = _column_and_far(source, terms, start + 1, tile, lane)
    total = wide_weigh((near, far, next_near, next_far), weights, 10 * start)
    for t in range(start + 2, last):
        total = wide_add(total, _column_and_far(source, terms, t, tile, lane), weights, 10 * t)
    return ext_narrow(total)


@borrowing_njit(inline="always")
def _column_and_far(source, terms, term, tile, lane):
    return _column(source, terms, term, tile, lane, 0), _column(source, terms, term, tile + 2, lane, 0)
