"""How the kernels of the fraction tree come by the tiles of a child layer: they lie in memory, or they are inputs.

`inputs` is None unless the child layer is the input layer, which is not stored: its tiles, or what follows from two of
them, are written to `children` as they are needed. For other layers `children` is `memory`. Numba compiles what follows
for each, because their types differ. Called from Python, what is overloaded does nothing.
"""

from __future__ import annotations

from core_vm.field.packed import LANES, ext_add, ext_load, ext_mul, ext_splat, ext_store, ext_sub, load, store, sub
from core_vm.field.packed.prefetch import prefetch
from core_vm.host.kernel_cache import borrowing_njit
from core_vm.host.kernel_language import overload, types
from core_vm.stark.gkr.form_kernels import BLOCKS
from core_vm.stark.gkr.input_kernels import INPUT_TILE, write_changes, write_codes, write_folded
from core_vm.stark.gkr.inputs import FOLDED, KEPT, LOG_CODE, NO_INPUT
from core_vm.stark.gkr.packed_fractions import (
    FRACTION_BLOCK,
    INPUT_BLOCK,
    PLANES,
    fold_numerator,
    load_fraction,
)
from core_vm.stark.words import FRACTION_WORDS, INPUT_WORDS

# The first tile of `memory` and of `children` is zero: it stands for every missing fraction.
ZERO_TILE = 0


def child_tile(children, inputs, code, slot):
    """The word of `children` where a fraction tile is. Above the inputs that is its code; an input tile is written
    there, behind a tile of zeros and `slot` others."""


@overload(child_tile)
def _child_tile(children, inputs, code, slot):
    if not isinstance(inputs, types.NoneType):

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
    if not isinstance(inputs, types.NoneType):

        def write(children, inputs, rows, row, column):
            first, second = rows[row, column], rows[row, column + 1]
            third, fourth = rows[row, column + 2], rows[row, column + 3]
            together = 4 if _are_consecutive(rows, row, column) else 1
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
def _are_consecutive(rows, row, column):
    first = rows[row, column]
    return (
        rows[row, column + 1] == first + 1 and rows[row, column + 2] == first + 2 and rows[row, column + 3] == first + 3
    )


def two_changes(children, inputs, rows, row, column):
    """`four_children` for `load_change`: left, right, far left, far right."""


@overload(two_changes)
def _two_changes(children, inputs, rows, row, column):
    if not isinstance(inputs, types.NoneType):

        def write(children, inputs, rows, row, column):
            code = rows[row, column]
            if _are_consecutive(rows, row, column) and not code & KEPT:
                write_changes(inputs, code >> LOG_CODE, code & INPUT_TILE, children, INPUT_WORDS)
            else:
                left, right, far_left, far_right = four_children(children, inputs, rows, row, column)
                for word in range(0, INPUT_WORDS, LANES):
                    of_left = sub(load(children, far_left + word), load(children, left + word))
                    of_right = sub(load(children, far_right + word), load(children, right + word))
                    store(children, INPUT_WORDS + word, of_left)
                    store(children, 2 * INPUT_WORDS + word, of_right)
            return INPUT_WORDS, 2 * INPUT_WORDS, INPUT_WORDS, 2 * INPUT_WORDS

        return write

    return lambda children, inputs, rows, row, column: four_children(children, inputs, rows, row, column)


def load_change(children, near, far, inputs):
    """(n, e) of what the block at word `far` has more than the one at `near`; that is what lies there already in the
    input layer."""


@overload(load_change, inline="always")
def _load_change(children, near, far, inputs):
    if not isinstance(inputs, types.NoneType):
        return lambda children, near, far, inputs: load_fraction(children, near, inputs)

    def subtract(children, near, far, inputs):
        n0, e0 = load_fraction(children, near, inputs)
        n1, e1 = load_fraction(children, far, inputs)
        return ext_sub(n1, n0), ext_sub(e1, e0)

    return subtract


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


@borrowing_njit
def two_folded(children, inputs, rows, row, column, numerators, constants):
    """The words of two tiles of fractions, the left and the right children of these codes folded by the challenge that
    `constants` begin with: only of the input layer, with numerators or, of factors, without."""
    code = rows[row, column]
    i, keys = code >> LOG_CODE, inputs.key_message[0]
    if _are_consecutive(rows, row, column) and not code & KEPT and keys[i] == keys[i + 1]:
        write_folded(inputs, i, code & INPUT_TILE, numerators, constants, children, FOLDED)
    else:
        left, right, far_left, far_right = four_children(children, inputs, rows, row, column)
        _fold_inputs(children, left, far_left, constants, FOLDED)
        _fold_inputs(children, right, far_right, constants, FOLDED + FRACTION_WORDS)
    return FOLDED, FOLDED + FRACTION_WORDS


@borrowing_njit
def _fold_inputs(children, near, far, constants, target):
    r = ext_splat(constants, 0, 1)
    for b in range(BLOCKS):
        at, far_at, to = near + b * INPUT_BLOCK, far + b * INPUT_BLOCK, target + b * FRACTION_BLOCK
        n, e = load(children, at), ext_load(children, at + LANES, LANES)
        ext_store(children, to, LANES, fold_numerator(n, r, sub(load(children, far_at), n)))
        change = ext_sub(ext_load(children, far_at + LANES, LANES), e)
        ext_store(children, to + PLANES, LANES, ext_add(e, ext_mul(change, r)))
