"""Advice for pairings as precompiles: a0 = state, a1 = pair, a2 unused; from 0x10b0 on, of bls12-381 from 0x10b2 on."""

from __future__ import annotations

from typing import Final

from core_vm.machine.precompile import ComputeKernel, Precompile
from precompiles.pairing_advice.curves import CURVES, NUMBERS, OPERATIONS, Curve, name_of
from precompiles.pairing_advice.table import OPERANDS, advice_module


def _kernel() -> ComputeKernel:
    """Loaded when a guest calls: the verifier imports this module and needs no compiler."""
    from precompiles.pairing_advice.call_kernels import compute

    return compute


def parameter_of(operation: str, curve: Curve) -> int:
    """What the kernel is told."""
    return OPERATIONS.index(operation) + len(OPERATIONS) * CURVES.index(curve)


def _precompile(operation: str, curve: Curve) -> Precompile:
    name = name_of(operation, curve)
    return Precompile(
        name=name,
        number=NUMBERS[name],
        operands=OPERANDS,
        kernel=_kernel,
        make_tables=lambda: (advice_module(),),
        parameter=parameter_of(operation, curve),
    )


PRECOMPILES: Final = tuple(_precompile(operation, curve) for curve in CURVES for operation in OPERATIONS)
"""The entries for a machine's list of precompiles."""
