"""What the rows of points over Fp2 hold besides these: the slope and quotients as balanced digits, and which part shows
that the line has a slope."""

from __future__ import annotations

from core_vm.host.kernel_cache import njit
from precompiles.g2.fields import LINE_ELEMENTS
from precompiles.g2.value_kernels import ADD, X, Y, telling_part
from precompiles.shared.dword_kernels import add, multiply, store, subtract, widened
from precompiles.shared.fp2_kernels import element
from precompiles.shared.montgomery_kernels import modulus_of
from precompiles.shared.signed_kernels import centred, exact_quotient


@njit
def _wide(dwords, place, like):
    """An element with room for the sign of what is computed of it."""
    first, second = element(dwords, place, like)
    return widened(first), widened(second)


@njit
def _plus(a, b):
    return add(a[0], b[0]), add(a[1], b[1])


@njit
def _minus(a, b):
    return subtract(a[0], b[0]), subtract(a[1], b[1])


@njit
def _times(a, b):
    return (
        subtract(multiply(a[0], b[0]), multiply(a[1], b[1])),
        add(multiply(a[0], b[1]), multiply(a[1], b[0])),
    )


@njit
def _sides(operation, t, q, s, intercept, result, like):
    """What is a multiple of m, of the line's slope, of x and of y of the third point, of the intercept."""
    x, y = _wide(t, X, like), _wide(t, Y, like)
    x3, y3 = _wide(result, X, like), _wide(result, Y, like)
    if operation == ADD:
        second_x = _wide(q, X, like)
        of_slope = _minus(_times(s, _minus(second_x, x)), _minus(_wide(q, Y, like), y))
    else:
        second_x, square = x, _times(x, x)
        of_slope = _minus(_times(s, _plus(y, y)), _plus(_plus(square, square), square))
    of_x = _minus(_times(s, s), _plus(_plus(x, second_x), x3))
    of_y = _minus(_times(s, _minus(x, x3)), _plus(y, y3))
    return of_slope, of_x, of_y, _plus(_minus(_times(s, x), y), intercept)


@njit(cache=True, nogil=True)
def fill_lines(operations, constants, t, q, lines, results, like, slope_at, parts, centred_digits):
    """Fill `parts` (n,) int64, 0 or 1, and `centred_digits` uint64 (10, n, d + 1) with numbers whose bytes are digits
    plus 128: of the slope's parts, and of the quotients of four equations in two parts each.

    For n calls: `operations` (n,) int64; points as dwords (n, 4 d), lines (n, 6 d), in which the slope is the element
    `slope_at`; `like` has d dwords. Results and lines are reduced."""
    modulus = modulus_of(constants, like)
    for row in range(len(operations)):
        parts[row] = telling_part(operations[row], t[row], q[row], modulus.m) & 1
        s = _wide(lines[row], 2 * slope_at, like)
        intercept = _wide(lines[row], 2 * (LINE_ELEMENTS - 1 - slope_at), like)
        sides = _sides(operations[row], t[row], q[row], s, intercept, results[row], like)
        for part in range(2):
            store(centred_digits[part, row], 0, centred(s[part]))
            for k in range(len(sides)):
                quotient = exact_quotient(sides[k][part], modulus)
                store(centred_digits[2 + 2 * k + part, row], 0, centred(quotient))
