"""The calls as the interpreters make them: dwords of the points, the digits, and p."""

from __future__ import annotations

import numpy as np

from core_vm.host.kernel_cache import njit
from core_vm.host.kernel_language import carray
from core_vm.machine.execute.call_kernels import compute_kernel
from precompiles.curve.chain.operands import DIGIT_DWORDS, NUM_POINTS, STEPS
from precompiles.curve.chain.value_kernels import are_reduced, points_of, run_chain
from precompiles.curve.curves import CURVES, modulus_limbs
from precompiles.curve.value_kernels import point_of

_BITS, _ZERO = np.uint64(32), np.uint64(0)
_MODULI = tuple(modulus_limbs(curve) for curve in CURVES)
_LENGTHS = tuple(2 * (NUM_POINTS + 1) * curve.dwords + DIGIT_DWORDS for curve in CURVES)


@njit
def _chain(values, m):
    size = (len(values) - DIGIT_DWORDS) // (NUM_POINTS + 1)
    digits, result = values[NUM_POINTS * size : -size], values[-size:]
    points, p = points_of(values[: NUM_POINTS * size]), point_of(result)
    if not are_reduced(p, points, m):
        return False
    is_complete = run_chain(p, points, digits, m) == STEPS
    limbs = p.reshape(-1)
    for i in range(size):
        result[i] = limbs[2 * i] | limbs[2 * i + 1] << _BITS if is_complete else _ZERO
    return True


@compute_kernel
def chain(values, curve):
    """On the curve of that place in `CURVES`; the code is the same for all."""
    return _chain(carray(values, _LENGTHS[curve]), _MODULI[curve])
