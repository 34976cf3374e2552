"""Chains as precompiles: a0 = p, a1 = points, a2 = digits, from 0x1060 on."""

from __future__ import annotations

from typing import Final

from core_vm.machine.precompile import ComputeKernel, Precompile
from core_vm.witness.module import TableModule
from precompiles.curve.chain.call_table import call_module
from precompiles.curve.chain.digit_table import digit_module
from precompiles.curve.chain.exception_table import exception_module
from precompiles.curve.chain.operands import name_of, numbers_of, operands
from precompiles.curve.chain.point_table import point_module
from precompiles.curve.chain.step_table import step_module
from precompiles.curve.curves import CURVES, Curve, curves_of


def _kernel() -> ComputeKernel:
    """Loaded when a guest calls: the verifier imports this module and needs no compiler."""
    from precompiles.curve.chain import call_kernels

    return call_kernels.chain


def _tables(bits: int) -> tuple[TableModule, ...]:
    return call_module(bits), point_module(bits), digit_module(bits), step_module(bits), exception_module(bits)


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

PRECOMPILES_256: Final = tuple(map(_chain, curves_of(256)))
"""Those of 256 bits. No function of the standard calls those of 384 bits: sums of multiples on bls12-381 share their
doublings among all terms, which chains cannot."""
