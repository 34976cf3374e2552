"""The calls as the interpreters make them: dwords of q, read, of the line, and of t, both written."""

from __future__ import annotations

from core_vm.host.kernel_cache import njit
from core_vm.host.kernel_language import carray
from core_vm.machine.execute.call_kernels import compute_kernel
from precompiles.g2.fields import BLS12_381, BN254, FIELDS, LINE_ELEMENTS, SLOPE_AT
from precompiles.g2.reference import OPERATIONS
from precompiles.g2.value_kernels import ADD, X, Y, telling_part
from precompiles.shared.dword_kernels import is_zero, store
from precompiles.shared.fp2_kernels import element, inverse_of, minus, plus, times
from precompiles.shared.montgomery_kernels import decoded, encoded_numbers, modulus_of
from precompiles.shared.primes import constants_of, like

_COUNT = len(OPERATIONS)
_BN254, _BLS12_381 = (constants_of(field.modulus, field.bits) for field in FIELDS)
_FOUR, _SIX = (like(field.bits) for field in FIELDS)
_AT_BN254, _AT_BLS12_381 = SLOPE_AT[BN254], SLOPE_AT[BLS12_381]
_LINE, _T = 4, 4 + 2 * LINE_ELEMENTS
"""The places of operands, in numbers; q is the first."""
_MIDDLE, _LAST = LINE_ELEMENTS // 2, LINE_ELEMENTS - 1
_NUMBERS = _T + 4


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
def _compute(operation, values, constants, like, slope_at):
    """The third point of the line through t and q, or t and t, with the other y, in the place of t; and the line."""
    n, modulus = len(like), modulus_of(constants, like)
    q, line, t = values[: _LINE * n], values[_LINE * n : _T * n], values[_T * n :]
    middle = element(line, 2 * _MIDDLE, like)
    if telling_part(operation, t, q, modulus.m) == 2 or not (is_zero(middle[0]) and is_zero(middle[1])):
        return False
    _compute_line(operation, line, encoded_numbers(t, modulus), encoded_numbers(q, modulus), t, modulus, slope_at)
    return True


@njit
def _compute_line(operation, line, t, q, result, modulus, slope_at):
    """Of points in Montgomery form; `line` and `result` are written."""
    like = modulus.m
    rise, run, second_x = _line(operation, t, q, modulus)
    slope = times(rise, inverse_of(run, modulus), modulus)
    x, y = element(t, X, like), element(t, Y, like)
    x3 = minus(minus(times(slope, slope, modulus), x, modulus), second_x, modulus)
    y3 = minus(times(slope, minus(x, x3, modulus), modulus), y, modulus)
    _store(line, 2 * slope_at, slope, modulus)
    _store(line, 2 * (_LAST - slope_at), minus(y, times(slope, x, modulus), modulus), modulus)
    _store(result, X, x3, modulus)
    _store(result, Y, y3, modulus)


@compute_kernel
def compute(values, parameter):
    """Both operations in both fields in one function; the parameter says which (`Fp2Calls.parameter_of`)."""
    operation, field = parameter % _COUNT, parameter // _COUNT
    if field:
        return _compute(operation, carray(values, _NUMBERS * len(_SIX)), _BLS12_381, _SIX, _AT_BLS12_381)
    return _compute(operation, carray(values, _NUMBERS * len(_FOUR)), _BN254, _FOUR, _AT_BN254)
