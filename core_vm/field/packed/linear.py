"""Sums of products with one reduction a coefficient: what fingerprints, numerators of inputs and constraints need."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from llvmlite import ir

from core_vm.field.extension import DEGREE
from core_vm.field.packed import emit
from core_vm.field.packed.base import kinds, load_vector, plus, require_words, word_address
from core_vm.field.packed.extension import sums_of_products, unpack
from core_vm.host.kernel_language import intrinsic, types

WEIGHED_TOGETHER = 8


@intrinsic
def ext_mul_base_pairs(_, x, a, y, b):
    """x a + y b for packed K elements x, y and packed F elements a, b."""

    def generate(context, builder, signature, args):
        factors = [emit.halves(builder, args[1]), emit.halves(builder, args[3])]
        planes = [
            emit.dot(builder, [emit.halves(builder, u), emit.halves(builder, v)], factors)
            for u, v in zip(unpack(builder, args[0]), unpack(builder, args[2]), strict=True)
        ]
        return context.make_tuple(builder, kinds.Extension, planes)

    return kinds.Extension(kinds.Extension, kinds.Packed, kinds.Extension, kinds.Packed), generate


def _weigh(context, b, values: Sequence[Any], weights_type, weights, first):
    """The values times the elements of K that lie in `weights` from word `first` on, added up.

    Every lane has the same weight, so even and odd lanes share it: no shift brings odd ones down.
    """
    factors = [emit.halves(b, value) for value in values]

    def weight(i: int, k: int) -> emit.Halves:
        at = plus(b, first, DEGREE * i + k)
        word = b.load(word_address(context, b, weights_type, weights, at))
        wide = b.bitcast(emit.broadcast(b, word), emit.V64)
        half = b.and_(wide, emit.constant64(emit.LOW_WORD))
        return half, half

    planes = emit.dots(b, factors, [[weight(i, k) for i in range(len(values))] for k in range(DEGREE)])
    return context.make_tuple(b, kinds.Extension, planes)


@intrinsic
def ext_weigh(_, values, index, step, weights, first):
    """sum over i < WEIGHED_TOGETHER of weights[i] * values[index + i * step], LANES elements of F each; weights[0] is
    the element of K at words `first` to `first` + 5 of `weights`, the others follow."""
    require_words(values)
    require_words(weights)

    def generate(context, b, signature, args):
        offsets = [b.add(args[1], b.mul(args[2], ir.Constant(emit.I64, i))) for i in range(WEIGHED_TOGETHER)]
        vectors = [load_vector(context, b, signature.args[0], args[0], at) for at in offsets]
        return _weigh(context, b, vectors, signature.args[3], *args[3:])

    return kinds.Extension(values, types.intp, types.intp, weights, types.intp), generate


@intrinsic
def ext_weigh_one(_, value, weights, first):
    """weights[0] value, packed, for weights as in `ext_weigh`."""
    return _weigh_arguments(1, weights)


@intrinsic
def ext_weigh_two(_, value0, value1, weights, first):
    """weights[0] value0 + weights[1] value1, likewise."""
    return _weigh_arguments(2, weights)


@intrinsic
def ext_weigh_four(_, value0, value1, value2, value3, weights, first):
    """The sum of weights[i] times value i, likewise: as many products as are added up without a reduction between."""
    return _weigh_arguments(4, weights)


@intrinsic
def ext_weigh_eight(_, value0, value1, value2, value3, value4, value5, value6, value7, weights, first):
    """The sum of weights[i] times value i, likewise."""
    return _weigh_arguments(8, weights)


def _weigh_arguments(count: int, weights):
    require_words(weights)

    def generate(context, b, signature, args):
        return _weigh(context, b, args[:count], signature.args[count], *args[count:])

    return kinds.Extension(*[kinds.Packed] * count, weights, types.intp), generate


@intrinsic
def ext_square(_, element):
    """The square in K, where X^5 = 1 - X^2: three products a coefficient instead of five."""

    def generate(context, b, signature, args):
        a0, a1, a2, a3, a4 = unpack(b, args[0])
        twice0, twice1, twice2, twice3, twice4 = (emit.double(b, v) for v in (a0, a1, a2, a3, a4))
        rows = [
            [(a0, a0), (a4, emit.sub(b, twice1, a4)), (twice2, a3)],
            [(a0, twice1), (a2, twice4), (a3, a3)],
            [(a1, emit.sub(b, a1, twice4)), (twice2, emit.sub(b, a0, a3)), (a4, emit.add(b, twice3, a4))],
            [(a3, emit.sub(b, twice0, a3)), (a2, emit.sub(b, twice1, twice4)), (a4, a4)],
            [(a4, emit.sub(b, twice0, twice3)), (a1, twice3), (a2, a2)],
        ]
        return context.make_tuple(b, kinds.Extension, sums_of_products(b, rows))

    return kinds.Extension(kinds.Extension), generate
