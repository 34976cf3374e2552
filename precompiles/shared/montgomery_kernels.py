"""Residues modulo an odd number m of n dwords, as tuples of dwords (`precompiles.shared.dword_kernels`).

Montgomery form of x is x R modulo m, R = 2^(64 n) (Montgomery, Modular multiplication without trial division, 1985).
Everything takes and gives reduced numbers, unless it says otherwise.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from llvmlite import ir

from core_vm.host.kernel_cache import njit
from core_vm.host.kernel_language import intrinsic
from precompiles.shared.dword_kernels import (
    Builder,
    Value,
    dwords_of,
    load,
    require_dwords,
    small,
    store,
    tuple_of,
    widened,
    word_of,
)
from precompiles.shared.inverse_kernels import invert_odd

_MASK, _HALF = np.uint64(0xFFFFFFFF), np.uint64(32)
_ZERO, _ONE = np.uint64(0), np.uint64(1)


class Modulus(NamedTuple):
    """m; R^2 modulo m; 1 / m modulo R and, with one dword more, modulo 2^64 R."""

    m: Any
    square: Any
    inverse: Any
    long_inverse: Any


@njit
def modulus_of(constants, like):
    """Of what `primes.constants_of` gives."""
    n = len(like)
    return Modulus(
        load(constants, 0, like),
        load(constants, n, like),
        load(constants, 2 * n, like),
        load(constants, 2 * n, widened(like)),
    )


def _difference(b: Builder, x: Value, y: Value, m: Value) -> Value:
    """x - y, or where that is negative x - y + m."""
    difference = b.sub(x, y)
    return b.select(b.icmp_unsigned("<", x, y), b.add(difference, m), difference)


@intrinsic
def _multiply(_, x, y, m, inverse):
    """x y / R: with q = x y / m modulo R, the lower halves of x y and q m agree, and their upper halves differ by it,
    which is more than -m, and less than m as long as x y < m R."""
    require_dwords(x, y, m, inverse)

    def emit(context, b, signature, args):
        x, y, m, inverse = (word_of(b, dwords_of(b, arg)) for arg in args)
        double = ir.IntType(2 * m.type.width)

        def product(u, v):
            return b.mul(b.zext(u, double), b.zext(v, double))

        def upper(u):
            return b.trunc(b.lshr(u, ir.Constant(double, m.type.width)), m.type)

        total = product(x, y)
        quotient = b.mul(b.trunc(total, m.type), inverse)
        result = _difference(b, upper(total), upper(product(quotient, m)), m)
        return tuple_of(context, b, signature.return_type, result)

    return x(x, y, m, inverse), emit


@intrinsic
def _subtract(_, x, y, m):
    require_dwords(x, y, m)

    def emit(context, b, signature, args):
        result = _difference(b, *(word_of(b, dwords_of(b, arg)) for arg in args))
        return tuple_of(context, b, signature.return_type, result)

    return x(x, y, m), emit


@njit
def multiply_modulo(x, y, modulus):
    """The Montgomery form of the product of two that have it; of one that has it and one that has not, the product
    itself. One of both need not be reduced."""
    return _multiply(x, y, modulus.m, modulus.inverse)


@njit
def subtract_modulo(x, y, modulus):
    return _subtract(x, y, modulus.m)


@njit
def negate_modulo(x, modulus):
    return _subtract(small(_ZERO, x), x, modulus.m)


@njit
def add_modulo(x, y, modulus):
    return subtract_modulo(x, negate_modulo(y, modulus), modulus)


@njit
def encoded(x, modulus):
    """The Montgomery form; x need not be reduced."""
    return multiply_modulo(x, modulus.square, modulus)


@njit
def encoded_numbers(dwords, modulus):
    """The same of one after the other, in an array of its own."""
    numbers = np.empty_like(dwords)
    for at in range(0, len(dwords), len(modulus.m)):
        store(numbers, at, encoded(load(dwords, at, modulus.m), modulus))
    return numbers


@njit
def decoded(x, modulus):
    """What x is the Montgomery form of."""
    return multiply_modulo(x, small(_ONE, x), modulus)


@njit
def invert_modulo(x, modulus):
    """1 / x in Montgomery form, as x, of a prime modulus; 0 of 0."""
    inverse = np.zeros(2 * len(x), np.uint64)
    invert_odd(_limbs(x, 2 * len(x)), _limbs(modulus.m, 2 * len(x) + 1), inverse)
    dwords = np.empty(len(x), np.uint64)
    for i in range(len(x)):
        dwords[i] = inverse[2 * i] | inverse[2 * i + 1] << _HALF
    return encoded(encoded(load(dwords, 0, x), modulus), modulus)


@njit
def _limbs(x, count):
    """Limbs of 32 bits (`precompiles.shared.integer_kernels`)."""
    limbs = np.zeros(count, np.uint64)
    for i in range(len(x)):
        limbs[2 * i], limbs[2 * i + 1] = x[i] & _MASK, x[i] >> _HALF
    return limbs
