"""Sums of products with one reduction a coefficient: what fingerprints, numerators of inputs and constraints need."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from llvmlite import ir

from core_vm.field.extension import DEGREE
from core_vm.field.koalabear import P
from core_vm.field.packed import emit
from core_vm.field.packed.base import kinds, load_vector, plus, require_words, word_address
from core_vm.field.packed.extension import sums_of_products, unpack
from core_vm.host.kernel_language import errors, intrinsic, types

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


def _products(context, b, values: Sequence[Any], weights_type, weights, first) -> list[list[emit.Halves]]:
    """For each value what is multiplied: its even lanes, then its odd ones, with the five words of its weight. The
    elements of K lie in `weights` from word `first` on.

    Every lane has the same weight, so even and odd lanes share it: no shift brings odd ones down.
    """

    def weight(word: int) -> ir.Value:
        at = word_address(context, b, weights_type, weights, plus(b, first, word))
        wide = b.bitcast(emit.broadcast(b, b.load(at)), emit.V64)
        return b.and_(wide, emit.constant64(emit.LOW_WORD))

    def products(i: int, halves: emit.Halves) -> list[emit.Halves]:
        words = [weight(DEGREE * i + k) for k in range(DEGREE)]
        return [(half, word) for word in words for half in halves]

    return [products(i, emit.halves(b, value)) for i, value in enumerate(values)]


def _weigh(context, b, values: Sequence[Any], weights_type, weights, first):
    """The values times their weights, added up. Two of them times all words of their weights before the next two are
    looked at, so that what is in registers are the sums."""
    sums = emit.sums_of_products(b, _products(context, b, values, weights_type, weights, first), 2)
    return context.make_tuple(b, kinds.Extension, emit.reduce_all(b, *sums))


def _elements(b, values, kind) -> list[ir.Value]:
    return [b.extract_value(values, i) for i in range(len(kind))]


def _require_tuple(values) -> None:
    """Typing-time guard."""
    if not isinstance(values, types.UniTuple) or values.dtype is not kinds.Packed:
        raise errors.TypingError(f"what is weighed is a tuple of packed values, not {values}")


@intrinsic
def ext_weigh(_, values, weights, first):
    """The sum of weights[i] values[i] for a tuple of LANES elements of F each; weights[0] is the element of K at words
    `first` to `first` + 5 of `weights`, the others follow."""
    _require_tuple(values)
    require_words(weights)

    def generate(context, b, signature, args):
        return _weigh(context, b, _elements(b, args[0], values), signature.args[1], *args[1:])

    return kinds.Extension(values, weights, types.intp), generate


@intrinsic
def ext_weigh_rows(_, rows, index, step, weights, first):
    """`ext_weigh` of the WEIGHED_TOGETHER values rows[index + i * step]."""
    require_words(rows)
    require_words(weights)

    def generate(context, b, signature, args):
        offsets = [b.add(args[1], b.mul(args[2], ir.Constant(emit.I64, i))) for i in range(WEIGHED_TOGETHER)]
        vectors = [load_vector(context, b, signature.args[0], args[0], at) for at in offsets]
        return _weigh(context, b, vectors, signature.args[3], *args[3:])

    return kinds.Extension(rows, types.intp, types.intp, weights, types.intp), generate


# Sums that go on for longer than one expression are wide: the 64-bit sums of products, of even and of odd lanes of each
# coefficient, below 2 p 2^32 each, as the bits of vectors of 32-bit words.
def _wide(context, b, totals: Sequence[Any]):
    return context.make_tuple(b, kinds.WideExtension, [b.bitcast(total, emit.V32) for total in totals])


def _totals(b, wide) -> list[Any]:
    return [b.bitcast(total, emit.V64) for total in _elements(b, wide, kinds.WideExtension)]


@intrinsic
def wide_weigh(_, values, weights, first):
    """`ext_weigh`, wide."""
    _require_tuple(values)
    require_words(weights)

    def generate(context, b, signature, args):
        products = _products(context, b, _elements(b, args[0], values), signature.args[1], *args[1:])
        return _wide(context, b, emit.sums_of_products(b, products, 2)[0])

    return kinds.WideExtension(values, weights, types.intp), generate


@intrinsic
def wide_add(_, total, values, weights, first):
    """A wide sum plus `ext_weigh`, wide. Two values cost a correction of each sum, and so does one."""
    _require_tuple(values)
    require_words(weights)

    def generate(context, b, signature, args):
        products = _products(context, b, _elements(b, args[1], values), signature.args[2], *args[2:])
        return _wide(context, b, emit.sums_of_products(b, products, 2, _totals(b, args[0]))[0])

    return kinds.WideExtension(kinds.WideExtension, values, weights, types.intp), generate


@intrinsic
def ext_narrow(_, total):
    """A wide sum as an element of K."""

    def generate(context, b, signature, args):
        return context.make_tuple(b, kinds.Extension, emit.reduce_all(b, _totals(b, args[0]), 2 * P << 32))

    return kinds.Extension(kinds.WideExtension), generate


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
