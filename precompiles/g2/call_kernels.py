"""The calls as the interpreters make them: dwords of q, read, of the slope, and of t, both written."""

from __future__ import annotations

from core_vm.host.kernel_cache import njit
from core_vm.host.kernel_language import carray
from core_vm.machine.execute.call_kernels import compute_kernel
from precompiles.g2.fields import FIELDS
from precompiles.g2.reference import OPERATIONS
from precompiles.g2.value_kernels import ADD, X, Y, element, inverse_of, minus, plus, telling_part, times
from precompiles.shared.dword_kernels import store
from precompiles.shared.montgomery_kernels import decoded, encoded_numbers, modulus_of
from precompiles.shared.primes import constants_of, like

_COUNT = len(OPERATIONS)
_BN254, _BLS12_381 = (constants_of(field.modulus, field.bits) for field in FIELDS)
_FOUR, _SIX = (like(field.bits) for field in FIELDS)


@njit
def _line(operation, t, q, modulus):
    """Rise and run of the chord or the tangent, and the other x, of points in Montgomery form."""
    like = modulus.m
    x, y = element(t, X, like), element(t, Y, like)
    if operation == ADD:
        other = element(q, X, like)
        return minus(element(q, Y, like), y, modulus), minus(other, x, modulus), other
    square = times(x, x, modulus)
    return plus(plus(square, square, modulus), square, modulus), plus(y, y, modulus), x


@njit
def _store(dwords, place, value, modulus):
    for part in range(2):
        store(dwords, (place + part) * len(modulus.m), decoded(value[part], modulus))


@njit
def _compute(operation, values, constants, like):
    """The third point of the line through t and q, or t and t, with the other y, in the place of t; and its slope."""
    n, modulus = len(like), modulus_of(constants, like)
    slope_place, t_place = 4 * n, 6 * n
    if telling_part(operation, values[t_place:], values[:slope_place], modulus.m) == 2:
        return False
    t, q = encoded_numbers(values[t_place:], modulus), encoded_numbers(values[:slope_place], modulus)
    rise, run, second_x = _line(operation, t, q, modulus)
    slope = times(rise, inverse_of(run, modulus), modulus)
    x, y = element(t, X, like), element(t, Y, like)
    x3 = minus(minus(times(slope, slope, modulus), x, modulus), second_x, modulus)
    y3 = minus(times(slope, minus(x, x3, modulus), modulus), y, modulus)
    _store(values[slope_place:], 0, slope, modulus)
    _store(values[t_place:], X, x3, modulus)
    _store(values[t_place:], Y, y3, modulus)
    return True


@compute_kernel
def compute(values, parameter):
    """Both operations in both fields in one function; the parameter says which (`precompile.parameter_of`)."""
    operation, field = parameter % _COUNT, parameter // _COUNT
    if field:
        return _compute(operation, carray(values, 10 * len(_SIX)), _BLS12_381, _SIX)
    return _compute(operation, carray(values, 10 * len(_FOUR)), _BN254, _FOUR)
