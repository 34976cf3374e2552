"""Adding two vectors of four dwords: call 0x2000, a0 = total, a1 = terms, a2 unused. A call is a row."""

from __future__ import annotations

from typing import Final

from core_vm.air.expression import Expression, constant
from core_vm.machine.precompile import ComputeKernel, Operand, Precompile
from core_vm.tables.gadgets.calls import CallTable
from core_vm.witness.module import TableModule
from tests.precompiles.toy.vector_add.reference import LANES

NAME: Final = "vector_add"
NUMBER: Final = 0x2000
OPERANDS: Final = (Operand(11, LANES, "read"), Operand(10, LANES, "write"))
_TERMS, _TOTAL = 0, 1


def _kernel() -> ComputeKernel:
    """Loaded when a guest calls: the verifier imports this module and needs no compiler."""
    from tests.precompiles.toy.vector_add.add_kernels import compute

    return compute


def _tables() -> tuple[TableModule, ...]:
    """All limbs are below 2^16, so what a carry is made of is an integer between -2^16 and 2^17: where it is 0 or 2^16
    modulo p, it is 0 or 2^16."""
    t = CallTable(NAME, NUMBER, OPERANDS, __doc__ or "")
    terms = t.read("terms", _TERMS)
    before, after = t.update("total", _TOTAL)
    for lane in range(LANES):
        carry: Expression = constant(0)
        for i in range(4):
            carry = (before[lane][i] + terms[lane][i] + carry - after[lane][i]) / 2**16
            t.constrain(f"carry_out_of_limb_{i}_of_lane_{lane}_is_a_bit", carry * (carry - 1))
    return (t.module(NAME),)


PRECOMPILE: Final = Precompile(NAME, NUMBER, OPERANDS, _kernel, _tables)
"""The entry for a machine's list of precompiles."""
