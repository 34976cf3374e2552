"""SHA-256 compression as a precompile: call 0x1000, a0 = state, a1 = block, a2 unused."""

from __future__ import annotations

from typing import Any, Final

from core_vm.machine.precompile import ComputeKernel, Operand, Precompile
from core_vm.tables.module import TableModule
from precompiles.sha256 import witness
from precompiles.sha256.call_table import BLOCK_DWORDS, NUMBER, STATE_DWORDS, call_table
from precompiles.sha256.round_table import ROWS_PER_CALL, round_table


def _kernel() -> ComputeKernel:
    """Loaded when a guest calls: the verifier imports this module and needs no compiler."""
    from precompiles.sha256.compress_kernels import compute

    return compute


def _num_round_rows(source: Any) -> int:
    return ROWS_PER_CALL * witness.num_calls(source)


_CALL_TABLE, _ROUND_TABLE = call_table(), round_table()

PRECOMPILE: Final = Precompile(
    name=witness.NAME,
    number=NUMBER,
    operands=(Operand(11, BLOCK_DWORDS, "read"), Operand(10, STATE_DWORDS, "write")),
    kernel=_kernel,
    rows_per_call=(1, ROWS_PER_CALL),
    tables=(
        TableModule(_CALL_TABLE, witness.num_calls, witness.fill_calls),
        TableModule(_ROUND_TABLE, _num_round_rows, witness.fill_rounds),
    ),
)
"""The entry for a machine's list of precompiles."""
