"""256-bit integers as precompiles: a0 = x, a1 = y, and a2 = the carry, from 0x1080 on, or z, from 0x1088 on."""

from __future__ import annotations

from typing import Final

from core_vm.machine.precompile import ComputeKernel, Precompile
from core_vm.witness.module import TableModule
from precompiles.uint256 import products_table, sums_table
from precompiles.uint256.products_table import FIRST_PRODUCT, products_module
from precompiles.uint256.sums_table import FIRST_SUM, sums_module


def _sum_kernel() -> ComputeKernel:
    """Loaded when a guest calls: the verifier imports this module and needs no compiler."""
    from precompiles.uint256 import call_kernels

    return call_kernels.compute_sum


def _product_kernel() -> ComputeKernel:
    from precompiles.uint256 import call_kernels

    return call_kernels.compute_product


def _sums() -> tuple[TableModule, ...]:
    return (sums_module(),)


def _products() -> tuple[TableModule, ...]:
    return (products_module(),)


PRECOMPILES: Final = (
    *(
        Precompile(name, FIRST_SUM + place, sums_table.OPERANDS, _sum_kernel, _sums, parameter=place)
        for place, name in enumerate(sums_table.NAMES)
    ),
    *(
        Precompile(name, FIRST_PRODUCT + place, products_table.OPERANDS, _product_kernel, _products, parameter=place)
        for place, name in enumerate(products_table.NAMES)
    ),
)
"""The entries for a machine's list of precompiles: three calls on each of two tables."""
