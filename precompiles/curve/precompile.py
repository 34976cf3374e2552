"""Curves as precompiles: sums, a0 = p, a1 = q, from 0x1040 on, and doubles, a0 = p, from 0x1048 on."""

from __future__ import annotations

from typing import Final

from core_vm.machine.precompile import ComputeKernel, Precompile
from precompiles.curve import add_table, double_table
from precompiles.curve.curves import CURVES, OPERATIONS, Curve
from precompiles.curve.numbers import add_name, add_numbers, double_name, double_numbers


def _kernel() -> ComputeKernel:
    """Loaded when a guest calls: the verifier imports this module and needs no compiler."""
    from precompiles.curve.call_kernels import compute

    return compute


def parameter_of(operation: str, curve: Curve) -> int:
    """What the kernel is told."""
    return OPERATIONS.index(operation) + len(OPERATIONS) * CURVES.index(curve)


def _add(curve: Curve) -> Precompile:
    return Precompile(
        name=add_name(curve),
        number=add_numbers(curve.bits)[add_name(curve)],
        operands=add_table.operands(curve.bits),
        kernel=_kernel,
        make_tables=lambda: (add_table.add_module(curve.bits),),
        parameter=parameter_of("add", curve),
    )


def _double(curve: Curve) -> Precompile:
    return Precompile(
        name=double_name(curve),
        number=double_numbers(curve.bits)[double_name(curve)],
        operands=double_table.operands(curve.bits),
        kernel=_kernel,
        make_tables=lambda: (double_table.double_module(curve.bits),),
        parameter=parameter_of("double", curve),
    )


PRECOMPILES: Final = (*map(_add, CURVES), *map(_double, CURVES))
"""The entries for a machine's list of precompiles."""
