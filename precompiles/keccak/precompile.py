"""Absorbing a block into Keccak's state as a precompile: call 0x1001, a0 = state, a1 = block, a2 unused."""

from __future__ import annotations

from typing import Final

from core_vm.machine.precompile import ComputeKernel, Precompile
from core_vm.tables.gadgets.calls import module_of_calls
from core_vm.witness.module import TableModule
from precompiles.keccak.absorb_table import absorb_module
from precompiles.keccak.lane_table import lane_module
from precompiles.keccak.lookups import numbers_module, rotations_module
from precompiles.keccak.operands import NAME, NUMBER, OPERANDS
from precompiles.keccak.round_table import ROWS_PER_CALL, round_table
from precompiles.keccak.witness import fill_rounds


def _kernel() -> ComputeKernel:
    """Loaded when a guest calls: the verifier imports this module and needs no compiler."""
    from precompiles.keccak.permute_kernels import compute

    return compute


def _tables() -> tuple[TableModule, ...]:
    return (
        absorb_module(),
        lane_module(),
        module_of_calls(NAME, round_table(), fill_rounds, ROWS_PER_CALL),
        numbers_module(NAME),
        rotations_module(NAME),
    )


PRECOMPILE: Final = Precompile(
    name=NAME,
    number=NUMBER,
    operands=OPERANDS,
    kernel=_kernel,
    make_tables=_tables,
)
"""The entry for a machine's list of precompiles."""
