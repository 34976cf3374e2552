"""Everything a kernel needs of the field, in one place to import from.

`Packed` holds LANES base elements, `Extension` five of them; LANES depends on the processor (16 or 8), so loops step by
LANES, never by a literal. Base: load, store, splat, add, sub, mul or + - *. Extension: ext_*. Scalars: monty_*.
"""

from __future__ import annotations

from core_vm.field.packed.base import add, load, mul, splat, store, sub
from core_vm.field.packed.extension import (
    ext_add,
    ext_add_base,
    ext_load,
    ext_mul,
    ext_mul_base,
    ext_mul_pairs,
    ext_splat,
    ext_store,
    ext_sub,
    ext_zero,
    lift,
)
from core_vm.field.packed.lanes import LANES
from core_vm.field.scalar_kernels import ext_mul_scalar, monty_add, monty_decode, monty_encode, monty_mul, monty_sub

__all__ = [
    "LANES",
    "add",
    "ext_add",
    "ext_add_base",
    "ext_load",
    "ext_mul",
    "ext_mul_base",
    "ext_mul_pairs",
    "ext_mul_scalar",
    "ext_splat",
    "ext_store",
    "ext_sub",
    "ext_zero",
    "lift",
    "load",
    "monty_add",
    "monty_decode",
    "monty_encode",
    "monty_mul",
    "monty_sub",
    "mul",
    "splat",
    "store",
    "sub",
]
