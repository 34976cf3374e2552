"""The calls as the interpreters make them: dwords of the pair, read, and of the state, written."""

from __future__ import annotations

import numpy as np

from core_vm.host.kernel_cache import njit
from core_vm.host.kernel_language import carray
from core_vm.machine.execute.call_kernels import compute_kernel
from precompiles.pairing_advice.class_kernels import element_of, frobenius, new_one, put_class
from precompiles.pairing_advice.curves import CURVES, DWORDS, OPERATIONS, Curve
from precompiles.pairing_advice.miller_kernels import miller
from precompiles.pairing_advice.tower import frobenius_factors
from precompiles.shared.fp12_kernels import put_product
from precompiles.shared.primes import like

_COUNT, _MILLER = len(OPERATIONS), OPERATIONS.index("miller")


def _factors(curve: Curve) -> np.ndarray:
    """Of Frobenius' map, in Montgomery form: uint64 (12 d,)."""
    field = curve.field
    numbers = [(part << field.bits) % field.modulus for factor in frobenius_factors(curve) for part in factor]
    return np.frombuffer(b"".join(number.to_bytes(8 * field.dwords, "little") for number in numbers), "<u8").copy()


def _root_bits(curve: Curve) -> np.ndarray:
    """The bits of the exponent's digits at each place, from the highest on: of digit i at 2^i; int64."""
    places = range(max(curve.root).bit_length() - 1, -1, -1)
    return np.array([sum((digit >> at & 1) << i for i, digit in enumerate(curve.root)) for at in places], np.int64)


_CONSTANTS = tuple(curve.field.montgomery_constants for curve in CURVES)
_FACTORS, _ROOT_BITS = tuple(map(_factors, CURVES)), tuple(map(_root_bits, CURVES))
_STEPS = tuple(np.array(curve.steps, np.int64) for curve in CURVES)
_FOUR, _SIX = (like(curve.field.bits) for curve in CURVES)
_LINES = tuple(curve.line_exponent for curve in CURVES)
_REAL_OF_XI = tuple(curve.field.real_of_xi for curve in CURVES)
_DIGITS = tuple(len(curve.root) for curve in CURVES)


@njit
def _root(f, bits, num_digits, constants, real_of_xi, factors, like):
    """f to the power that `bits` (`_root_bits`) say: by products of its powers of p, of which there is a table."""
    result, other = new_one(like), np.empty_like(f)
    products = np.empty((1 << num_digits, len(f)), np.uint64)
    put_product(result, result, products[0], constants, real_of_xi, like)
    for i in range(num_digits):  # the powers of p, then all products with one that is before
        for k in range(1 << i):
            put_product(f, products[k], products[k + (1 << i)], constants, real_of_xi, like)
        f = frobenius(f, constants, factors, like)
    for chosen in bits:
        put_product(result, result, other, constants, real_of_xi, like)
        put_product(other, products[chosen], result, constants, real_of_xi, like)
    return result


@njit
def _compute(block, operation, steps, line, bits, num_digits, constants, real_of_xi, factors, like):
    pair, state = block[: 6 * len(like)], block[DWORDS : DWORDS + 6 * len(like)]
    f = element_of(state, constants, like)
    if operation == _MILLER:
        of_pair = miller(pair, steps, line, constants, real_of_xi, factors, like)
        result = np.empty_like(f)
        put_product(f, of_pair, result, constants, real_of_xi, like)
    else:
        result = _root(f, bits, num_digits, constants, real_of_xi, factors, like)
    put_class(result, state, constants, real_of_xi, factors, like)


@compute_kernel
def compute(values, parameter):
    """Both operations for both curves in one function; the parameter says which (`precompile.parameter_of`)."""
    operation, curve = parameter % _COUNT, parameter // _COUNT
    block = carray(values, 2 * DWORDS)
    rest = _STEPS[curve], _LINES[curve], _ROOT_BITS[curve], _DIGITS[curve], _CONSTANTS[curve], _REAL_OF_XI[curve]
    if curve:
        _compute(block, operation, *rest, _FACTORS[1], _SIX)
    else:
        _compute(block, operation, *rest, _FACTORS[0], _FOUR)
    return True
