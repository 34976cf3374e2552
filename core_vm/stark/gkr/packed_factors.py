"""Tiles of factors: e = d - 1 alone, in blocks of LANES lanes of five planes, which is a short entry of the tree.

In the input layer, and where an entry is the only one of its interaction, e is the second part of a fraction, whose
numerators are zero.
"""

from __future__ import annotations

from core_vm.field.packed import LANES, ext_add, ext_load, ext_mul, ext_sub
from core_vm.field.packed.prefetch import prefetch
from core_vm.host.kernel_cache import borrowing_njit
from core_vm.host.kernel_language import overload, types
from core_vm.stark.gkr.packed_fractions import INPUT_BLOCK, PLANES


def load_factor(children, tile, b, inputs):
    """Block b of the tile at word `tile`."""


@overload(load_factor, inline="always")
def _load_factor(children, tile, b, inputs):
    if isinstance(inputs, types.NoneType):
        return lambda children, tile, b, inputs: ext_load(children, tile + b * PLANES, LANES)
    return lambda children, tile, b, inputs: ext_load(children, tile + b * INPUT_BLOCK + LANES, LANES)


def load_factor_change(children, near, far, b, inputs):
    """What block b of the tile at word `far` has more than that of the one at `near`: `child_kernels.load_change`."""


@overload(load_factor_change, inline="always")
def _load_factor_change(children, near, far, b, inputs):
    if not isinstance(inputs, types.NoneType):
        return lambda children, near, far, b, inputs: load_factor(children, near, b, inputs)
    return lambda children, near, far, b, inputs: ext_sub(
        load_factor(children, far, b, inputs), load_factor(children, near, b, inputs)
    )


def ask_for_factor(children, inputs, code, b):
    """Prefetch a block of the tile of this code, if it is stored."""


@overload(ask_for_factor, inline="always")
def _ask_for_factor(children, inputs, code, b):
    if isinstance(inputs, types.NoneType):
        return lambda children, inputs, code, b: prefetch(children, code + b * PLANES, code + (b + 1) * PLANES)
    return lambda children, inputs, code, b: None


@borrowing_njit(inline="always")
def product(e0, e1):
    """(1 + e0) (1 + e1) - 1."""
    return ext_add(ext_mul(e0, e1), ext_add(e0, e1))
