"""What the rows of modular arithmetic hold besides their operands: quotients, and how a root or an inverse came
about."""

from __future__ import annotations

import numpy as np

from core_vm.host.kernel_cache import njit
from precompiles.shared.balanced_kernels import quotient_digits
from precompiles.shared.integer_kernels import add, length, limbs_of, multiply
from precompiles.shared.modulo_kernels import modulus_of

# In the order of the calls; the one behind them is the root.
MULTIPLY, ADD, SUBTRACT, INVERT = range(4)
_ONE = np.uint64(1)


@njit
def _sides(operation, x, y, result, positive, negative):
    """The two sides of the row's equation: their difference is a multiple of the modulus. Of a root's, y is on none."""
    n = len(x)
    if operation == MULTIPLY:
        multiply(x, y, positive[: 2 * n])
    elif operation == ADD:
        positive[:n] = x
        add(positive, y)
    elif operation == SUBTRACT:
        positive[:n] = x
        negative[:n] = y
    elif operation == INVERT and length(result) == 0:
        positive[:n] = y
    elif operation == INVERT:
        multiply(result, y, positive[: 2 * n])
        negative[0] = _ONE
    else:
        multiply(result, result, positive[: 2 * n])
    if operation == MULTIPLY or operation == ADD or operation == SUBTRACT:
        add(negative, result)


@njit(cache=True, nogil=True)
def quotients(operations, x, y, m, result, digits, signs):
    """Fill `digits` (n, 8 dwords + 1) and `signs` (n,), int64, for n calls: `operations` (n,) int64, and dwords before
    the call, x, y, m (n, dwords), and after it, `result`. A sign is that of the number whose root it is, else 0."""
    count = 2 * x.shape[1]
    limbs = np.empty((3, count), np.uint64)
    for row in range(len(operations)):
        limbs_of(x[row], limbs[0])
        limbs_of(y[row], limbs[1])
        limbs_of(result[row], limbs[2])
        modulus, signs[row] = modulus_of(m[row]), 0
        positive, negative = np.zeros(2 * count + 1, np.uint64), np.zeros(2 * count + 1, np.uint64)
        _sides(operations[row], limbs[0], limbs[1], limbs[2], positive, negative)
        if operations[row] > INVERT:
            signs[row], negative[:count] = 1, limbs[1]
        square = positive.copy()
        digits[row], is_exact = quotient_digits(positive, negative, modulus, digits.shape[1])
        if operations[row] > INVERT and not is_exact:
            signs[row], negative[:] = -1, 0
            add(square, limbs[1])
            digits[row], is_exact = quotient_digits(square, negative, modulus, digits.shape[1])
