"""256-bit integers as precompiles: a0 = x, a1 = y, and a2 = the carry, from 0x1080 on, or z, from 0x1088 on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from core_vm.machine.precompile import ComputeKernel, Operand, Precompile
from core_vm.witness.module import TableModule
from precompiles.uint256 import products_table, sums_table
from precompiles.uint256.products_table import FIRST_PRODUCT, products_module
from precompiles.uint256.reference import PRODUCTS, SUMS
from precompiles.uint256.sums_table import FIRST_SUM, sums_module


def _kernel(operation: str) -> ComputeKernel:
    """Loaded when a guest calls: the verifier imports this module and needs no compiler."""
    from precompiles.uint256 import call_kernels

    return getattr(call_kernels, operation)


def _sums() -> tuple[TableModule, ...]:
    return (sums_module(),)


def _products() -> tuple[TableModule, ...]:
    return (products_module(),)


def _entry(name: str, number: int, operands: Sequence[Operand], operation: str, is_sum: bool) -> Precompile:
    return Precompile(
        name=name,
        number=number,
        operands=tuple(operands),
        kernel=lambda: _kernel(operation),
        make_tables=_sums if is_sum else _products,
    )


PRECOMPILES: Final = (
    *(
        _entry(name, FIRST_SUM + place, sums_table.OPERANDS, operation, is_sum=True)
        for place, (name, operation) in enumerate(zip(sums_table.NAMES, SUMS, strict=True))
    ),
    *(
        _entry(name, FIRST_PRODUCT + place, products_table.OPERANDS, operation, is_sum=False)
        for place, (name, operation) in enumerate(zip(products_table.NAMES, PRODUCTS, strict=True))
    ),
)
"""The entries for a machine's list of precompiles: three calls on each of two tables."""
