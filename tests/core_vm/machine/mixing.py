"""A precompile with an operand that is read and one that is written."""

from __future__ import annotations

import numpy as np

from core_vm.machine.precompile import Operand, Precompile
from tests.core_vm.machine.python_kernel import PythonKernel


def _mix(values: np.ndarray) -> None:
    values[3:] += values[:2] * np.uint64(3)


MIX_KERNEL = PythonKernel(_mix, 5)
MIX = Precompile("mix", 0x1000, (Operand(11, 3, "read"), Operand(10, 2, "write")), lambda: MIX_KERNEL)
