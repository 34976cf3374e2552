"""Multilinear polynomials over bulk data: equality weights as planes.

The small cases are plain Python (`core_vm.field.extension.eq_table`); long tables load the compiled kernel.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from core_vm.field.extension import DEGREE, K, eq_table, to_planes

# Tables of up to 2^4 entries are made in Python; the kernel then doubles them, whole vectors at a time.
LOG_FIRST_ENTRIES = 4


def eq_planes(point: Sequence[K]) -> npt.NDArray[np.uint32]:
    """eq(point, x) for all x as planes (5, 2^n), Montgomery form; bit i of the index goes with coordinate i."""
    first = to_planes(eq_table(point[:LOG_FIRST_ENTRIES]))
    if len(point) <= LOG_FIRST_ENTRIES:
        return first
    from core_vm.poly.multilinear_kernels import double_eq_table

    planes = np.empty((DEGREE, 1 << len(point)), np.uint32)
    planes[:, : first.shape[1]] = first
    rest = to_planes(point[LOG_FIRST_ENTRIES:])
    double_eq_table(planes.reshape(-1), 1 << len(point), first.shape[1], rest.reshape(-1), rest.shape[1])
    return planes
