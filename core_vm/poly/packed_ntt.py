"""Intrinsics of the transform: butterflies over up to sixteen rows held in registers, LANES columns at a time."""

from __future__ import annotations

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from core_vm.field import packed_emit as emit
from core_vm.field.koalabear import MONTGOMERY_R, P, root_of_unity
from core_vm.field.packed_base import (
    Packed,
    load_vector,
    plus,
    require_words,
    store_vector,
    word_address,
)


def _butterflies(b, values: list[ir.Value], radix_bits: int) -> list[ir.Value]:
    """Decimation in frequency of 2^radix_bits values: position k ends with the value of index bitreverse(k)."""
    s = list(values)
    for stage in range(radix_bits):
        half = len(s) >> (stage + 1)
        root = root_of_unity(radix_bits - stage)
        for start in range(0, len(s), 2 * half):
            for k in range(half):
                low, high = s[start + k], s[start + k + half]
                difference = emit.sub(b, low, high)
                factor = emit.constant32(pow(root, k, P) * MONTGOMERY_R % P)
                s[start + k] = emit.add(b, low, high)
                s[start + k + half] = emit.mul(b, difference, factor) if k else difference
    return s


def _address_offset(b, index, stride, k: int) -> ir.Value:
    return b.add(index, b.mul(stride, ir.Constant(emit.I64, k)))


def _make_intrinsics(radix_bits: int):
    """load_strided, store_strided, transform and twiddle on tuples of 2^radix_bits vectors."""
    count = 1 << radix_bits
    rows = types.UniTuple(Packed, count)

    def unpack(b, value) -> list[ir.Value]:
        return [b.extract_value(value, k) for k in range(count)]

    @intrinsic
    def load_strided(_, array, index, stride):
        require_words(array)

        def generate(context, b, signature, args):
            offsets = [_address_offset(b, args[1], args[2], k) for k in range(count)]
            return context.make_tuple(
                b, rows, [load_vector(context, b, signature.args[0], args[0], o) for o in offsets]
            )

        return rows(array, types.intp, types.intp), generate

    @intrinsic
    def store_strided(_, array, index, stride, values):
        require_words(array)

        def generate(context, b, signature, args):
            for k, value in enumerate(unpack(b, args[3])):
                offset = _address_offset(b, args[1], args[2], k)
                store_vector(context, b, signature.args[0], args[0], offset, value)
            return context.get_dummy_value()

        return types.void(array, types.intp, types.intp, rows), generate

    @intrinsic
    def transform(_, values):
        def generate(context, b, signature, args):
            return context.make_tuple(b, rows, _butterflies(b, unpack(b, args[0]), radix_bits))

        return rows(rows), generate

    @intrinsic
    def twiddle(_, values, table, offset):
        """Multiplies vector k by table[offset + k], for k from 1 on."""
        require_words(table)

        def generate(context, b, signature, args):
            result = unpack(b, args[0])
            for k in range(1, count):
                word = b.load(word_address(context, b, signature.args[1], args[1], plus(b, args[2], k)))
                result[k] = emit.mul(b, result[k], emit.broadcast(b, word))
            return context.make_tuple(b, rows, result)

        return rows(rows, table, types.intp), generate

    return load_strided, store_strided, transform, twiddle


load2, store2, transform2, _ = _make_intrinsics(1)
load4, store4, transform4, _ = _make_intrinsics(2)
load8, store8, transform8, _ = _make_intrinsics(3)
load16, store16, transform16, twiddle16 = _make_intrinsics(4)


@intrinsic
def scale_first(_, values, table, offset):
    """Multiplies vector 0 of sixteen by table[offset]."""
    require_words(table)
    rows = types.UniTuple(Packed, 16)

    def generate(context, b, signature, args):
        result = [b.extract_value(args[0], k) for k in range(16)]
        word = b.load(word_address(context, b, signature.args[1], args[1], args[2]))
        result[0] = emit.mul(b, result[0], emit.broadcast(b, word))
        return context.make_tuple(b, rows, result)

    return rows(rows, table, types.intp), generate
