"""The input layer: whoever needs a tile of it computes it from the trace, or finds it among those that are kept.

Linear combinations come as tuples (first, terms, coefficients): interaction i has the terms from first[i] to first[i +
1], each the word where a column's first tile starts and the words from tile to tile; and a coefficient, one word or
five. An input layer comes as `Inputs`; None stands for any other layer.
"""

from __future__ import annotations

import numpy as np

from core_vm.air.table import TILE
from core_vm.field.packed import LANES, ext_add, ext_load, ext_splat, ext_store, load, splat, store
from core_vm.field.packed.linear import WEIGHED_TOGETHER, ext_weigh, ext_weigh_four, ext_weigh_one, ext_weigh_two
from core_vm.field.packed.prefetch import prefetch
from core_vm.host.kernel_cache import borrowing_njit
from core_vm.host.kernel_language import overload, types
from core_vm.stark.gkr.inputs import KEPT, LOG_CODE, NO_INPUT, Inputs
from core_vm.stark.gkr.packed_fractions import FRACTION_BLOCK, INPUT_BLOCK
from core_vm.stark.words import INPUT_WORDS

BLOCKS = TILE // LANES
INPUT_TILE = (1 << LOG_CODE) - 1
# The first tile of `memory` and of `children` is zero: it stands for every missing fraction.
ZERO_TILE = 0


@borrowing_njit
def _multiplicity_tiles(source, combination, i, tile, count, memory, target):
    first, terms, coefficients = combination
    for k in range(count):
        for b in range(BLOCKS):
            total = splat(np.uint32(0))
            for term in range(first[i], first[i + 1]):
                total = total + splat(coefficients[term]) * _column(source, terms, term, tile + k, b * LANES)
            store(memory, target + k * INPUT_WORDS + b * INPUT_BLOCK, total)


@borrowing_njit(inline="always")
def _column(source, terms, term, tile, lane):
    """The column of a term on LANES rows."""
    return load(source, terms[term, 0] + tile * terms[term, 1] + lane)


@borrowing_njit(inline="always")
def _fingerprint_tile(source, combination, i, tile, constants, constant, memory, target):
    """By four terms, then by two, then by one: a reduction costs as much as two products."""
    first, terms, weights = combination
    start, last = first[i], first[i + 1]
    fours = last - (last - start) % 4
    for b in range(BLOCKS):
        total, lane = ext_splat(constants, constant, 1), b * LANES
        for t in range(start, fours, 4):
            v0, v1 = _column(source, terms, t, tile, lane), _column(source, terms, t + 1, tile, lane)
            v2, v3 = _column(source, terms, t + 2, tile, lane), _column(source, terms, t + 3, tile, lane)
            total = ext_add(total, ext_weigh_four(v0, v1, v2, v3, weights, 5 * t))
        if last - fours > 1:
            v0, v1 = _column(source, terms, fours, tile, lane), _column(source, terms, fours + 1, tile, lane)
            total = ext_add(total, ext_weigh_two(v0, v1, weights, 5 * fours))
        if (last - start) % 2:
            value = _column(source, terms, last - 1, tile, lane)
            total = ext_add(total, ext_weigh_one(value, weights, 5 * last - 5))
        ext_store(memory, target + b * INPUT_BLOCK + LANES, LANES, total)


@borrowing_njit
def _fingerprint_tiles(source, combination, i, tile, count, constants, constant, memory, target):
    """Asks for the columns of as many further tiles: they are further apart than the processor looks ahead."""
    first, terms, _ = combination
    for k in range(count):
        for t in range(first[i], first[i + 1]):
            ahead = terms[t, 0] + (tile + count + k) * terms[t, 1]
            prefetch(source, ahead, ahead + TILE)
        _fingerprint_tile(source, combination, i, tile + k, constants, constant, memory, target + k * INPUT_WORDS)


@borrowing_njit
def _add_terms(source, combination, start, stop, tile, memory, target):
    """Terms [start, stop) of a combination onto an input tile's fingerprints."""
    _, terms, coefficients = combination
    for b in range(BLOCKS):
        total = ext_load(memory, target + b * INPUT_BLOCK + LANES, LANES)
        for term in range(start, stop):
            value = _column(source, terms, term, tile, b * LANES)
            total = ext_add(total, ext_weigh_one(value, coefficients, 5 * term))
        ext_store(memory, target + b * INPUT_BLOCK + LANES, LANES, total)


@borrowing_njit
def _add_keys(inputs, i, tile, count, target, at):
    first = inputs.key_message[0]
    if first[i] < first[i + 1]:
        for k in range(count):
            _add_terms(inputs.keys, inputs.key_message, first[i], first[i + 1], tile + k, target, at + k * INPUT_WORDS)


@borrowing_njit
def write_inputs(inputs, i, tile, count, target, at):
    """Input tiles `tile` to `tile` + `count` of interaction i to word `at` of `target`."""
    _multiplicity_tiles(inputs.source, inputs.multiplicity, i, tile, count, target, at)
    _fingerprint_tiles(inputs.source, inputs.message, i, tile, count, inputs.constants, 5 * i, target, at)
    _add_keys(inputs, i, tile, count, target, at)


@borrowing_njit
def _copy_inputs(kept, number, count, target, at):
    place = number * INPUT_WORDS
    for word in range(0, count * INPUT_WORDS, LANES):
        store(target, at + word, load(kept, place + word))


@borrowing_njit
def write_codes(inputs, code, count, target, at):
    """The input tiles of `count` consecutive codes, from this one on, to word `at` of `target`. Several at once cost
    less: where its terms are is looked up once for all tiles of an interaction."""
    if code & KEPT:
        _copy_inputs(inputs.kept, code ^ KEPT, count, target, at)
    else:
        write_inputs(inputs, code >> LOG_CODE, code & INPUT_TILE, count, target, at)


@borrowing_njit
def _weigh_together(source, combination, term, tile, columns, memory, target):
    """WEIGHED_TOGETHER terms from `term` onto an input tile's fingerprints; `columns` is room for as many tiles."""
    _, terms, coefficients = combination
    for k in range(WEIGHED_TOGETHER):
        at = terms[term + k, 0] + tile * terms[term + k, 1]
        for v in range(0, TILE, LANES):
            store(columns, k * TILE + v, load(source, at + v))
    for b in range(BLOCKS):
        at = target + b * INPUT_BLOCK + LANES
        total = ext_weigh(columns, b * LANES, TILE, coefficients, 5 * term)
        ext_store(memory, at, LANES, ext_add(ext_load(memory, at, LANES), total))


@borrowing_njit(cache=True, nogil=True)
def keep_inputs(inputs, rows, columns, start, stop):
    """Compute the input tiles that are kept: rows [start, stop) are interaction, tile and number among them.
    `columns` is room for WEIGHED_TOGETHER tiles of a column."""
    for row in range(start, stop):
        i, tile, place = rows[row, 0], rows[row, 1], rows[row, 2] * INPUT_WORDS
        _multiplicity_tiles(inputs.source, inputs.multiplicity, i, tile, 1, inputs.kept, place)
        constant = ext_splat(inputs.constants, 5 * i, 1)
        for b in range(BLOCKS):
            ext_store(inputs.kept, place + b * INPUT_BLOCK + LANES, LANES, constant)
        first, last = inputs.message[0][i], inputs.message[0][i + 1]
        rest = last - (last - first) % WEIGHED_TOGETHER
        for term in range(first, rest, WEIGHED_TOGETHER):
            _weigh_together(inputs.source, inputs.message, term, tile, columns, inputs.kept, place)
        _add_terms(inputs.source, inputs.message, rest, last, tile, inputs.kept, place)
        _add_keys(inputs, i, tile, 1, inputs.kept, place)


def child_tile(children, inputs, code, slot):
    """The word of `children` where a fraction tile is. Above the inputs that is its code; an input tile is written
    there, behind a tile of zeros and `slot` others."""


@overload(child_tile)
def _child_tile(children, inputs, code, slot):
    if isinstance(inputs, types.BaseNamedTuple) and inputs.instance_class is Inputs:

        def write(children, inputs, code, slot):
            if code == NO_INPUT:
                return ZERO_TILE
            at = (1 + slot) * INPUT_WORDS
            write_codes(inputs, code, 1, children, at)
            return at

        return write

    return lambda children, inputs, code, slot: code


def four_children(children, inputs, rows, row, column):
    """The words where four fraction tiles are, whose codes are in a row of `rows` from `column` on."""


@overload(four_children)
def _four_children(children, inputs, rows, row, column):
    if isinstance(inputs, types.BaseNamedTuple) and inputs.instance_class is Inputs:

        def write(children, inputs, rows, row, column):
            first, second = rows[row, column], rows[row, column + 1]
            third, fourth = rows[row, column + 2], rows[row, column + 3]
            together = 4 if second == first + 1 and third == first + 2 and fourth == first + 3 else 1
            for k in range(0, 4, together):
                if rows[row, column + k] != NO_INPUT:
                    write_codes(inputs, rows[row, column + k], together, children, (1 + k) * INPUT_WORDS)
            return _place(first, 0), _place(second, 1), _place(third, 2), _place(fourth, 3)

        return write

    return lambda children, inputs, rows, row, column: (
        rows[row, column],
        rows[row, column + 1],
        rows[row, column + 2],
        rows[row, column + 3],
    )


@borrowing_njit(inline="always")
def _place(code, slot):
    return ZERO_TILE if code == NO_INPUT else (1 + slot) * INPUT_WORDS


def ask_for(children, inputs, code, block):
    """Prefetch a block of the fraction tile of this code, if it is stored. One block at a time: a whole tile at once
    would wait for its own first lines, and the arithmetic with it."""


@overload(ask_for, inline="always")
def _ask_for(children, inputs, code, block):
    if isinstance(inputs, types.NoneType):
        return lambda children, inputs, code, block: prefetch(
            children, code + block * FRACTION_BLOCK, code + (block + 1) * FRACTION_BLOCK
        )
    return lambda children, inputs, code, block: None


@borrowing_njit(cache=True, nogil=True)
def input_tile(inputs, code, target):
    """The input tile of this code alone."""
    write_codes(inputs, code, 1, target, 0)
