"""The addition as the interpreters call it."""

from __future__ import annotations

from core_vm.machine.execute.call_kernels import compute_kernel
from tests.precompiles.toy.vector_add.reference import LANES


@compute_kernel
def compute(values):
    """The dwords of both operands, one after the other: the terms, read, and the total, written."""
    for lane in range(LANES):
        values[LANES + lane] += values[lane]
    return True
