"""What differs between the input layer, whose numerators are in F, and the layers above it, whose numerators are in K.

The functions below are chosen when a kernel is compiled, by the type of `inputs`: None for other layers, anything
else for the input layer; or by the type of the numerators themselves. Called from Python they do nothing.
"""

from __future__ import annotations

from core_vm.field.packed import (
    LANES,
    ext_add,
    ext_add_base,
    ext_load,
    ext_mul,
    ext_mul_base,
    ext_mul_pairs,
    load,
)
from core_vm.field.packed.base import kinds
from core_vm.field.packed.linear import ext_mul_base_pairs
from core_vm.host.kernel_language import overload, types

PLANES = 5 * LANES
INPUT_BLOCK, FRACTION_BLOCK = LANES + PLANES, 2 * PLANES


def block_words(inputs):
    """Words of a block of LANES fractions."""


def load_fraction(memory, at, inputs):
    """(n, e) of the block at word `at`."""


def cross(n0, e0, n1, e1):
    """n0 e1 + n1 e0."""


def weigh_products(n0, e0, n1, e1, batching, w, v):
    """w (n0 e1 + n1 e0 + batching e0 e1), where v = batching w."""


def plus_numerators(total, n0, n1):
    """total + n0 + n1 for a total in K."""


def fold_numerator(n, r, change):
    """n + r change."""


def times_numerator(factor, n):
    """factor n for a factor in K."""


def weigh_fraction(n, e, w, v):
    """n w + e v for w, v in K."""


@overload(block_words, inline="always")
def _block_words(inputs):
    if isinstance(inputs, types.NoneType):
        return lambda inputs: FRACTION_BLOCK
    return lambda inputs: INPUT_BLOCK


@overload(load_fraction, inline="always")
def _load_fraction(memory, at, inputs):
    if isinstance(inputs, types.NoneType):
        return lambda memory, at, inputs: (ext_load(memory, at, LANES), ext_load(memory, at + PLANES, LANES))
    return lambda memory, at, inputs: (load(memory, at), ext_load(memory, at + LANES, LANES))


@overload(cross, inline="always")
def _cross(n0, e0, n1, e1):
    if n0 is kinds.Packed:
        return lambda n0, e0, n1, e1: ext_mul_base_pairs(e1, n0, e0, n1)
    return lambda n0, e0, n1, e1: ext_mul_pairs(n0, e1, n1, e0)


@overload(weigh_products, inline="always")
def _weigh_products(n0, e0, n1, e1, batching, w, v):
    if n0 is kinds.Packed:
        return lambda n0, e0, n1, e1, batching, w, v: ext_mul_pairs(
            ext_mul_base_pairs(e1, n0, e0, n1), w, ext_mul(e0, e1), v
        )
    return lambda n0, e0, n1, e1, batching, w, v: ext_mul(
        ext_mul_pairs(n0, e1, ext_add(n1, ext_mul(e1, batching)), e0), w
    )


@overload(plus_numerators, inline="always")
def _plus_numerators(total, n0, n1):
    if n0 is kinds.Packed:
        return lambda total, n0, n1: ext_add_base(total, n0 + n1)
    return lambda total, n0, n1: ext_add(total, ext_add(n0, n1))


@overload(fold_numerator, inline="always")
def _fold_numerator(n, r, change):
    if n is kinds.Packed:
        return lambda n, r, change: ext_add_base(ext_mul_base(r, change), n)
    return lambda n, r, change: ext_add(n, ext_mul(change, r))


@overload(times_numerator, inline="always")
def _times_numerator(factor, n):
    if n is kinds.Packed:
        return lambda factor, n: ext_mul_base(factor, n)
    return lambda factor, n: ext_mul(n, factor)


@overload(weigh_fraction, inline="always")
def _weigh_fraction(n, e, w, v):
    if n is kinds.Packed:
        return lambda n, e, w, v: ext_add(ext_mul_base(w, n), ext_mul(e, v))
    return lambda n, e, w, v: ext_mul_pairs(n, w, e, v)
