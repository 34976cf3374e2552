"""LLVM code for vectors of KoalaBear elements: what the intrinsics are made of.

A packed value is <LANES x i32> in Montgomery form, every lane below p. Products need 64 bits, so even and odd lanes are
multiplied apart, LANES/2 at a time, and a 32-bit element is half of a 64-bit lane: no shuffles before the product.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from llvmlite import ir

from core_vm.field.koalabear import P_INVERSE, P
from core_vm.field.packed.lanes import LANES, has_wide_products

I32, I64 = ir.IntType(32), ir.IntType(64)
V32, V64 = ir.VectorType(I32, LANES), ir.VectorType(I64, LANES // 2)
LOW_WORD = 2**32 - 1

Builder = Any  # ir.IRBuilder and ir.Value, whose decorators hide their return types from type checkers
Value = Any
Halves = tuple[Value, Value]  # even and odd lanes, each LANES/2 64-bit words below 2^32


def constant32(value: int) -> Value:
    """The same 32-bit constant in every lane."""
    return ir.Constant(V32, [ir.Constant(I32, value % 2**32)] * LANES)


def constant64(value: int) -> Value:
    """The same 64-bit constant in every lane."""
    return ir.Constant(V64, [ir.Constant(I64, value)] * (LANES // 2))


def constant_high(value: int) -> Value:
    """The same constant in the upper half of every 64-bit word, zero in the lower, as 32-bit lanes."""
    return ir.Constant(V32, [ir.Constant(I32, 0), ir.Constant(I32, value)] * (LANES // 2))


def lane_indices(values: Sequence[int]) -> Value:
    """A shuffle mask."""
    return ir.Constant(ir.VectorType(I32, len(values)), [ir.Constant(I32, value) for value in values])


def broadcast(b: Builder, value: Value) -> Value:
    """One i32 to all lanes."""
    undefined = ir.Constant(V32, ir.Undefined)
    first = b.insert_element(undefined, value, ir.Constant(I32, 0))
    return b.shuffle_vector(first, undefined, lane_indices([0] * LANES))


def minimum(b: Builder, x: Value, y: Value) -> Value:
    """The smaller, unsigned: of x and x - p modulo 2^32 that is the one below p."""
    return b.select(b.icmp_unsigned("<", x, y), x, y)


def add(b: Builder, x: Value, y: Value) -> Value:
    """x + y modulo p."""
    total = b.add(x, y)
    return minimum(b, total, b.sub(total, constant32(P)))


def sub(b: Builder, x: Value, y: Value) -> Value:
    """x - y modulo p."""
    difference = b.sub(x, y)
    return minimum(b, difference, b.add(difference, constant32(P)))


def halves(b: Builder, x: Value) -> Halves:
    """Even and odd lanes as 64-bit words."""
    wide = b.bitcast(x, V64)
    return b.and_(wide, constant64(LOW_WORD)), b.lshr(wide, constant64(32))


def opaque(b: Builder, values: Sequence[Value]) -> list[Value]:
    """The same vectors, of which LLVM knows nothing, and of which it uses none before all are made.

    They pass through an empty piece of assembly. LLVM makes two or three instructions of some products by constants and
    of some complements, for processors where that is faster. And it puts instructions into an order that it believes to
    need few registers: one chain of dependent instructions behind another, where a processor could work on several at
    a time; or all operands of a long sum in front of it, so that most go to memory and back.
    """
    if not has_wide_products():
        return list(values)
    kinds = [value.type for value in values]
    constraints = ",".join(["=v"] * len(kinds) + [str(i) for i in range(len(kinds))])
    if len(kinds) == 1:
        return [b.asm(ir.FunctionType(kinds[0], kinds), "", constraints, values, side_effect=False)]
    made = b.asm(ir.FunctionType(ir.LiteralStructType(kinds), kinds), "", constraints, values, side_effect=False)
    return [b.extract_value(made, i) for i in range(len(kinds))]


def multipliers(b: Builder, totals: Sequence[Value]) -> list[Value]:
    """For each total an m with m p = total modulo 2^32, in the low words; the high words hold anything.

    vpmuludq takes low words whatever is above them, and is half the work of vpmulld. But LLVM would see that only the
    low half of the product is used, and make it the slow vpmullq. Without vpmuludq of this width: a product of 32-bit
    lanes.
    """
    if not has_wide_products():
        return [b.bitcast(b.mul(b.bitcast(total, V32), constant32(P_INVERSE)), V64) for total in totals]
    return opaque(b, [b.mul(b.and_(total, constant64(LOW_WORD)), constant64(P_INVERSE)) for total in totals])


def high_words(b: Builder, even: Value, odd: Value) -> Value:
    """The upper halves of 64-bit words, put back where their lanes were."""
    pairs = [j for i in range(LANES // 2) for j in (2 * i + 1, LANES + 2 * i + 1)]
    return b.shuffle_vector(b.bitcast(even, V32), b.bitcast(odd, V32), lane_indices(pairs))


def reduce(b: Builder, even: Value, odd: Value, bound: int = P << 32) -> Value:
    """Montgomery reduction of 64-bit words below `bound`, at most 2 p 2^32: (total - m p) / 2^32, made canonical.

    The low words of total and m p agree, so the high words are subtracted; below p each, they differ by (-p, p).
    """
    multiples = [b.mul(b.and_(m, constant64(LOW_WORD)), constant64(P)) for m in multipliers(b, [even, odd])]
    if bound > P << 32:
        high = high_words(b, even, odd)
        difference = b.sub(minimum(b, high, b.sub(high, constant32(P))), high_words(b, *multiples))
    else:
        halves = zip((even, odd), multiples, strict=True)
        difference = high_words(b, *(b.sub(b.bitcast(x, V32), b.bitcast(y, V32)) for x, y in halves))
    return minimum(b, difference, b.add(difference, constant32(P)))


def mul(b: Builder, x: Value, y: Value) -> Value:
    """The Montgomery product."""
    return dot(b, [halves(b, x)], [halves(b, y)])


def dot(b: Builder, xs: Sequence[Halves], ys: Sequence[Halves]) -> Value:
    """sum_k x_k y_k with a single Montgomery reduction."""
    [total] = dots(b, xs, [ys])
    return total


def dots(b: Builder, xs: Sequence[Halves], rows: Sequence[Sequence[Halves]]) -> list[Value]:
    """The dot product of `xs` with each row: two of them times all of their factors before the next two are looked
    at, so that what is in registers are the sums."""
    steps = [[(x[half], row[k][half]) for row in rows for half in (0, 1)] for k, x in enumerate(xs)]
    return reduce_all(b, *sums_of_products(b, steps, 2))


def reduce_all(b: Builder, totals: Sequence[Value], bound: int) -> list[Value]:
    """`reduce` of totals of even and of odd lanes in turns."""
    return [reduce(b, even, odd, bound) for even, odd in zip(totals[0::2], totals[1::2], strict=True)]


def sums_of_products(
    b: Builder, steps: Sequence[Sequence[Halves]], at_once: int, before: Sequence[Value] = ()
) -> tuple[list[Value], int]:
    """Of the first products of all steps, of the second ones, and so on: the sums and their exclusive bound, at most
    2 p 2^32. So many steps are done before the next ones begin. `before` are sums, below that, to which they are added.

    A product is below p^2. While a sum stays below 4 p^2 < 2^64 it fits; subtracting p 2^32 where that does not wrap
    brings a sum below 2 p 2^32 under p 2^32, after which two more products fit below 2 p 2^32 < 2^64.
    """
    big, square = P << 32, P * P
    totals, bound = list(before), 2 * big
    for k, step in enumerate(steps):
        if not totals:
            totals, bound = [b.mul(x, y) for x, y in step], square
            continue
        if k and k % at_once == 0:
            totals = opaque(b, totals)
        if bound + square > 2 * big:
            totals, bound = [below_p(b, total) for total in totals], big
        totals = [b.add(total, b.mul(x, y)) for total, (x, y) in zip(totals, step, strict=True)]
        bound += square
    return totals, bound


def below_p(b: Builder, total: Value) -> Value:
    """A total below 2 p 2^32 minus p 2^32 where it is not below that, so in the upper half alone: AVX2 has no minimum
    of 64-bit words."""
    words = b.bitcast(total, V32)
    return b.bitcast(minimum(b, words, b.sub(words, constant_high(P))), V64)


def double(b: Builder, x: Value) -> Value:
    """2 x."""
    return add(b, x, x)


def tree(operation: Callable[[Value, Value], Value], values: Sequence[Value]) -> Value:
    """All values joined by an associative operation, as flat as possible."""
    values = list(values)
    while len(values) > 1:
        odd = values[-1:] if len(values) % 2 else []
        values = [operation(x, y) for x, y in zip(values[0::2], values[1::2], strict=False)] + odd
    return values[0]


def _signed_low_words(b: Builder, x: Value) -> Value:
    return b.ashr(b.shl(x, constant64(32)), constant64(32))


def _reduce_signed(b: Builder, products: Sequence[Value]) -> list[Value]:
    """Of each the difference to the m p with the same low word and -2^31 <= m < 2^31."""
    multiples = [b.mul(_signed_low_words(b, m), constant64(P)) for m in multipliers(b, products)]
    return [b.sub(product, multiple) for product, multiple in zip(products, multiples, strict=True)]


def cube_of_sum(b: Builder, x: Value, lowered: Value) -> Value:
    """(x + c)^3, given `lowered` = c - p modulo 2^32, in signed arithmetic.

    y = x + c - p lies in [-p, p) and needs no correction. A signed reduction of |v| <= p^2 lies in (-p, p), as
    p^2 / 2^32 < p / 2 and |m p / 2^32| <= p / 2: again no correction before the second product. Even and odd lanes go
    side by side, for each is a long chain of dependent instructions.
    """
    wide = b.bitcast(b.add(x, lowered), V64)
    ys = _signed_low_words(b, wide), b.ashr(wide, constant64(32))
    squares = _reduce_signed(b, [b.mul(y, y) for y in ys])
    products = [b.mul(b.ashr(square, constant64(32)), y) for square, y in zip(squares, ys, strict=True)]
    result = high_words(b, *_reduce_signed(b, products))
    return minimum(b, result, b.add(result, constant32(P)))
