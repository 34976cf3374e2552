"""Classes of Fp12 modulo Fp6 (`precompiles.pairing_advice.reference`), and elements of them: arrays of dwords, six and
twelve numbers each."""

from __future__ import annotations

import numpy as np

from core_vm.host.kernel_cache import njit
from precompiles.shared.dword_kernels import load, small, store
from precompiles.shared.fp2_kernels import element, inverse_of, put_element, times
from precompiles.shared.fp12_field import DEGREE, NUMBERS
from precompiles.shared.fp12_kernels import put_product
from precompiles.shared.montgomery_kernels import decoded, encoded, modulus_of, negate_modulo

_ZERO, _ONE = np.uint64(0), np.uint64(1)


@njit
def new_one(like):
    """1 in Fp12."""
    one = np.zeros(NUMBERS * len(like), np.uint64)
    one[0] = _ONE
    return one


@njit
def element_of(state, constants, like):
    """1 + t w, reduced, of a class whose numbers need not be."""
    n, modulus, found = len(like), modulus_of(constants, like), new_one(like)
    for k in range(DEGREE):
        number = decoded(encoded(load(state, k * n, like), modulus), modulus)
        store(found, _place(k) * n, number)
    return found


@njit
def _place(k):
    """Of the k-th number of a class in an element: parts of the coefficients of w, w^3 and w^5."""
    return 2 + 4 * (k // 2) + k % 2


@njit
def frobenius(a, constants, factors, like):
    """a^p. `factors`, of all coefficients, are in Montgomery form: so products with them are the numbers themselves."""
    modulus, found = modulus_of(constants, like), np.empty_like(a)
    for k in range(DEGREE):
        real, imaginary = element(a, 2 * k, like)
        parts = times((real, negate_modulo(imaginary, modulus)), element(factors, 2 * k, like), modulus)
        put_element(found, 2 * k, parts)
    return found


@njit
def put_class(a, state, constants, real_of_xi, factors, like):
    """The class of a: a by its even part, whose norm to Fp2 is the product of its conjugates over that; that of 1 if
    the even part is 0."""
    n, modulus, even = len(like), modulus_of(constants, like), a.copy()
    for k in range(DEGREE):
        store(even, _place(k) * n, small(_ZERO, like))
    second = frobenius(frobenius(even, constants, factors, like), constants, factors, like)
    fourth = frobenius(frobenius(second, constants, factors, like), constants, factors, like)
    adjoint, norm, scaled = np.empty_like(a), np.empty_like(a), np.empty_like(a)
    put_product(second, fourth, adjoint, constants, real_of_xi, like)
    put_product(even, adjoint, norm, constants, real_of_xi, like)
    put_product(a, adjoint, scaled, constants, real_of_xi, like)
    real, imaginary = element(norm, 0, like)
    factor = inverse_of((encoded(real, modulus), encoded(imaginary, modulus)), modulus)
    for k in range(0, DEGREE, 2):
        parts = times(element(scaled, _place(k), like), factor, modulus)
        put_element(state, k, parts)
