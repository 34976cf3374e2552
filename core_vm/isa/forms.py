"""Forms of instructions that have narrower tables than the other instructions of their operations.

A form is a property of the decoded instruction: two of its registers are one, its immediate is zero, it compares with
x0. Its table states that by the message with which it fetches the instruction, so no other instruction finds a row
there. It proves what the operation's own table proves of the same instruction: which of them has the row is the
prover's choice, made here, once for each place in the program. An instruction whose form is not recognised is none the
worse for it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from core_vm.isa.decode import Instructions
from core_vm.isa.operations import FAMILY_OF, LOADS, MISALIGNED_FAMILY, NUM_OPERATIONS, STORES, Operation

Holds = Callable[[Instructions], np.ndarray]


@dataclass(frozen=True, slots=True)
class Form:
    """`name` is that of its family and table; `holds` (n,) bool says of instructions of the `operations` which have it.

    `in_place`: rd is one of the operands. A table takes it for its first operand, which one access reads and writes,
    so that is the one that events call rs1, even if the instruction calls it rs2. `reads_rs2`: whether the table reads
    that register; if not, it is x0.
    """

    name: str
    operations: tuple[Operation, ...]
    holds: Holds
    in_place: bool = False
    reads_rs2: bool = True


def _overwrites_one_operand(code: Instructions) -> np.ndarray:
    """rd is rs1, or rs2 where the order does not matter; not both, which would be read and written at once."""
    commutes = code.operation != Operation.SUB
    return (code.rs1 != code.rs2) & ((code.rd == code.rs1) | (code.rd == code.rs2) & commutes)


FORMS: Final = (
    Form("add_in_place", (Operation.ADD, Operation.SUB), _overwrites_one_operand, in_place=True),
    Form("addi_in_place", (Operation.ADDI,), lambda code: code.rd == code.rs1, in_place=True),
    Form("move", (Operation.ADDI,), lambda code: code.immediate == 0),
    Form("logic_in_place", (Operation.AND, Operation.OR, Operation.XOR), _overwrites_one_operand, in_place=True),
    Form("branch_zero", (Operation.BEQ, Operation.BNE), lambda code: code.rs2 == 0, reads_rs2=False),
)
"""Of several forms that an instruction has, the first one counts. Chosen by what they save: decision 0028."""
# A misaligned access leaves the family of its operation for another one, which supposes that it has no form.
assert not (LOADS | STORES) & {operation for form in FORMS for operation in form.operations}

FAMILIES: Final[tuple[str, ...]] = (
    *dict.fromkeys(FAMILY_OF.values()),
    *(form.name for form in FORMS),
    MISALIGNED_FAMILY,
)
"""Every family of instructions, in the order in which the executor numbers them."""


def family_numbers(code: Instructions) -> np.ndarray:
    """The family of each instruction as a place in `FAMILIES`, int64 (n,); traps and no instruction count as "nop"."""
    of_operation = np.full(NUM_OPERATIONS, FAMILIES.index("nop"), np.int64)
    for operation, family in FAMILY_OF.items():
        of_operation[operation] = FAMILIES.index(family)
    numbers = of_operation[code.operation]
    for form in reversed(FORMS):
        numbers[np.isin(code.operation, form.operations) & form.holds(code)] = FAMILIES.index(form.name)
    return numbers


def overwrites_rs2(code: Instructions, families: np.ndarray) -> np.ndarray:
    """Which instructions have a form that is done in place, and name the register for it second: bool (n,)."""
    in_place = [FAMILIES.index(form.name) for form in FORMS if form.in_place]
    return np.isin(families, in_place) & (code.rd != code.rs1)


def leaves_rs2_unread(families: np.ndarray) -> np.ndarray:
    """Which instructions have a form whose table does not read rs2: bool (n,)."""
    return np.isin(families, [FAMILIES.index(form.name) for form in FORMS if not form.reads_rs2])
