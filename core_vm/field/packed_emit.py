"""LLVM code for vectors of KoalaBear elements: what the intrinsics are made of.

A packed value is <LANES x i32> in Montgomery form, every lane below p. Products need 64 bits, so even and odd lanes are
multiplied apart, LANES/2 at a time, and a 32-bit element is half of a 64-bit lane: no shuffles before the product.
"""

from __future__ import annotations

from collections.abc import Sequence

from llvmlite import ir

from core_vm.field.koalabear import P
from core_vm.field.lanes import LANES

P_INVERSE = pow(P, -1, 2**32)
I32, I64 = ir.IntType(32), ir.IntType(64)
V32, V64 = ir.VectorType(I32, LANES), ir.VectorType(I64, LANES // 2)
LOW_WORD = 2**32 - 1

Builder = ir.IRBuilder
Value = ir.Value
Halves = tuple[Value, Value]  # even and odd lanes, each LANES/2 64-bit words below 2^32


def constant32(value: int) -> Value:
    """The same 32-bit constant in every lane."""
    return ir.Constant(V32, [ir.Constant(I32, value % 2**32)] * LANES)


def constant64(value: int) -> Value:
    """The same 64-bit constant in every lane."""
    return ir.Constant(V64, [ir.Constant(I64, value)] * (LANES // 2))


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


def multiple_of_p(b: Builder, total: Value) -> Value:
    """The m p with the same low word as the 64-bit `total`, m < 2^32."""
    m = b.mul(b.and_(total, constant64(LOW_WORD)), constant64(P_INVERSE))
    return b.mul(b.and_(m, constant64(LOW_WORD)), constant64(P))


def reduce(b: Builder, even: Value, odd: Value) -> Value:
    """Montgomery reduction of 64-bit words below p 2^32: (total - m p) / 2^32, which lies in (-p, p), made canonical."""
    pairs = [j for i in range(LANES // 2) for j in (2 * i + 1, LANES + 2 * i + 1)]
    high = lane_indices(pairs)
    product = b.shuffle_vector(b.bitcast(even, V32), b.bitcast(odd, V32), high)
    multiples = [b.bitcast(multiple_of_p(b, half), V32) for half in (even, odd)]
    difference = b.sub(product, b.shuffle_vector(*multiples, high))
    return minimum(b, difference, b.add(difference, constant32(P)))


def mul(b: Builder, x: Value, y: Value) -> Value:
    """The Montgomery product."""
    return dot(b, [halves(b, x)], [halves(b, y)])


def dot(b: Builder, xs: Sequence[Halves], ys: Sequence[Halves]) -> Value:
    """sum_k x_k y_k with a single Montgomery reduction.

    A product is below p^2. While the sum stays below 4 p^2 < 2^64 it fits; subtracting p 2^32 where that does not wrap
    brings a sum below 2 p 2^32 under p 2^32, after which two more products fit below 2 p 2^32 < 2^64.
    """
    totals = [_sum_of_products(b, [x[half] for x in xs], [y[half] for y in ys]) for half in (0, 1)]
    return reduce(b, totals[0], totals[1])


def _sum_of_products(b: Builder, xs: Sequence[Value], ys: Sequence[Value]) -> Value:
    big = P << 32
    total, bound = b.mul(xs[0], ys[0]), P * P
    for x, y in zip(xs[1:], ys[1:], strict=True):
        if bound + P * P >= 2**64:
            total, bound = _below(b, total, bound, big)
        total, bound = b.add(total, b.mul(x, y)), bound + P * P
    if bound > big:
        total, bound = _below(b, total, bound, big)
    return total


def _below(b: Builder, total: Value, bound: int, big: int) -> tuple[Value, int]:
    """Subtracts `big` where the total reaches it; `bound` is an exclusive bound of the total, at most 2 big."""
    if bound > 2 * big:
        raise ValueError("one conditional subtraction does not suffice")
    return minimum(b, total, b.sub(total, constant64(big))), big


def double(b: Builder, x: Value) -> Value:
    """2 x."""
    return add(b, x, x)


def divide_by_power_of_two(b: Builder, x: Value, k: int) -> Value:
    """x / 2^k for k <= 24: (x + m p) / 2^k with m = -x modulo 2^k, as p = 1 modulo 2^24; below p as x + m p < 2^k p."""
    m = b.and_(b.neg(x), constant32((1 << k) - 1))
    quotient = b.lshr(b.add(x, m), constant32(k))
    return b.add(quotient, b.sub(b.shl(m, constant32(31 - k)), b.shl(m, constant32(24 - k))))


def cube(b: Builder, x: Value) -> Value:
    """x^3, keeping even and odd lanes apart between the two multiplications."""
    products = []
    for v in halves(b, x):
        square = b.mul(v, v)
        difference = b.sub(square, multiple_of_p(b, square))  # a multiple of 2^32 in (-p 2^32, p 2^32)
        reduced = b.lshr(b.add(difference, constant64(P << 32)), constant64(32))  # in (0, 2p): no correction needed yet
        products.append(b.mul(reduced, v))  # below 2 p^2 < p 2^32
    return reduce(b, products[0], products[1])
