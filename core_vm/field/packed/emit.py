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
SHIFT_OF_P = 24  # p - 1 = 127 * 2^24
LEAST_SHIFT_OF_WORDS = 8
MOST_WORDS = 42

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


def multiplier(b: Builder, total: Value) -> Value:
    """m with m p = total modulo 2^32, in the low words; the high words hold anything.

    vpmuludq takes low words whatever is above them, and is half the work of vpmulld. But LLVM would see that only the
    low half of the product is used, and make it the slow vpmullq, so the product passes through an empty piece of
    assembly that it cannot look into. Without vpmuludq of this width: a product of 32-bit lanes.
    """
    if not has_wide_products():
        return b.bitcast(b.mul(b.bitcast(total, V32), constant32(P_INVERSE)), V64)
    product = b.mul(b.and_(total, constant64(LOW_WORD)), constant64(P_INVERSE))
    return b.asm(ir.FunctionType(V64, [V64]), "", "=v,0", [product], side_effect=False)


def high_words(b: Builder, even: Value, odd: Value) -> Value:
    """The upper halves of 64-bit words, put back where their lanes were."""
    pairs = [j for i in range(LANES // 2) for j in (2 * i + 1, LANES + 2 * i + 1)]
    return b.shuffle_vector(b.bitcast(even, V32), b.bitcast(odd, V32), lane_indices(pairs))


def reduce(b: Builder, even: Value, odd: Value, bound: int = P << 32) -> Value:
    """Montgomery reduction of 64-bit words below `bound`, at most 2 p 2^32: (total - m p) / 2^32, made canonical.

    The low words of total and m p agree, so the high words are subtracted; below p each, they differ by (-p, p).
    """
    high = high_words(b, even, odd)
    if bound > P << 32:
        high = minimum(b, high, b.sub(high, constant32(P)))
    multiples = [b.mul(b.and_(multiplier(b, half), constant64(LOW_WORD)), constant64(P)) for half in (even, odd)]
    difference = b.sub(high, high_words(b, *multiples))
    return minimum(b, difference, b.add(difference, constant32(P)))


def mul(b: Builder, x: Value, y: Value) -> Value:
    """The Montgomery product."""
    return dot(b, [halves(b, x)], [halves(b, y)])


def dot(b: Builder, xs: Sequence[Halves], ys: Sequence[Halves]) -> Value:
    """sum_k x_k y_k with a single Montgomery reduction.

    A product is below p^2. While the sum stays below 4 p^2 < 2^64 it fits; subtracting p 2^32 where that does not wrap
    brings a sum below 2 p 2^32 under p 2^32, after which two more products fit below 2 p 2^32 < 2^64.
    """
    (even, bound), (odd, _) = (_sum_of_products(b, [x[half] for x in xs], [y[half] for y in ys]) for half in (0, 1))
    return reduce(b, even, odd, bound)


def _sum_of_products(b: Builder, xs: Sequence[Value], ys: Sequence[Value]) -> tuple[Value, int]:
    """The sum and its exclusive bound, at most 2 p 2^32."""
    big, square = P << 32, P * P
    total, bound = b.mul(xs[0], ys[0]), square
    for x, y in zip(xs[1:], ys[1:], strict=True):
        if bound + square > 2 * big:
            total, bound = _below_p(b, total), big
        total, bound = b.add(total, b.mul(x, y)), bound + square
    return total, bound


def _below_p(b: Builder, total: Value) -> Value:
    """A total below 2 p 2^32 minus p 2^32 where it is not below that, so in the upper half alone: AVX2 has no minimum
    of 64-bit words."""
    words = b.bitcast(total, V32)
    return b.bitcast(minimum(b, words, b.sub(words, constant_high(P))), V64)


def double(b: Builder, x: Value) -> Value:
    """2 x."""
    return add(b, x, x)


def sums_of_two(b: Builder, values: Sequence[Value]) -> list[Value]:
    """Words, half as many, with the sum of canonical values: 2 p < 2^32."""
    return [b.add(x, y) for x, y in zip(values[0::2], values[1::2], strict=False)] + list(
        values[len(values) // 2 * 2 :]
    )


def sum_of_many(b: Builder, once: Sequence[Value], twice: Sequence[Value]) -> Value:
    """The sum modulo p of any words `once` and twice those of `twice`, with one reduction at the end.

    The sum S of n words, those of `twice` counted twice, is taken modulo 2^32; that it lies in [t, t + n) 2^24 is known
    from t, the sum of the words' top bytes. With h = floor(t / 128) < 2 n, S - h p lies in [0, (127 + n + h) 2^24),
    which is below 2 p for n up to 42: one conditional subtraction is left.
    """
    if not once or not twice or len(once) + 2 * len(twice) > MOST_WORDS:
        raise ValueError(f"the sum of {len(once)} words once and {len(twice)} twice would not be right")

    def weighed(values: Callable[[Sequence[Value]], list[Value]]) -> Value:
        half = tree(b.add, values(twice))
        return b.add(b.add(half, half), tree(b.add, values(once)))

    tops = weighed(lambda words: [b.lshr(word, constant32(24)) for word in words])
    multiple = b.mul(b.lshr(tops, constant32(7)), constant32(P))
    total = b.sub(weighed(list), multiple)
    return minimum(b, total, b.sub(total, constant32(P)))


def tree(operation: Callable[[Value, Value], Value], values: Sequence[Value]) -> Value:
    """All values joined by an associative operation, as flat as possible."""
    values = list(values)
    while len(values) > 1:
        odd = values[-1:] if len(values) % 2 else []
        values = [operation(x, y) for x, y in zip(values[0::2], values[1::2], strict=False)] + odd
    return values[0]


def divide_by_power_of_two(b: Builder, x: Value, k: int) -> Value:
    """x / 2^k for 1 <= k <= 24: (x + m p) / 2^k with m = -x modulo 2^k, as p = 1 modulo 2^24; below p, as is x + m p
    below 2^k p.

    p = 127 * 2^24 + 1, so it is ceil(x / 2^k) + 127 * 2^(24 - k) m; and m is the complement of x + 2^k - 1, modulo 2^k.
    """
    mask = constant32((1 << k) - 1)
    raised = b.add(x, mask)
    m = b.and_(b.not_(raised), mask)
    return b.add(b.lshr(raised, constant32(k)), b.mul(m, constant32(127 << (24 - k))))


def add_quotient(b: Builder, raised: Value, x: Value, k: int) -> Value:
    """A word of the class of t + x / 2^k, for any word x, `raised` = t + p with a canonical t, and k >= 8.

    As p = 1 modulo 2^24 and x = 2^k h + l, x / 2^k = (x - l p) / 2^k = h - 127 * 2^(24 - k) l for k up to 24. With
    h < 2^(32 - k) <= 2^24 and l < 2^k, raised + x / 2^k lies in (p - p, 2 p + 2^24), within 32 bits. From k = 25 on the
    division by 2^24 comes first: its result, in (-p, 2^8), goes on as a signed word, whose h lies in [-2^(55 - k), 0].
    """
    if not LEAST_SHIFT_OF_WORDS <= k <= 2 * SHIFT_OF_P:
        raise ValueError(f"expected a shift of {LEAST_SHIFT_OF_WORDS} to {2 * SHIFT_OF_P}, got {k}")
    shift_right = b.lshr
    if k > SHIFT_OF_P:
        x, shift_right, k = b.sub(*_parts_of_quotient(b, b.lshr, x, SHIFT_OF_P)), b.ashr, k - SHIFT_OF_P
    high, low = _parts_of_quotient(b, shift_right, x, k)
    return b.sub(b.add(raised, high), low)


def _parts_of_quotient(
    b: Builder, shift_right: Callable[[Value, Value], Value], x: Value, k: int
) -> tuple[Value, Value]:
    """h and 127 * 2^(24 - k) l."""
    low = b.and_(x, constant32((1 << k) - 1))
    return shift_right(x, constant32(k)), b.mul(low, constant32(127 << (SHIFT_OF_P - k)))


def multiply_by_small(b: Builder, x: Value, factor: int) -> Value:
    """factor x for a canonical x and a factor of 2 to 14 or 16.

    With g = floor(x / 2^27) < 16 and h = floor(factor g / 16), factor x - h p lies in [0, 2 p): factor x is at least
    2^31 h > p h, and below (factor + factor g) 2^27 <= (factor + 15 + 16 h) 2^27; with h (2^24 - 1) for the difference
    of 2^31 and p, less than (factor + 15) 2^27 + factor 2^24. If 16 divides factor g always, the 15 falls away.
    """
    if factor == 2:
        return double(b, x)
    spare = 0 if factor == 16 else 15
    if ((factor + spare) << 27) + (factor << 24) > 2 * P:
        raise ValueError(f"expected a factor of 2 to 14 or 16, got {factor}")
    h = b.lshr(x, constant32(27))
    if factor < 16:
        h = b.lshr(b.mul(h, constant32(factor)), constant32(4))
    total = b.sub(b.mul(x, constant32(factor)), b.mul(h, constant32(P)))
    return minimum(b, total, b.sub(total, constant32(P)))


def _signed_low_words(b: Builder, x: Value) -> Value:
    return b.ashr(b.shl(x, constant64(32)), constant64(32))


def _signed_multiple_of_p(b: Builder, total: Value) -> Value:
    """The m p with the same low word as `total` and -2^31 <= m < 2^31."""
    return b.mul(_signed_low_words(b, multiplier(b, total)), constant64(P))


def cube_of_sum(b: Builder, x: Value, lowered: Value) -> Value:
    """(x + c)^3, given `lowered` = c - p modulo 2^32, in signed arithmetic.

    y = x + c - p lies in [-p, p) and needs no correction. A signed reduction of |v| <= p^2 lies in (-p, p), as
    p^2 / 2^32 < p / 2 and |m p / 2^32| <= p / 2: again no correction before the second product.
    """
    wide = b.bitcast(b.add(x, lowered), V64)
    differences = []
    for y in (_signed_low_words(b, wide), b.ashr(wide, constant64(32))):
        square = b.mul(y, y)
        reduced = b.ashr(b.sub(square, _signed_multiple_of_p(b, square)), constant64(32))
        product = b.mul(reduced, y)
        differences.append(b.sub(product, _signed_multiple_of_p(b, product)))
    result = high_words(b, *differences)
    return minimum(b, result, b.add(result, constant32(P)))
