"""The places of a point's coordinates, and which part shows that a line has a slope: for calls and witnesses."""

from __future__ import annotations

import numpy as np

from core_vm.host.kernel_cache import njit
from precompiles.g2.reference import OPERATIONS
from precompiles.shared.dword_kernels import is_less, is_zero, small, subtract
from precompiles.shared.fp2_kernels import element

ADD = OPERATIONS.index("add")
X, Y = 0, 2
"""In numbers."""
_ZERO = np.uint64(0)


@njit
def telling_part(operation, t, q, m):
    """The first part in which both x of a sum, or y of a double and 0, are below m and differ; 2 if there is none.
    Points as dwords (4 n,)."""
    for part in range(2):
        if operation == ADD:
            first, second = element(t, X, m)[part], element(q, X, m)[part]
        else:
            first, second = element(t, Y, m)[part], small(_ZERO, m)
        if is_less(first, m) and is_less(second, m) and not is_zero(subtract(first, second)):
            return part
    return 2
