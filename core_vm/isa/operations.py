"""The operations of the machine: what a decoded instruction may ask for, and which table proves it.

An `Operation` is a RV64IM instruction after the decoder's canonicalisation (`core_vm/isa/decode.py`): instructions that
change nothing are one `NOP`, everything that cannot be executed is one `TRAP`, a register set to a value known before
the program runs is one `CONSTANT`. The numbers are part of the program id: never renumber, only append.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Final


class Operation(IntEnum):
    """Identifier of an operation, at least 1: a leaf of zeros in the program tree is no instruction."""

    NOP = 1
    TRAP = 2
    ADD = 3
    SUB = 4
    ADDI = 5
    ADDW = 6
    SUBW = 7
    ADDIW = 8
    AND = 9
    OR = 10
    XOR = 11
    ANDI = 12
    ORI = 13
    XORI = 14
    SLT = 15
    SLTU = 16
    SLTI = 17
    SLTIU = 18
    SLL = 19
    SRL = 20
    SRA = 21
    SLLI = 22
    SRLI = 23
    SRAI = 24
    SLLW = 25
    SRLW = 26
    SRAW = 27
    SLLIW = 28
    SRLIW = 29
    SRAIW = 30
    CONSTANT = 31
    JUMP = 32
    JUMP_LINK = 33
    JALR = 34
    BEQ = 35
    BNE = 36
    BLT = 37
    BGE = 38
    BLTU = 39
    BGEU = 40
    LB = 41
    LH = 42
    LW = 43
    LD = 44
    LBU = 45
    LHU = 46
    LWU = 47
    SB = 48
    SH = 49
    SW = 50
    SD = 51
    MUL = 52
    MULH = 53
    MULHSU = 54
    MULHU = 55
    MULW = 56
    DIV = 57
    DIVU = 58
    REM = 59
    REMU = 60
    DIVW = 61
    DIVUW = 62
    REMW = 63
    REMUW = 64
    ECALL = 65


NUM_OPERATIONS: Final = max(Operation) + 1
"""Size of an array indexed by operation (entry 0 is "no instruction")."""

SINK: Final = 32
"""The register that takes what an instruction writes to x0; nothing ever reads it."""

NOWHERE: Final = 2**30 - 1
"""Instruction index of a jump target that cannot be executed: its address lies in the reserved region."""

_FAMILY_MEMBERS: Final[dict[str, str]] = {
    "nop": "NOP",
    "add": "ADD SUB",
    "addi": "ADDI",
    "add_word": "ADDW SUBW",
    "addi_word": "ADDIW",
    "logic": "AND OR XOR",
    "logic_immediate": "ANDI ORI XORI",
    "compare": "SLT SLTU",
    "compare_immediate": "SLTI SLTIU",
    "shift_left": "SLL",
    "shift_left_immediate": "SLLI",
    "shift_left_word": "SLLW",
    "shift_left_word_immediate": "SLLIW",
    "shift_right": "SRL SRA",
    "shift_right_immediate": "SRLI SRAI",
    "shift_right_word": "SRLW SRAW",
    "shift_right_word_immediate": "SRLIW SRAIW",
    "constant": "CONSTANT",
    "jump": "JUMP",
    "jump_link": "JUMP_LINK",
    "jalr": "JALR",
    "branch_equal": "BEQ BNE",
    "branch_less": "BLT BGE BLTU BGEU",
    "load_double": "LD",
    "load_word": "LW LWU",
    "load_half": "LH LHU",
    "load_byte": "LB LBU",
    "store_double": "SD",
    "store_word": "SW",
    "store_half": "SH",
    "store_byte": "SB",
    "multiply": "MUL",
    "multiply_word": "MULW",
    "multiply_high": "MULH MULHSU MULHU",
    "divide": "DIV DIVU",
    "remainder": "REM REMU",
    "divide_word": "DIVW DIVUW",
    "remainder_word": "REMW REMUW",
    "ecall": "ECALL",
}

FAMILY_OF: Final[dict[Operation, str]] = {
    Operation[name]: family for family, members in _FAMILY_MEMBERS.items() for name in members.split()
}
"""The table that proves any instruction of an operation. `TRAP` has none. A load or store whose address is no multiple
of its size is proved by the family "misaligned" instead; some instructions have families of their own
(`core_vm/isa/forms.py`)."""

MISALIGNED_FAMILY: Final = "misaligned"


def _operations(names: str) -> frozenset[Operation]:
    return frozenset(Operation[name] for name in names.split())


LOADS: Final = _operations("LB LH LW LD LBU LHU LWU")
STORES: Final = _operations("SB SH SW SD")
BRANCHES: Final = _operations("BEQ BNE BLT BGE BLTU BGEU")
REGISTER_OPERATIONS: Final = _operations(
    "ADD SUB ADDW SUBW AND OR XOR SLT SLTU SLL SRL SRA SLLW SRLW SRAW "
    "MUL MULH MULHSU MULHU MULW DIV DIVU REM REMU DIVW DIVUW REMW REMUW"
)
IMMEDIATE_OPERATIONS: Final = _operations("ADDI ADDIW ANDI ORI XORI SLTI SLTIU SLLI SRLI SRAI SLLIW SRLIW SRAIW")

SIGNED_IMMEDIATE: Final = LOADS | STORES | _operations("ADDI ADDIW JALR")
"""Operations whose 12-bit immediate is one signed field element in the program tree, not four limbs: what their tables
add it to is an address or a sum, where one column is cheaper than two."""

READS_RS1: Final = REGISTER_OPERATIONS | IMMEDIATE_OPERATIONS | LOADS | STORES | BRANCHES | {Operation.JALR}
READS_RS2: Final = REGISTER_OPERATIONS | STORES | BRANCHES
WRITES_RD: Final = (
    REGISTER_OPERATIONS | IMMEDIATE_OPERATIONS | LOADS | {Operation.CONSTANT, Operation.JUMP_LINK, Operation.JALR}
)
"""Operations with the register operand; an ECALL has registers of its own (x17, x10, x11, x12) and none of these."""

ACCESS_SIZE: Final[dict[Operation, int]] = {
    Operation[name]: size
    for size, names in {1: "LB LBU SB", 2: "LH LHU SH", 4: "LW LWU SW", 8: "LD SD"}.items()
    for name in names.split()
}
"""Bytes that a load or store moves."""
