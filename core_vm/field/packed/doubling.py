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


def _plus_products(context, b, total, factors, doubled=False):
    """An accumulator, or twice that, plus one or two products of packed elements: below 2 p 2^32 < 2^64 each, as two
    products are below 2 p^2 < p 2^32, and brought below p 2^32."""
    factors = [(emit.halves(b, x), emit.halves(b, y)) for x, y in factors]
    halves = []
    for half in (0, 1):
        before = b.bitcast(b.extract_value(total, half), emit.V64)
        if doubled:
            before = emit.below_p(b, b.add(before, before))
        products = emit.tree(b.add, [b.mul(x[half], y[half]) for x, y in factors])
        halves.append(emit.below_p(b, b.add(before, products)))
    return _accumulator(context, b, halves)


@intrinsic
def double_add_product(_, total, x, y):
    """2 total + x y."""

    def generate(context, b, signature, args):
        return _plus_products(context, b, args[0], [args[1:]], doubled=True)

    return types.UniTuple(kinds.Packed, 2)(types.UniTuple(kinds.Packed, 2), kinds.Packed, kinds.Packed), generate


@intrinsic
def add_product(_, total, x, y):
    """total + x y."""

    def generate(context, b, signature, args):
        return _plus_products(context, b, args[0], [args[1:]])

    return types.UniTuple(kinds.Packed, 2)(types.UniTuple(kinds.Packed, 2), kinds.Packed, kinds.Packed), generate


@intrinsic
def add_products(_, total, x, y, u, v):
    """total + x y + u v."""

    def generate(context, b, signature, args):
        return _plus_products(context, b, args[0], [args[1:3], args[3:]])

    pair, one = types.UniTuple(kinds.Packed, 2), kinds.Packed
    return pair(pair, one, one, one, one), generate


@intrinsic
def narrow(_, total):
    """The reduction of an accumulator: a canonical value."""

    def generate(context, b, signature, args):
        return emit.reduce(b, *(b.bitcast(b.extract_value(args[0], half), emit.V64) for half in (0, 1)))

    return kinds.Packed(types.UniTuple(kinds.Packed, 2)), generate
