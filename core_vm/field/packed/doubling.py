"""Sums by Horner's rule in powers of two whose terms are products: 64-bit accumulators, with one reduction at the end.

An accumulator is two `Packed` that hold the bits of 64-bit words, of even and of odd lanes, each below p 2^32.
"""

from __future__ import annotations

from core_vm.field.packed import emit
from core_vm.field.packed.base import kinds
from core_vm.host.kernel_language import intrinsic, types


def _accumulator(context, b, halves):
    return context.make_tuple(b, types.UniTuple(kinds.Packed, 2), [b.bitcast(half, emit.V32) for half in halves])


@intrinsic
def wide(_, value):
    """The accumulator whose reduction is `value`: value 2^32."""

    def generate(context, b, signature, args):
        words = b.bitcast(args[0], emit.V64)
        high = b.and_(words, emit.constant64(emit.LOW_WORD << 32))
        return _accumulator(context, b, [b.shl(words, emit.constant64(32)), high])

    return types.UniTuple(kinds.Packed, 2)(kinds.Packed), generate


@intrinsic
def double_add_product(_, total, x, y):
    """2 total + x y: the double and the sum are below 2 p 2^32 < 2^64, as x y < p^2 < p 2^32, and brought below p 2^32
    each."""

    def generate(context, b, signature, args):
        halves = []
        for half, (u, v) in enumerate(zip(emit.halves(b, args[1]), emit.halves(b, args[2]), strict=True)):
            before = b.bitcast(b.extract_value(args[0], half), emit.V64)
            twice = emit.below_p(b, b.add(before, before))
            halves.append(emit.below_p(b, b.add(twice, b.mul(u, v))))
        return _accumulator(context, b, halves)

    return types.UniTuple(kinds.Packed, 2)(types.UniTuple(kinds.Packed, 2), kinds.Packed, kinds.Packed), generate


@intrinsic
def add_product(_, total, x, y):
    """total + x y, below 2 p 2^32, and brought below p 2^32."""

    def generate(context, b, signature, args):
        halves = []
        for half, (u, v) in enumerate(zip(emit.halves(b, args[1]), emit.halves(b, args[2]), strict=True)):
            before = b.bitcast(b.extract_value(args[0], half), emit.V64)
            halves.append(emit.below_p(b, b.add(before, b.mul(u, v))))
        return _accumulator(context, b, halves)

    return types.UniTuple(kinds.Packed, 2)(types.UniTuple(kinds.Packed, 2), kinds.Packed, kinds.Packed), generate


@intrinsic
def add_products(_, total, x, y, u, v):
    """total + x y + u v: two products are below p 2^32, so this is below 2 p 2^32, and brought below p 2^32."""

    def generate(context, b, signature, args):
        operands = [emit.halves(b, argument) for argument in args[1:]]
        halves = []
        for half in (0, 1):
            x, y, u, v = (operand[half] for operand in operands)
            before = b.bitcast(b.extract_value(args[0], half), emit.V64)
            products = b.add(b.mul(x, y), b.mul(u, v))
            halves.append(emit.below_p(b, b.add(before, products)))
        return _accumulator(context, b, halves)

    pair, one = types.UniTuple(kinds.Packed, 2), kinds.Packed
    return pair(pair, one, one, one, one), generate


@intrinsic
def narrow(_, total):
    """The reduction of an accumulator: a canonical value."""

    def generate(context, b, signature, args):
        return emit.reduce(b, *(b.bitcast(b.extract_value(args[0], half), emit.V64) for half in (0, 1)))

    return kinds.Packed(types.UniTuple(kinds.Packed, 2)), generate
