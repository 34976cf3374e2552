"""Points over Fp2 as precompiles: a0 = t, a1 = q, a2 = line; from 0x1070 on for bn254, 0x1078 on for bls12-381."""

from __future__ import annotations

from typing import Final

from core_vm.machine.precompile import ComputeKernel
from precompiles.g2.calls import CALLS
from precompiles.g2.table import g2_module, operands


def _kernel() -> ComputeKernel:
    """Loaded when a guest calls: the verifier imports this module and needs no compiler."""
    from precompiles.g2.call_kernels import compute

    return compute


PRECOMPILES: Final = CALLS.precompiles(operands, g2_module, _kernel)
