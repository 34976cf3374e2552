"""Chains as precompiles: a0 = p, a1 = points, a2 = digits, from 0x1060 on."""

from __future__ import annotations

from typing import Final

from core_vm.machine.precompile import ComputeKernel, Precompile
from core_vm.witness.module import TableModule
from precompiles.curve.curves import CURVES, Curve
from precompiles.curve_chain.call_table import call_module
from precompiles.curve_chain.exception_table import exception_module
from precompiles.curve_chain.operands import name_of, numbers_of, operands
from precompiles.curve_chain.point_table import point_module
from precompiles.curve_chain.step_table import step_module


def _kernel() -> ComputeKernel:
    """Loaded when a guest calls: the verifier imports this module and needs no compiler."""
    from precompiles.curve_chain import call_kernels

    return call_kernels.chain


def _tables(bits: int) -> tuple[TableModule, ...]:
    return call_module(bits), point_module(bits), step_module(bits), exception_module(bits)


def _chain(curve: Curve) -> Precompile:
    return Precompile(
        name=name_of(curve),
        number=numbers_of(curve.bits)[name_of(curve)],
        operands=operands(curve.bits),
        kernel=_kernel,
        make_tables=lambda: _tables(curve.bits),
        parameter=CURVES.index(curve),
    )


PRECOMPILES: Final = tuple(map(_chain, CURVES))
"""The entries for a machine's list of precompiles."""
