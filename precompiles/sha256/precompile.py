"""SHA-256 compression as a precompile: call 0x1000, a0 = state, a1 = block, a2 unused."""

from __future__ import annotations

from typing import Final

from core_vm.machine.precompile import ComputeKernel, Precompile
from core_vm.tables.gadgets.calls import module_of_calls
from core_vm.witness.module import TableModule
from precompiles.sha256.call_table import NUMBER, OPERANDS, call_module
from precompiles.sha256.round_table import ROWS_PER_CALL, round_table
from precompiles.sha256.witness import NAME, fill_rounds


def _kernel() -> ComputeKernel:
    """Loaded when a guest calls: the verifier imports this module and needs no compiler."""
    from precompiles.sha256.compress_kernels import compute

    return compute


def _tables() -> tuple[TableModule, ...]:
    return call_module(), module_of_calls(NAME, round_table(), fill_rounds, ROWS_PER_CALL)


PRECOMPILE: Final = Precompile(
    name=NAME,
    number=NUMBER,
    operands=OPERANDS,
    kernel=_kernel,
    make_tables=_tables,
)
"""The entry for a machine's list of precompiles."""
