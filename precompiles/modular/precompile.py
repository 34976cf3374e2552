"""Modular arithmetic as precompiles: a0 = x, a1 = y, a2 = m; from 0x1020 on for 256 bits, from 0x1030 on for 384."""

from __future__ import annotations

from typing import Final

from core_vm.machine.precompile import ComputeKernel, Precompile
from precompiles.modular.reference import OPERATIONS
from precompiles.modular.table import FIRST_NUMBER, call_names, modular_module, operands

SIZES: Final = tuple(FIRST_NUMBER)


def _kernel() -> ComputeKernel:
    """Loaded when a guest calls: the verifier imports this module and needs no compiler."""
    from precompiles.modular.call_kernels import compute

    return compute


def parameter_of(operation: str, bits: int) -> int:
    """What the kernel is told of an operation on numbers of so many bits."""
    return OPERATIONS.index(operation) + len(OPERATIONS) * (bits // 64)


def _precompiles(bits: int) -> list[Precompile]:
    """Five calls, which one table proves."""
    return [
        Precompile(
            name=name,
            number=FIRST_NUMBER[bits] + place,
            operands=operands(bits),
            kernel=_kernel,
            make_tables=lambda: (modular_module(bits),),
            parameter=parameter_of(operation, bits),
        )
        for place, (name, operation) in enumerate(zip(call_names(bits), OPERATIONS, strict=True))
    ]


PRECOMPILES: Final = tuple(precompile for bits in SIZES for precompile in _precompiles(bits))
"""The entries for a machine's list of precompiles."""
