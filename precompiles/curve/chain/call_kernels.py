"""The calls as the interpreters make them: dwords of the points, the digits, and p."""

from __future__ import annotations

import numpy as np

from core_vm.host.kernel_cache import njit
from core_vm.host.kernel_language import carray
from core_vm.machine.execute.call_kernels import compute_kernel
from precompiles.curve.chain.operands import DIGIT_DWORDS, NUM_POINTS, STEPS
from precompiles.curve.chain.value_kernels import KEPT, are_reduced, put_result, run_chain
from precompiles.curve.curves import CURVES
from precompiles.curve.kernel_constants import CONSTANTS, FOUR, IS_LONG, SIX
from precompiles.shared.montgomery_kernels import modulus_of

_ZERO = np.uint64(0)
_LENGTHS = tuple(2 * (NUM_POINTS + 1) * curve.dwords + DIGIT_DWORDS for curve in CURVES)


@njit
def _chain(values, constants, like):
    size = 2 * len(like)
    points, digits, result = values[: NUM_POINTS * size], values[NUM_POINTS * size : -size], values[-size:]
    modulus = modulus_of(constants, like)
    if not are_reduced(result, points, modulus):
        return False
    p, steps = run_chain(result, points, digits, STEPS, modulus, np.empty((STEPS, KEPT * len(like)), np.uint64))
    if steps == STEPS:
        put_result(p, modulus, result)
    else:
        result[:] = _ZERO
    return True


@compute_kernel
def chain(values, curve):
    """On the curve of that place in `CURVES`; the code is the same for all of one width."""
    if IS_LONG[curve]:
        return _chain(carray(values, _LENGTHS[curve]), CONSTANTS[curve], SIX)
    return _chain(carray(values, _LENGTHS[curve]), CONSTANTS[curve], FOUR)
