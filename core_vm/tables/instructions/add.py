"""Addition and subtraction: ADD SUB, ADDI, ADDW SUBW, ADDIW; what overwrites an operand, and what only moves it."""

from __future__ import annotations

from collections.abc import Sequence

from core_vm.air.expression import Expression
from core_vm.isa.operations import Operation
from core_vm.tables.gadgets.builder import InstructionTable, carries
from core_vm.tables.gadgets.in_place import in_place_registers
from core_vm.witness.module import TableModule


def _register_table(name: str, add: Operation, subtract: Operation, num_limbs: int, documentation: str) -> TableModule:
    """rd <- rs1 + rs2 or rs1 - rs2, modulo 2^(16 num_limbs), sign-extended if that is 32 bits."""
    t = InstructionTable(name, (add, subtract), documentation)
    rd, rs1, rs2 = t.register("rd"), t.register("rs1"), t.register("rs2")
    t.fetch(rd=rd, rs1=rs1, rs2=rs2)
    t.go_to()
    a = t.read_register("rs1", rs1, 0)
    b = t.read_register("rs2", rs2, 1)
    result = t.result_limbs() if num_limbs == 4 else t.result_word()
    _constrain_sums(t, a[:num_limbs], b, result[:num_limbs])
    t.write_register(rd, result)
    return t.module()


def _constrain_sums(
    t: InstructionTable, a: Sequence[Expression], b: Sequence[Expression], result: Sequence[Expression]
) -> None:
    """result = a + b on rows of the first operation, a - b on those of the second, modulo 2^(16 len(a))."""
    add, subtract = t.operations
    # All limbs are below 2^16 and determine one carry bit each: total_i = (a_i + b_i + carry) mod 2^16.
    for i, carry in enumerate(carries(result, a, b)):
        t.constrain(f"sum_carry_out_of_limb_{i}_is_a_bit", t.selector[add] * carry * (carry - 1))
    # Subtraction is addition read backwards: rs1 = result + rs2.
    for i, carry in enumerate(carries(a, result, b)):
        t.constrain(f"difference_carry_out_of_limb_{i}_is_a_bit", t.selector[subtract] * carry * (carry - 1))


def _in_place_table() -> TableModule:
    """rd <- rd + other, rd - other."""
    t = InstructionTable(
        "add_in_place", (Operation.ADD, Operation.SUB), "ADD, SUB: rd <- rd +- rs2; of ADD also rd <- rs1 + rd."
    )
    rd, other = in_place_registers(t, ordered=t.selector[Operation.SUB])
    t.go_to()
    a, b = t.cell("rs1"), t.read_register("rs2", other, 1)
    result = t.result_limbs()
    _constrain_sums(t, a, b, result)
    t.update_register(rd, a, result)
    return t.module()


def _immediate_table(name: str, operation: Operation, num_limbs: int, documentation: str) -> TableModule:
    """rd <- rs1 + immediate, modulo 2^(16 num_limbs), sign-extended if that is 32 bits."""
    t = InstructionTable(name, (operation,), documentation)
    rd, rs1, immediate = t.register("rd"), t.register("rs1"), t.signed_immediate()
    t.fetch(rd=rd, rs1=rs1, immediate=(immediate, 0, 0, 0))
    t.go_to()
    a = t.read_register("rs1", rs1, 0)
    result = t.result_limbs() if num_limbs == 4 else t.result_word()
    constrain_signed_sum(t, a, immediate, result[:num_limbs])
    t.write_register(rd, result)
    return t.module()


def _immediate_in_place_table() -> TableModule:
    """rd <- rd + immediate."""
    t = InstructionTable("addi_in_place", (Operation.ADDI,), "ADDI with rd = rs1: rd <- rd + immediate.")
    rd, immediate = t.register("rd"), t.signed_immediate()
    t.fetch(rd=rd, rs1=rd, immediate=(immediate, 0, 0, 0))
    t.go_to()
    a = t.cell("rs1")
    result = t.result_limbs()
    constrain_signed_sum(t, a, immediate, result)
    t.update_register(rd, a, result)
    return t.module()


def _move_table() -> TableModule:
    """rd <- rs1: the limbs of a sum with the immediate zero are those that were read, in range without a check."""
    t = InstructionTable("move", (Operation.ADDI,), "ADDI with immediate 0: rd <- rs1.")
    rd, rs1 = t.register("rd"), t.register("rs1")
    t.fetch(rd=rd, rs1=rs1)
    t.go_to()
    t.write_register(rd, t.read_register("rs1", rs1, 0))
    return t.module()


def constrain_signed_sum(
    t: InstructionTable, a: list[Expression], immediate: Expression, total: list[Expression]
) -> None:
    """total = a + immediate modulo 2^(16 len(total)), for an immediate in [-2^15, 2^15).

    Limbs are below 2^16, so a_i + carry (plus the immediate in limb 0) - total_i = 2^16 carry' has a carry' of -1, 0 or
    1, and total_i is its remainder: one solution. All terms are below 2^18 in size, so it holds over the integers.
    """
    for i, carry in enumerate(carries(total, a, [immediate, 0, 0, 0])):
        t.constrain(f"carry_out_of_limb_{i}_is_minus_one_zero_or_one", carry * (carry - 1) * (carry + 1))


ADD = _register_table("add", Operation.ADD, Operation.SUB, 4, "ADD, SUB: rd <- rs1 +- rs2.")
ADD_WORD = _register_table(
    "add_word", Operation.ADDW, Operation.SUBW, 2, "ADDW, SUBW: rd <- the low 32 bits of rs1 +- rs2, sign-extended."
)
ADDI = _immediate_table("addi", Operation.ADDI, 4, "ADDI: rd <- rs1 + immediate.")
ADDI_WORD = _immediate_table(
    "addi_word", Operation.ADDIW, 2, "ADDIW: rd <- the low 32 bits of rs1 + immediate, sign-extended."
)
ADD_IN_PLACE = _in_place_table()
ADDI_IN_PLACE = _immediate_in_place_table()
MOVE = _move_table()

MODULES = (ADD, ADDI, ADD_WORD, ADDI_WORD, ADD_IN_PLACE, ADDI_IN_PLACE, MOVE)
