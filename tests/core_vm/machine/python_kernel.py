"""What a precompile computes, in plain Python: for tests whose precompiles are not worth compiling."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any

import numpy as np

from core_vm.air.table import Table
from core_vm.witness.module import TableModule


class PythonKernel:
    """Stands in for a compiled kernel: `function` changes the operands' dwords, uint64 (dwords,), in place, and returns
    False if the call has no result."""

    def __init__(self, function: Callable[[np.ndarray], bool | None], dwords: int) -> None:
        def call(values: Any) -> int:
            return function(np.ctypeslib.as_array(values, (dwords,))) is not False

        self._callback = ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.POINTER(ctypes.c_uint64))(call)

    @property
    def address(self) -> int:
        """Of the C function."""
        address = ctypes.cast(self._callback, ctypes.c_void_p).value
        assert address is not None
        return address


def rows_of(name: str) -> TableModule:
    """A table that proves nothing: what such a precompile's calls are metered by."""
    return TableModule(Table(name, ("unused",), (), ()))
