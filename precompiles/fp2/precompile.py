"""Fp2 as precompiles: a0 = a, a1 = b, a2 unused; from 0x1050 on for bn254, from 0x1058 on for bls12-381."""

from __future__ import annotations

from typing import Final

from core_vm.machine.precompile import ComputeKernel
from precompiles.fp2.calls import CALLS
from precompiles.fp2.table import fp2_module, operands


def _kernel() -> ComputeKernel:
    """Loaded when a guest calls: the verifier imports this module and needs no compiler."""
    from precompiles.fp2.call_kernels import compute

    return compute


PRECOMPILES: Final = CALLS.precompiles(operands, fp2_module, _kernel)
