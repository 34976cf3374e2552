"""Curves as precompiles: sums, a0 = p, a1 = q, from 0x1040 on, and doubles, a0 = p, from 0x1048 on."""

from __future__ import annotations

from typing import Final

from core_vm.machine.precompile import ComputeKernel, Precompile
from precompiles.curve import add_table, double_table
from precompiles.curve.curves import CURVES, Curve
from precompiles.curve.numbers import add_name, add_numbers, double_name, double_numbers


def _kernel(operation: str) -> ComputeKernel:
    """Loaded when a guest calls: the verifier imports this module and needs no compiler."""
    from precompiles.curve import call_kernels

    return getattr(call_kernels, operation)


def _add(curve: Curve) -> Precompile:
    return Precompile(
        name=add_name(curve),
        number=add_numbers(curve.bits)[add_name(curve)],
        operands=add_table.operands(curve.bits),
        kernel=lambda: _kernel("add"),
        make_tables=lambda: (add_table.add_module(curve.bits),),
        parameter=CURVES.index(curve),
    )


def _double(curve: Curve) -> Precompile:
    return Precompile(
        name=double_name(curve),
        number=double_numbers(curve.bits)[double_name(curve)],
        operands=double_table.operands(curve.bits),
        kernel=lambda: _kernel("double"),
        make_tables=lambda: (double_table.double_module(curve.bits),),
        parameter=CURVES.index(curve),
    )


PRECOMPILES: Final = (*map(_add, CURVES), *map(_double, CURVES))
"""The entries for a machine's list of precompiles."""
