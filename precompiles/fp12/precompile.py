"""Products in Fp12 as precompiles: a0 = a, a1 = b, a2 unused; 0x10a0 for bn254, 0x10a1 for bls12-381."""

from __future__ import annotations

from typing import Final

from core_vm.machine.precompile import ComputeKernel, Precompile
from precompiles.fp12.fields import FIELDS, name_of
from precompiles.fp12.table import fp12_module, operands
from precompiles.shared.fp12_field import Field


def _kernel() -> ComputeKernel:
    """Loaded when a guest calls: the verifier imports this module and needs no compiler."""
    from precompiles.fp12.call_kernels import compute

    return compute


def parameter_of(field: Field) -> int:
    """What the kernel is told."""
    return FIELDS.index(field)


def _precompile(field: Field) -> Precompile:
    return Precompile(
        name=name_of(field),
        number=field.number,
        operands=operands(field),
        kernel=_kernel,
        make_tables=lambda: (fp12_module(field),),
        parameter=parameter_of(field),
    )


PRECOMPILES: Final = tuple(map(_precompile, FIELDS))
"""The entries for a machine's list of precompiles."""
