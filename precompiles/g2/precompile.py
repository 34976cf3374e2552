"""Points over Fp2 as precompiles: a0 = t, a1 = q, a2 = line; from 0x1070 on for bn254, 0x1078 on for bls12-381."""

from __future__ import annotations

from typing import Final

from core_vm.machine.precompile import ComputeKernel, Precompile
from precompiles.g2.fields import FIELDS, Field, name_of, numbers_of
from precompiles.g2.reference import OPERATIONS
from precompiles.g2.table import g2_module, operands


def _kernel() -> ComputeKernel:
    """Loaded when a guest calls: the verifier imports this module and needs no compiler."""
    from precompiles.g2.call_kernels import compute

    return compute


def parameter_of(operation: str, field: Field) -> int:
    """What the kernel is told."""
    return OPERATIONS.index(operation) + len(OPERATIONS) * FIELDS.index(field)


def _precompile(operation: str, field: Field) -> Precompile:
    return Precompile(
        name=name_of(operation, field),
        number=numbers_of(field)[name_of(operation, field)],
        operands=operands(field),
        kernel=_kernel,
        make_tables=lambda: (g2_module(field),),
        parameter=parameter_of(operation, field),
    )


PRECOMPILES: Final = tuple(_precompile(operation, field) for field in FIELDS for operation in OPERATIONS)
"""The entries for a machine's list of precompiles."""
