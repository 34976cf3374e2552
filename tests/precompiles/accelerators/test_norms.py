"""What checks of groups rest on: a norm and the order of the curve have the group's order as their greatest divisor.

An endomorphism f(psi), psi^2 - t psi + p = 0, is a + b psi, and its norm a^2 + a b t + b^2 p annuls what it annuls.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import gcd

import py_ecc.optimized_bls12_381 as bls12_381
import py_ecc.optimized_bn128 as bn254

from precompiles.pairing_advice.curves import BLS12_381_X, BN254_X

BLS12_381_G1_COFACTOR = (BLS12_381_X - 1) ** 2 // 3


def norm(coefficients: Sequence[int], trace: int, prime: int) -> int:
    """Of a polynomial in psi, the constant coefficient first."""
    a, b = 0, 0
    for coefficient in reversed(coefficients):
        a, b = coefficient - b * prime, a + b * trace
    return a * a + a * b * trace + b * b * prime


def twist_order(prime: int, trace: int) -> int:
    """Of the sextic twist over Fp2 that the group's order divides: p^2 + 1 - (t_2 + 3 f) / 2 and its like."""
    t2 = trace**2 - 2 * prime
    f = integer_root((4 * prime**2 - t2**2) // 3)
    orders = [prime**2 + 1 - (sign * 3 * f + other * t2) // 2 for sign in (1, -1) for other in (1, -1)]
    order = prime + 1 - trace
    largest = max(p for p in (bls12_381.curve_order, bn254.curve_order) if order % p == 0)
    (found,) = [n for n in orders if n % largest == 0]
    return found


def integer_root(n: int) -> int:
    root = 1 << (n.bit_length() + 1) // 2
    while root * root > n:
        root = (root + n // root) // 2
    assert root * root == n
    return root


def test_g1_of_bls12_381() -> None:
    """phi has trace -1 and norm 1; x^2 + phi is annulled."""
    order = bls12_381.curve_order
    assert norm([BLS12_381_X**2, 1], -1, 1) == order
    assert gcd(order, order * BLS12_381_G1_COFACTOR) == order
    assert BLS12_381_G1_COFACTOR % order


def test_g2_of_bls12_381() -> None:
    p, trace = bls12_381.field_modulus, BLS12_381_X + 1
    found = norm([-BLS12_381_X, 1], trace, p)
    assert found == p - BLS12_381_X
    assert gcd(found, twist_order(p, trace)) == bls12_381.curve_order


def test_g2_of_bn254() -> None:
    p, trace = bn254.field_modulus, 6 * BN254_X**2 + 1
    found = norm([6 * BN254_X + 2, 1, -1, 1], trace, p)
    assert gcd(found, twist_order(p, trace)) == bn254.curve_order


def test_no_point_of_a_twist_has_a_y_of_zero() -> None:
    """It would have the order two."""
    assert twist_order(bls12_381.field_modulus, BLS12_381_X + 1) % 2
    assert twist_order(bn254.field_modulus, 6 * BN254_X**2 + 1) % 2


def test_hard_parts_are_multiples_by_numbers_prime_to_the_order() -> None:
    x = BLS12_381_X
    p, order = bls12_381.field_modulus, bls12_381.curve_order
    assert (x - 1) ** 2 * (x + p) * (x**2 + p**2 - 1) + 3 == 3 * (p**4 - p**2 + 1) // order

    x, p, order = BN254_X, bn254.field_modulus, bn254.curve_order
    y = 12 * x**3 + 6 * x**2 + 4 * x
    powers = [y + 6 * x**2 + 2 * x + 1, y, y + 2 * x, y - 1]
    factor, rest = divmod(sum(power * p**i for i, power in enumerate(powers)), (p**4 - p**2 + 1) // order)
    assert rest == 0
    assert gcd(factor, p**4 - p**2 + 1) == 1
