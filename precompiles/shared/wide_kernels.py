"""Sums of products of residues that are reduced once, as tuples of dwords (`precompiles.shared.dword_kernels`).

A *wide* number has twice as many dwords as a number, and one more: two's complement, with room for sums of up to 2^56
products, positive or negative, of factors that need not be reduced.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir

from core_vm.host.kernel_cache import njit
from core_vm.host.kernel_language import intrinsic, types
from precompiles.shared.dword_kernels import Builder, Value, dwords_of, require_dwords, small, tuple_of, word_of
from precompiles.shared.montgomery_kernels import encoded, multiply_modulo

_DWORD, _DOUBLE, _BITS = ir.IntType(64), ir.IntType(128), 64
_HALF = np.uint64(1 << 32)


def _add_row(b: Builder, x: Value, y: list[Value], total: list[Value]) -> list[Value]:
    """total + x y of as many dwords, and the dword that is carried out of it: no step reaches 2^128, as (2^64 - 1)^2
    and twice 2^64 - 1 are 2^128 - 1."""
    carry, found = ir.Constant(_DOUBLE, 0), list[Value]()
    for dword, before in zip(y, total, strict=True):
        product = b.mul(b.zext(x, _DOUBLE), b.zext(dword, _DOUBLE))
        step = b.add(b.add(product, b.zext(before, _DOUBLE)), carry)
        found.append(b.trunc(step, _DWORD))
        carry = b.lshr(step, ir.Constant(_DOUBLE, _BITS))
    return [*found, b.trunc(carry, _DWORD)]


@intrinsic
def product(_, x, y):
    """x y, wide; neither is negative. Dword by dword: of a word with as many bits LLVM does not see that half is 0."""
    require_dwords(x, y)
    kind = types.UniTuple(types.uint64, 2 * x.count + 1)

    def emit(context: Any, b: Builder, signature: Any, args: Any) -> Value:
        left, right = (dwords_of(b, arg) for arg in args)
        total = [ir.Constant(_DWORD, 0)] * len(right)
        done: list[Value] = []
        for dword in left:
            lowest, *total = _add_row(b, dword, right, total)
            done.append(lowest)
        return context.make_tuple(b, kind, [*done, *total, ir.Constant(_DWORD, 0)])

    return kind(x, y), emit


@intrinsic
def no_products(_, like):
    """Zero, wide; `like` is a number."""
    require_dwords(like)
    kind = types.UniTuple(types.uint64, 2 * like.count + 1)

    def emit(context: Any, b: Builder, signature: Any, args: Any) -> Value:
        return context.make_tuple(b, kind, [ir.Constant(_DWORD, 0)] * kind.count)

    return kind(like), emit


@intrinsic
def _reduce(_, wide, m, long_inverse):
    """wide / 2^(64 (d + 1)) modulo m, which lies between 2^(64 d - 8) and 2^(64 d - 2): with q = wide / m modulo that
    power, wide and q m agree in d + 1 dwords, and the rest of their difference is above -m - 2^(64 d - 8) and below
    2^(64 d - 8). If it is negative, m or 2 m makes it what is reduced."""
    require_dwords(m)

    def emit(context: Any, b: Builder, signature: Any, args: Any) -> Value:
        whole, modulus, inverse = (word_of(b, dwords_of(b, arg)) for arg in args)
        quotient = b.mul(b.trunc(whole, inverse.type), inverse)
        multiple = b.mul(b.zext(quotient, whole.type), b.zext(modulus, whole.type))
        rest = b.lshr(b.sub(whole, multiple), ir.Constant(whole.type, inverse.type.width))
        rest, zero = b.trunc(rest, modulus.type), ir.Constant(modulus.type, 0)
        for _ in range(2):
            rest = b.select(b.icmp_signed("<", rest, zero), b.add(rest, modulus), rest)
        return tuple_of(context, b, signature.return_type, rest)

    return m(wide, m, long_inverse), emit


@njit
def correction(modulus):
    """2^64 R^2 modulo m: what `reduced` multiplies by."""
    half = encoded(small(_HALF, modulus.m), modulus)
    return encoded(multiply_modulo(half, half, modulus), modulus)


@njit
def reduced(wide, modulus, correction):
    """A wide number modulo m, which has at least two zero bits at its top and fewer than eight."""
    return multiply_modulo(_reduce(wide, modulus.m, modulus.long_inverse), correction, modulus)
