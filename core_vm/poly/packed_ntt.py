"""Intrinsics of the transform: butterflies over up to sixteen rows held in registers, LANES columns at a time.

A factor w is known long before its products, so they take Shoup's form: with w' = floor(w 2^32 / p), kept beside w, and
q = floor(x w' / 2^32), x w - q p lies in [0, 2 p) for every x below 2^32, as x w' / 2^32 is less than one below x w / p
(Harvey, Faster arithmetic for number-theoretic transforms, 2014). That is four multiplications of vectors in place of
the six of a Montgomery product, and w is a canonical value: x keeps its Montgomery form.
"""

from __future__ import annotations

from llvmlite import ir

from core_vm.field.koalabear import P
from core_vm.field.packed import emit
from core_vm.field.packed.base import kinds, load_vector, plus, require_words, store_vector, word_address
from core_vm.host.kernel_language import intrinsic, types

Pair = tuple[ir.Value, ir.Value]
AT_ONCE = 4  # butterflies


def _pair(context, b, array_type, array, index) -> Pair:
    """(w', w) number `index` of a table, each in all lanes."""
    at = b.mul(index, ir.Constant(emit.I64, 2))
    words = [b.load(word_address(context, b, array_type, array, plus(b, at, k))) for k in range(2)]
    return emit.broadcast(b, words[0]), emit.broadcast(b, words[1])


def _products(b, xs: list[ir.Value], pairs: list[Pair]) -> list[ir.Value]:
    """x w modulo p, below p, for each x, which may be any word, and its pair. The products are made side by side: one
    behind another, each would wait for its own multiplications."""
    ratios = [emit.halves(b, pair[0])[0] for pair in pairs]
    products = [b.mul(half, ratio) for x, ratio in zip(xs, ratios, strict=True) for half in emit.halves(b, x)]
    products = emit.opaque(b, products)
    quotients = [emit.high_words(b, *products[i : i + 2]) for i in range(0, len(products), 2)]
    totals = [
        b.sub(b.mul(x, pair[1]), b.mul(quotient, emit.constant32(P)))
        for x, pair, quotient in zip(xs, pairs, quotients, strict=True)
    ]
    return [emit.minimum(b, total, b.sub(total, emit.constant32(P))) for total in totals]


def _split(b, values: list[ir.Value], pairs: list[Pair]) -> list[ir.Value]:
    """All stages of a transform, stage by stage; pairs[2^stage - 1 + u] is the factor of part u.

    What the next stage multiplies, the upper half of every part, may stay anything below 2 p.
    """
    s, count = list(values), len(values)
    for stage in range(count.bit_length() - 1):
        half = count >> (stage + 1)
        butterflies = [(u, 2 * half * u + k) for u in range(1 << stage) for k in range(half)]
        for i in range(0, len(butterflies), AT_ONCE):
            group = butterflies[i : i + AT_ONCE]
            factors = [pairs[(1 << stage) - 1 + u] for u, _ in group]
            products = _products(b, [s[low + half] for _, low in group], factors)
            for (_, low), product in zip(group, products, strict=True):
                is_multiplied_next = 0 < half // 2 <= low % (2 * half)
                s[low], s[low + half] = _sum_and_difference(b, s[low], product, is_multiplied_next)
    return s


def _sum_and_difference(b, x: ir.Value, y: ir.Value, lazily: bool) -> Pair:
    """x + y and x - y modulo p, below p, or anything below 2 p."""
    if lazily:
        return b.add(x, y), b.sub(b.add(x, emit.constant32(P)), y)
    return emit.add(b, x, y), emit.sub(b, x, y)


def _address_offset(b, index, stride, k: int) -> ir.Value:
    return b.add(index, b.mul(stride, ir.Constant(emit.I64, k)))


def _make_intrinsics(radix_bits: int):
    """load_strided, store_strided and transform on tuples of 2^radix_bits vectors."""
    count = 1 << radix_bits

    def rows():
        return types.UniTuple(kinds.Packed, count)

    def unpack(b, value) -> list[ir.Value]:
        return [b.extract_value(value, k) for k in range(count)]

    @intrinsic
    def load_strided(_, array, index, stride):
        require_words(array)

        def generate(context, b, signature, args):
            offsets = [_address_offset(b, args[1], args[2], k) for k in range(count)]
            return context.make_tuple(
                b, rows(), [load_vector(context, b, signature.args[0], args[0], o) for o in offsets]
            )

        return rows()(array, types.intp, types.intp), generate

    @intrinsic
    def store_strided(_, array, index, stride, values):
        require_words(array)

        def generate(context, b, signature, args):
            for k, value in enumerate(unpack(b, args[3])):
                offset = _address_offset(b, args[1], args[2], k)
                store_vector(context, b, signature.args[0], args[0], offset, value)
            return context.get_dummy_value()

        return types.void(array, types.intp, types.intp, rows()), generate

    @intrinsic
    def transform(_, values, table, block):
        """Remainders modulo the factors of X^count - c for the coefficients in `values`, the c of block `block`."""
        require_words(table)

        def generate(context, b, signature, args):
            pairs = []
            for stage in range(radix_bits):
                first = b.shl(args[2], ir.Constant(emit.I64, stage))
                pairs += [_pair(context, b, signature.args[1], args[1], plus(b, first, u)) for u in range(1 << stage)]
            return context.make_tuple(b, rows(), _split(b, unpack(b, args[0]), pairs))

        return rows()(rows(), table, types.intp), generate

    return load_strided, store_strided, transform


load2, store2, transform2 = _make_intrinsics(1)
load4, store4, transform4 = _make_intrinsics(2)
load8, store8, transform8 = _make_intrinsics(3)
load16, store16, transform16 = _make_intrinsics(4)
