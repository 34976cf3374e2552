"""Sums of two products of K by F elements with one reduction a coefficient: what fingerprints and leaf numerators
need."""

from __future__ import annotations

from numba.extending import intrinsic

from core_vm.field import packed_emit as emit
from core_vm.field.packed_base import Packed
from core_vm.field.packed_extension import Extension, unpack


@intrinsic
def ext_mul_base_pairs(_, x, a, y, b):
    """x a + y b for packed K elements x, y and packed F elements a, b."""

    def generate(context, builder, signature, args):
        factors = [emit.halves(builder, args[1]), emit.halves(builder, args[3])]
        planes = [
            emit.dot(builder, [emit.halves(builder, u), emit.halves(builder, v)], factors)
            for u, v in zip(unpack(builder, args[0]), unpack(builder, args[2]), strict=True)
        ]
        return context.make_tuple(builder, Extension, planes)

    return Extension(Extension, Packed, Extension, Packed), generate
