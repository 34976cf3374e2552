"""What every instruction's table has: program lookup, state, register and memory accesses, range checks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core_vm.air.expression import Expression, as_expression
from core_vm.isa.operations import Operation
from core_vm.state.memory_map import TIME_PER_INSTRUCTION
from core_vm.tables import buses
from core_vm.tables.gadgets.accesses import AccessTable
from core_vm.tables.gadgets.rows import InstructionRows
from core_vm.tables.gadgets.witness_table import Value, Witness
from core_vm.witness.module import TableModule


class InstructionTable(AccessTable):
    """A table whose rows are whole instructions of one family.

    `selector[operation]` is the column that is 1 on that operation's rows, `real` their sum: 1 on every row in use. All
    lookups and accesses happen `real` times, so a row that is not in use does nothing.
    """

    rows_class: type[InstructionRows] = InstructionRows

    def __init__(self, family: str, operations: Sequence[Operation], documentation: str = "") -> None:
        super().__init__(family, documentation)
        self.family, self.operations = family, tuple(operations)
        self.selector: dict[Operation, Expression] = {}
        self._select()
        self.index = self.column("index", lambda rows: rows.index)
        self.time = self.column("time", lambda rows: rows.time)

    def _select(self) -> None:
        """Declare the columns that say what a row is; set `real` and `operation`."""
        if len(self.operations) == 1:
            self.real = self.bit("real", lambda rows: np.ones(len(rows), np.uint8))
            self.selector[self.operations[0]] = self.real
        else:
            for operation in self.operations:
                self.selector[operation] = self.bit(
                    f"is_{operation.name.lower()}", lambda rows, operation=operation: rows.is_operation(operation)
                )
            self.real = sum(self.selector.values(), as_expression(0))
            self.constrain("at_most_one_operation_a_row", self.real * (self.real - 1))
        self.operation: Value = sum((int(op) * bit for op, bit in self.selector.items()), as_expression(0))

    def register(self, name: str) -> Expression:
        """The number of the register rd, rs1 or rs2; the program lookup binds it."""
        return self.column(name, lambda rows: rows.field(name))

    def signed_immediate(self) -> Expression:
        """A 12-bit immediate as one signed element, in [-2048, 2048); the program lookup binds it."""
        return self.column("immediate", _signed_immediate)

    def immediate_limbs(self) -> list[Expression]:
        """A sign-extended 12-bit immediate as four limbs, two columns: the lowest limb and the sign."""
        low = self.column("immediate_low", lambda rows: rows.field("immediate") & np.uint64(0xFFFF))
        negative = self.column("immediate_negative", lambda rows: rows.field("immediate") >> np.uint64(63))
        return [low, 0xFFFF * negative, 0xFFFF * negative, 0xFFFF * negative]

    def fetch(
        self,
        rd: Value = 0,
        rs1: Value = 0,
        rs2: Value = 0,
        immediate: Sequence[Value] = (0, 0, 0, 0),
        target: Value = 0,
    ) -> None:
        """Look the instruction up in the program: at `index` stands this operation with these operands.

        The program's leaves were made by whoever computed the program id, so limbs, register numbers and targets that
        agree with it are in range.
        """
        message = (self.index, self.operation, rd, rs1, rs2, *immediate, target)
        self.send(buses.PROGRAM, message, self.real)

    def take_state(self) -> None:
        """Receive the state before this instruction. Whoever sends the one after it moves the time on by four.

        The states of a shard form one path from the public start: each row moves the time on by four, and there are
        too few rows for a cycle (fewer than p / 4). So times are integers, at most four times the number of rows of
        the trace, which is below 2^26: 0 < time < 2^28.
        """
        self.receive(buses.STATE, (self.index, self.time), self.real)

    def go_to(self, next_index: Value | None = None) -> None:
        """Take the state before this instruction and send the one after it (by default the next instruction's)."""
        self.take_state()
        after = self.index + 1 if next_index is None else next_index
        self.send(buses.STATE, (after, self.time + TIME_PER_INSTRUCTION), self.real)

    def cell(self, name: str) -> list[Expression]:
        """Four columns: the limbs of one of the event's values."""
        return self.columns(name, 4, lambda rows: rows.limbs(name))

    def read_register(self, name: str, register: Value, offset: int) -> list[Expression]:
        """The limbs of a register, read at time + offset. They are below 2^16, as every limb on the memory bus."""
        limbs = self.cell(name)
        self.access_register(name, register, limbs, limbs, offset)
        return limbs

    def update_register(self, register: Value, before: Sequence[Value], after: Sequence[Value]) -> None:
        """register <- after at time + 3, in the one access that also reads `before`, the operand that events call rs1.

        The caller has made sure that each limb of `after` is below 2^16; those of `before` are, as read. The row may
        read other registers at an earlier offset, even the same one: then the update finds what that read left.
        """
        self.access_register("rs1", register, before, after, 3)

    def write_register(self, register: Value, limbs: Sequence[Value]) -> None:
        """rd <- limbs at time + 3. The caller has made sure that each limb is below 2^16."""
        before = self.cell("rd")
        self.access_register("rd", register, before, limbs, 3)

    def result_limbs(self, count: int = 4, name: str = "result") -> list[Expression]:
        """The lowest `count` limbs of the result, each range-checked."""
        limbs = self.columns(name, count, lambda rows: rows.limbs("result")[:, :count])
        for limb in limbs:
            self.range16(limb, self.real)
        return limbs

    def result_word(self) -> list[Expression]:
        """A 32-bit result, range-checked, with the limbs of its sign extension: three columns."""
        low = self.column("result_0", lambda rows: rows.limbs("result")[:, 0])
        high = self.column("result_1", lambda rows: rows.limbs("result")[:, 1])
        self.range16(low, self.real)
        negative = self.top_bit("result_is_negative", high, self.real, lambda rows: rows.limbs("result")[:, 1] >> 15)
        return [low, high, 0xFFFF * negative, 0xFFFF * negative]

    def top_bit(self, name: str, limb: Expression, multiplicity: Expression, witness: Witness) -> Expression:
        """The highest bit of a 16-bit limb, where `multiplicity` is 1: limb - 2^15 bit is below 2^15.

        For either bit that difference is in range for one half of the limbs only, so the bit is determined; and it
        shows that the limb is below 2^16.
        """
        bit = self.bit(name, witness)
        self.bit_range(15, limb - 2**15 * bit, multiplicity)
        return bit

    def module(self) -> TableModule:
        """Close the table: check the pending limbs, and bind declaration and witness together."""
        self.finish_accesses()
        rows_class = self.rows_class
        return self.module_of(
            lambda source: source.num_rows(self.family, self.operations),
            lambda source, start, stop: source.instructions(self.family, self.operations, start, stop, rows_class),
        )


def _signed_immediate(rows: InstructionRows) -> np.ndarray:
    from core_vm.field.koalabear import P

    return rows.field("immediate").astype(np.int64) % P


def carries(total: Sequence[Value], *summands: Sequence[Value], first: Value = 0) -> list[Expression]:
    """The carries out of each limb if `total` is the sum of `summands`: affine expressions, no columns.

    carry_i = (sum of limbs_i + carry_{i-1} - total_i) / 2^16. When the caller constrains each carry to a few small
    integers, every term is below 2^18, so the equation modulo p is one of integers.
    """
    out: list[Expression] = []
    carry: Value = first
    for i, limb in enumerate(total):
        column_sum: Value = carry
        for summand in summands:
            column_sum = column_sum + summand[i]
        carry = (as_expression(column_sum) - limb) / 2**16
        out.append(carry)
    return out
