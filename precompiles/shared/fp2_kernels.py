"""Elements of Fp2 = Fp[u] / (u^2 + 1) as pairs of residues in Montgomery form
(`precompiles.shared.montgomery_kernels`)."""

from __future__ import annotations

from core_vm.host.kernel_cache import njit
from precompiles.shared.dword_kernels import load, store
from precompiles.shared.montgomery_kernels import (
    add_modulo,
    invert_modulo,
    multiply_modulo,
    negate_modulo,
    subtract_modulo,
)


@njit
def element(dwords, place, like):
    """The two numbers from a place on, of numbers one after the other."""
    n = len(like)
    return load(dwords, place * n, like), load(dwords, place * n + n, like)


@njit
def plus(a, b, modulus):
    return add_modulo(a[0], b[0], modulus), add_modulo(a[1], b[1], modulus)


@njit
def minus(a, b, modulus):
    return subtract_modulo(a[0], b[0], modulus), subtract_modulo(a[1], b[1], modulus)


@njit
def times(a, b, modulus):
    """By three products (Karatsuba)."""
    first, second = multiply_modulo(a[0], b[0], modulus), multiply_modulo(a[1], b[1], modulus)
    both = multiply_modulo(add_modulo(a[0], a[1], modulus), add_modulo(b[0], b[1], modulus), modulus)
    return (
        subtract_modulo(first, second, modulus),
        subtract_modulo(subtract_modulo(both, first, modulus), second, modulus),
    )


@njit
def inverse_of(a, modulus):
    """The conjugate over the norm; 0 of 0."""
    norm = add_modulo(multiply_modulo(a[0], a[0], modulus), multiply_modulo(a[1], a[1], modulus), modulus)
    factor = invert_modulo(norm, modulus)
    return multiply_modulo(a[0], factor, modulus), multiply_modulo(negate_modulo(a[1], modulus), factor, modulus)


@njit
def put_element(dwords, place, value):
    """The parts of an element in the place of two numbers."""
    for part in range(2):
        store(dwords, (place + part) * len(value[0]), value[part])
