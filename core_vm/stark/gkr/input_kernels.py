"""The input layer: whoever needs tiles of it, or what follows from two, computes them from the trace, or finds them
among those that are kept. An input layer comes as `Inputs`; None stands for any other layer."""

from __future__ import annotations

from core_vm.air.table import TILE
from core_vm.field.packed import LANES, ext_splat, ext_store, load, store
from core_vm.field.packed.linear import WEIGHED_TOGETHER
from core_vm.field.packed.prefetch import prefetch
from core_vm.host.kernel_cache import borrowing_njit
from core_vm.stark.gkr.form_kernels import (
    BLOCKS,
    add_terms,
    fingerprint_tiles,
    folded_fingerprints,
    folded_numerators,
    multiplicity_tiles,
    weigh_together,
)
from core_vm.stark.gkr.inputs import KEPT, LOG_CODE
from core_vm.stark.gkr.packed_fractions import INPUT_BLOCK
from core_vm.stark.words import FRACTION_WORDS, INPUT_WORDS

INPUT_TILE = (1 << LOG_CODE) - 1


@borrowing_njit(inline="always")
def _add_keys(inputs, i, tile, count, gap, target, at):
    first = inputs.key_message[0]
    if first[i] < first[i + 1]:
        for k in range(count):
            to = at + k * INPUT_WORDS
            add_terms(inputs.keys, inputs.key_message, first[i], first[i + 1], tile + k, gap, target, to)


@borrowing_njit(inline="always")
def _write(inputs, i, tile, count, gap, target, at):
    multiplicity_tiles(inputs.source, inputs.multiplicity, i, tile, count, gap, target, at)
    fingerprint_tiles(inputs.source, inputs.message, i, tile, count, gap, inputs.constants, 5 * i, target, at)
    _add_keys(inputs, i, tile, count, gap, target, at)


@borrowing_njit
def write_inputs(inputs, i, tile, count, target, at):
    """Input tiles `tile` to `tile` + `count` of interaction i to word `at` of `target`."""
    _write(inputs, i, tile, count, 0, target, at)


@borrowing_njit
def write_changes(inputs, i, tile, target, at):
    """What input tiles `tile` and `tile` + 1 change by, two tiles further on: as forms are linear, that of the columns'
    changes, at half of the cost of four tiles."""
    _write(inputs, i, tile, 2, 2, target, at)


@borrowing_njit(inline="always")
def write_folded(inputs, i, tile, numerators, constants, target, at):
    """Input tiles `tile` and `tile` + 1 folded with those two tiles further on, as tiles of fractions, with numerators
    or without. Asks for the columns of the next four."""
    first, terms, _ = inputs.message
    for k in range(4):
        for t in range(first[i], first[i + 1]):
            ahead = terms[t, 0] + (tile + 4 + k) * terms[t, 1]
            prefetch(inputs.source, ahead, ahead + TILE)
    r = ext_splat(constants, 0, 1)
    for k in range(2):
        if numerators:
            folded_numerators(inputs, i, tile + k, r, target, at + k * FRACTION_WORDS)
        folded_fingerprints(inputs, i, tile + k, target, at + k * FRACTION_WORDS)


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


@borrowing_njit(cache=True, nogil=True)
def keep_inputs(inputs, rows, columns, start, stop):
    """Compute the input tiles that are kept: rows [start, stop) are interaction, tile and number among them.
    `columns` is room for WEIGHED_TOGETHER tiles of a column."""
    for row in range(start, stop):
        i, tile, place = rows[row, 0], rows[row, 1], rows[row, 2] * INPUT_WORDS
        multiplicity_tiles(inputs.source, inputs.multiplicity, i, tile, 1, 0, inputs.kept, place)
        constant = ext_splat(inputs.constants, 5 * i, 1)
        for b in range(BLOCKS):
            ext_store(inputs.kept, place + b * INPUT_BLOCK + LANES, LANES, constant)
        first, last = inputs.message[0][i], inputs.message[0][i + 1]
        rest = last - (last - first) % WEIGHED_TOGETHER
        for term in range(first, rest, WEIGHED_TOGETHER):
            weigh_together(inputs.source, inputs.message, term, tile, columns, inputs.kept, place)
        add_terms(inputs.source, inputs.message, rest, last, tile, 0, inputs.kept, place)
        _add_keys(inputs, i, tile, 1, 0, inputs.kept, place)


@borrowing_njit(cache=True, nogil=True)
def input_tile(inputs, code, target):
    """The input tile of this code alone."""
    write_codes(inputs, code, 1, target, 0)
