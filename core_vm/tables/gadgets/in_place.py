"""Instructions of two operands that overwrite one of them: which registers these are."""

from __future__ import annotations

from core_vm.air.expression import Expression
from core_vm.tables.gadgets.builder import InstructionTable


def in_place_registers(t: InstructionTable, ordered: Expression | None = None) -> tuple[Expression, Expression]:
    """Fetch an instruction whose rd is one of its operands; the register that it overwrites, and the other operand's.

    Of rs1 and rs2 one is rd, so their sum less rd is the other one, be it the same. On rows where `ordered` is 1 the
    operands do not commute, and rd has to be rs1. For this, events hold of the overwritten operand what they otherwise
    hold of rs1, and of the other one that of rs2 (`core_vm/isa/forms.py`).
    """
    rd, rs1, rs2 = t.register("rd"), t.register("rs1"), t.register("rs2")
    t.fetch(rd=rd, rs1=rs1, rs2=rs2)
    t.constrain("rd_is_an_operand", (rs1 - rd) * (rs2 - rd))
    if ordered is not None:
        t.constrain("rd_is_the_first_operand_if_they_do_not_commute", ordered * (rs1 - rd))
    return rd, rs1 + rs2 - rd
