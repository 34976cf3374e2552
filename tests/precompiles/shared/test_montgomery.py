"""Integers and residues as tuples of dwords against Python's."""

from __future__ import annotations

import random

import pytest

from core_vm.host.kernel_cache import njit
from precompiles.curve.curves import CURVES, Curve, montgomery_constants
from precompiles.shared import dword_kernels as dwords
from precompiles.shared import montgomery_kernels as montgomery
from precompiles.shared import signed_kernels as signed
from tests.precompiles.shared.dword_tuples import number, value_of

each_curve = pytest.mark.parametrize("curve", CURVES, ids=lambda curve: curve.name)


@njit
def integer_operations(a, b):
    return dwords.add(a, b), dwords.subtract(a, b), dwords.multiply(a, b), dwords.is_less(a, b), dwords.is_zero(a)


@njit
def residue_operations(x, y, constants):
    """Of x and y, which need not be reduced; the last one is a product of which y was never in Montgomery form."""
    modulus = montgomery.modulus_of(constants, x)
    first, second = montgomery.encoded(x, modulus), montgomery.encoded(y, modulus)
    results = (
        montgomery.add_modulo(first, second, modulus),
        montgomery.subtract_modulo(first, second, modulus),
        montgomery.multiply_modulo(first, second, modulus),
    )
    plain = montgomery.multiply_modulo(first, y, modulus)
    return [montgomery.decoded(result, modulus) for result in results], plain


@njit
def inverse(x, constants):
    modulus = montgomery.modulus_of(constants, x)
    return montgomery.decoded(montgomery.invert_modulo(montgomery.encoded(x, modulus), modulus), modulus)


@njit
def quotient(multiple, like, constants):
    return signed.exact_quotient(multiple, montgomery.modulus_of(constants, like))


@njit
def centred_residue(residue, constants):
    return signed.centred(signed.signed_residue(residue, montgomery.modulus_of(constants, residue)))


def values(generator: random.Random, bits: int, *others: int) -> list[int]:
    edges = [0, 1, 2**64 - 1, 2**64, 2 ** (bits - 1), 2**bits - 1, *others]
    return [*edges, *(generator.randrange(2**bits) for _ in range(6))]


@pytest.mark.parametrize("count", [4, 5, 6, 7])
def test_integers_are_those_of_python_modulo_what_dwords_hold(count: int) -> None:
    size, generator = 2 ** (64 * count), random.Random(count)
    for x in values(generator, 64 * count):
        for y in values(generator, 64 * count):
            total, difference, product, is_less, is_zero = integer_operations(number(x, count), number(y, count))
            assert value_of(total) == (x + y) % size
            assert value_of(difference) == (x - y) % size
            assert value_of(product) == x * y % size
            assert (is_less, is_zero) == (x < y, x == 0)


@each_curve
def test_residues_are_those_of_python(curve: Curve) -> None:
    m, generator, constants = curve.modulus, random.Random(curve.name), montgomery_constants(curve)
    for x in values(generator, curve.bits, m - 1, m, m + 1):
        for y in values(generator, curve.bits, m - 1, m, m + 1, m - x % m):
            results, plain = residue_operations(number(x, curve.dwords), number(y, curve.dwords), constants)
            expected = [(x + y) % m, (x - y) % m, x * y % m]
            assert list(map(value_of, results)) == expected, (x, y)
            assert value_of(plain) == x * y % m


@each_curve
def test_an_inverse_is_that_of_python(curve: Curve) -> None:
    m, constants = curve.modulus, montgomery_constants(curve)
    for x in values(random.Random(1), curve.bits, m - 1, m + 1):
        if x % m:
            assert value_of(inverse(number(x, curve.dwords), constants)) == pow(x, -1, m)


@each_curve
def test_the_quotient_of_a_multiple_is_exact(curve: Curve) -> None:
    """Of one that is known modulo 2^64 R alone, negative ones among them."""
    m, count, constants = curve.modulus, curve.dwords, montgomery_constants(curve)
    size = 2 ** (64 * count + 64)
    for magnitude in values(random.Random(2), curve.bits + 8):
        for expected in (magnitude, -magnitude):
            found = quotient(number(expected * m % size, count + 1), number(0, count), constants)
            assert value_of(found) == expected % size


@each_curve
def test_balanced_digits_of_a_residue(curve: Curve) -> None:
    m, count, constants = curve.modulus, 8 * curve.dwords, montgomery_constants(curve)
    most = 127 * (256**count - 1) // 255
    for residue in values(random.Random(3), curve.bits, m - 1, most, most + 1):
        if residue < m:
            found = centred_residue(number(residue, curve.dwords), constants)
            digits = [byte - 128 for byte in value_of(found).to_bytes(count + 8, "little")]
            expected = residue if residue <= most else residue - m
            assert not any(digits[count:])
            assert sum(digit * 256**k for k, digit in enumerate(digits)) == expected
