"""The executor's own instruction encoding: one int64 word and one int64 immediate a slot.

Word: action (8 bits), rd, rs1, rs2 (8 bits each), target slot (32 bits), from the low end. An *action* is what a kernel
dispatches on. Immediate forms share the action of their register form, because the second operand is always
`registers[rs2] + immediate`: one of the two is zero. Operands that an operation does not have name registers of the
executor alone, above the sink; so does an rs2 that is x0, if the instruction has a form that does not read it. An rs2
that is overwritten in place changes places with rs1 (`core_vm/isa/forms.py`).
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Final

import numpy as np

from core_vm.isa.forms import FAMILIES, family_numbers, leaves_rs2_unread, overwrites_rs2
from core_vm.isa.operations import FAMILY_OF, NUM_OPERATIONS, READS_RS1, READS_RS2, WRITES_RD, Operation

if TYPE_CHECKING:
    from core_vm.machine.program.program import Program

NUM_KERNEL_REGISTERS: Final = 64
NO_RS1: Final = 34
"""Always zero."""
NO_RS2: Final = 35
"""Always zero."""
NO_RD: Final = 36
"""Written at will, never read."""


class Action(IntEnum):
    """What the kernels dispatch on; computations (rd <- f(rs1, rs2 + immediate)) come first."""

    ADD = 0
    SUB = 1
    ADDW = 2
    SUBW = 3
    AND = 4
    OR = 5
    XOR = 6
    SLT = 7
    SLTU = 8
    SLL = 9
    SRL = 10
    SRA = 11
    SLLW = 12
    SRLW = 13
    SRAW = 14
    MUL = 15
    MULH = 16
    MULHSU = 17
    MULHU = 18
    MULW = 19
    DIV = 20
    DIVU = 21
    REM = 22
    REMU = 23
    DIVW = 24
    DIVUW = 25
    REMW = 26
    REMUW = 27
    LB = 28
    LH = 29
    LW = 30
    LD = 31
    LBU = 32
    LHU = 33
    LWU = 34
    SB = 35
    SH = 36
    SW = 37
    SD = 38
    BEQ = 39
    BNE = 40
    BLT = 41
    BGE = 42
    BLTU = 43
    BGEU = 44
    JUMP = 45
    JUMP_LINK = 46
    JALR = 47
    ECALL = 48
    TRAP = 49


ACCESSES: Final = tuple(Action)[Action.LB : Action.BEQ]
NUM_LOADS: Final = Action.SB - Action.LB
"""Of the accesses; the stores follow."""
FAMILY_OF_ACCESS: Final = np.array([FAMILIES.index(FAMILY_OF[Operation[action.name]]) for action in ACCESSES])

_SHARED_ACTIONS: Final = {
    "NOP": "ADD", "CONSTANT": "ADD", "ADDI": "ADD", "ADDIW": "ADDW", "ANDI": "AND", "ORI": "OR", "XORI": "XOR",
    "SLTI": "SLT", "SLTIU": "SLTU", "SLLI": "SLL", "SRLI": "SRL", "SRAI": "SRA", "SLLIW": "SLLW", "SRLIW": "SRLW",
    "SRAIW": "SRAW",
}  # fmt: skip


def action_of(operation: Operation) -> Action:
    """The action that executes an operation."""
    return Action[_SHARED_ACTIONS.get(operation.name, operation.name)]


def _by_operation(values: dict[Operation, int], default: int) -> np.ndarray:
    table = np.full(NUM_OPERATIONS, default, np.int64)
    for operation, value in values.items():
        table[operation] = value
    return table


def pack_code(program: Program) -> np.ndarray:
    """The program for the kernels: (slots, 2) int64, word and immediate. A slot without code is a trap."""
    code = program.instructions
    operation = code.operation.astype(np.int64)
    action = _by_operation({op: action_of(op) for op in Operation}, Action.TRAP)[operation]
    has_rd = _by_operation(dict.fromkeys(WRITES_RD, 1), 0)[operation] != 0
    has_rs1 = _by_operation(dict.fromkeys(READS_RS1, 1), 0)[operation] != 0
    has_rs2 = _by_operation(dict.fromkeys(READS_RS2, 1), 0)[operation] != 0
    rd = np.where(has_rd, code.rd, NO_RD).astype(np.int64)
    families = family_numbers(code)
    rs1 = np.where(has_rs1, code.rs1, NO_RS1).astype(np.int64)
    rs2 = np.where(has_rs2 & ~leaves_rs2_unread(families), code.rs2, NO_RS2).astype(np.int64)
    swapped = overwrites_rs2(code, families)
    rs1, rs2 = np.where(swapped, rs2, rs1), np.where(swapped, rs1, rs2)
    target = program.slot_of(code.target)
    packed = np.empty((len(operation), 2), np.int64)
    packed[:, 0] = action | rd << 8 | rs1 << 16 | rs2 << 24 | target << 32
    packed[:, 1] = code.immediate.view(np.int64)
    return packed
