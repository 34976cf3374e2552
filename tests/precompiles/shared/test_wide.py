"""Sums of products that are reduced once against Python's."""

from __future__ import annotations

import random

import numpy as np
import pytest

from core_vm.host.kernel_cache import njit
from precompiles.shared import dword_kernels as dwords
from precompiles.shared import montgomery_kernels as montgomery
from precompiles.shared import wide_kernels as wide
from precompiles.shared.primes import BLS12_381_PRIME, BN254_PRIME, constants_of
from tests.precompiles.shared.dword_tuples import Number, number, value_of

each_prime = pytest.mark.parametrize(
    ("prime", "bits"), [(BN254_PRIME, 256), (BLS12_381_PRIME, 384)], ids=["bn254", "bls12_381"]
)


@njit
def product(x, y):
    return wide.product(x, y)


@njit
def reduced_difference(x, y, count, other_count, constants):
    """count x y - other_count x x modulo the prime: by repeated sums, as calls make them."""
    modulus = montgomery.modulus_of(constants, x)
    total = wide.no_products(x)
    for _ in range(count):
        total = dwords.add(total, wide.product(x, y))
    for _ in range(other_count):
        total = dwords.subtract(total, wide.product(x, x))
    return wide.reduced(total, modulus, wide.correction(modulus))


def values(generator: random.Random, prime: int, bits: int) -> list[int]:
    edges = [0, 1, 2**64 - 1, 2**64, prime - 1, prime, prime + 1, 2**bits - 1, 2 ** (bits - 1)]
    return [*edges, *(generator.randrange(2**bits) for _ in range(5))]


def as_number(value: int, bits: int) -> Number:
    return number(value, bits // 64)


@each_prime
def test_a_product_has_all_its_dwords(prime: int, bits: int) -> None:
    generator = random.Random(1)
    for x in values(generator, prime, bits):
        for y in values(generator, prime, bits):
            found = product(as_number(x, bits), as_number(y, bits))
            assert len(found) == bits // 32 + 1
            assert value_of(found) == x * y


@each_prime
@pytest.mark.parametrize(("count", "other_count"), [(0, 0), (1, 0), (0, 1), (120, 3), (3, 120), (1, 1)])
def test_sums_and_differences_are_reduced(prime: int, bits: int, count: int, other_count: int) -> None:
    generator, constants = random.Random(2), np.array(constants_of(prime, bits))
    for x in values(generator, prime, bits):
        for y in values(generator, prime, bits):
            found = reduced_difference(as_number(x, bits), as_number(y, bits), count, other_count, constants)
            assert value_of(found) == (count * x * y - other_count * x * x) % prime
