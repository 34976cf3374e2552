"""ECALL: exit (93), write (64), and calls of precompiles (0x1000 to 0xFFFF), by the number in x17.

What a write shows is none of the proof's business, and its buffer is not read here. That the buffer lies in the memory
map is constrained all the same: so a write outside it is a trap in the executor and in the tables alike, as a load
there is, and every program has one behaviour.
"""

from __future__ import annotations

import numpy as np

from core_vm.air.expression import Expression, as_expression
from core_vm.isa.operations import Operation
from core_vm.machine.execute.calls import EXIT_NUMBER, WRITE_NUMBER, CallKind
from core_vm.state.memory_map import ADDRESS_LIMIT, TIME_PER_INSTRUCTION
from core_vm.tables import buses
from core_vm.tables.gadgets.builder import InstructionTable
from core_vm.tables.gadgets.rows import EcallRows, InstructionRows
from core_vm.witness.module import TableModule

_KINDS = {"exit": CallKind.EXIT, "write": CallKind.WRITE, "call": CallKind.PRECOMPILE}
_BEYOND = 2**32 - 1 - ADDRESS_LIMIT
"""address + size <= ADDRESS_LIMIT is the same as address + size + _BEYOND < 2^32."""


class _EcallTable(InstructionTable):
    """One selector a kind of call instead of one an operation."""

    rows_class = EcallRows

    def __init__(self) -> None:
        super().__init__("ecall", (Operation.ECALL,), __doc__ or "")

    def _select(self) -> None:
        self.kinds = [
            self.bit(f"is_{kind}", lambda rows, number=number: rows.value("kind") == number)
            for kind, number in _KINDS.items()
        ]
        self.real = sum(self.kinds, as_expression(0))
        self.constrain("at_most_one_kind_of_call", self.real * (self.real - 1))
        self.operation = int(Operation.ECALL) * self.real


def _table() -> TableModule:
    t = _EcallTable()
    is_exit, is_write, is_call = t.kinds
    t.fetch()
    _go_on(t, is_write + is_call)

    number = t.column("number", lambda rows: rows.limbs("x17")[:, 0])
    t.access_register("x17", 17, [number, 0, 0, 0], [number, 0, 0, 0], 0)
    first, second, third = (t.cell(f"x{register}") for register in (10, 11, 12))
    # x10 is read at the ecall's time and written three later; one access, from what was before to what is after.
    after = t.columns("x10_after", 4, lambda rows: rows.limbs("result"))
    t.access_register("x10", 10, first, after, 3)
    t.access_register("x11", 11, second, second, 0)
    t.access_register("x12", 12, third, third, 0)

    t.constrain("exit_has_its_number", is_exit * (number - EXIT_NUMBER))
    t.constrain("write_has_its_number", is_write * (number - WRITE_NUMBER))
    t.constrain("write_is_to_descriptor_1_or_2", is_write * (first[0] - 1) * (first[0] - 2))
    for i in range(1, 4):
        t.constrain(f"limb_{i}_of_the_descriptor_is_zero", is_write * first[i])
    for i in range(4):
        # The new limbs are copies of limbs below 2^16.
        t.constrain(f"write_returns_its_length_limb_{i}", is_write * (after[i] - third[i]))
        t.constrain(f"x10_stays_unless_written_limb_{i}", (is_exit + is_call) * (after[i] - first[i]))
    shows = _constrain_buffer(t, is_write, second, third)
    for i in (2, 3):
        t.constrain(f"limb_{i}_of_pointer_x10_is_zero", is_call * first[i])
        t.constrain(f"limb_{i}_of_pointer_x11_is_zero", (is_call + shows) * second[i])
        t.constrain(f"limb_{i}_of_pointer_x12_or_size_is_zero", (is_call + shows) * third[i])

    t.send(buses.HALT, first[:2], is_exit)
    # Only the table of the precompile with this number receives it, so a number without a table cannot be proved.
    t.send(buses.CALL, (number, t.time, *first[:2], *second[:2], *third[:2]), is_call)
    return t.module()


def _goes_on(rows: InstructionRows) -> np.ndarray:
    """bool (n,): all but exits."""
    return np.isin(rows.value("kind"), (CallKind.WRITE, CallKind.PRECOMPILE))


def _go_on(t: _EcallTable, goes_on: Expression) -> None:
    """The next instruction's state comes after every call but an exit. That has none, and as a message that is not sent
    it is zero in all columns: so index and time of the next state are columns of their own."""
    t.take_state()
    index = t.column("next_index", lambda rows: (rows.index.astype(np.int64) + 1) * rows.once(_goes_on))
    time = t.column("next_time", lambda rows: (rows.time + TIME_PER_INSTRUCTION) * rows.once(_goes_on))
    t.constrain("next_index_is_one_more_or_there_is_none", index - goes_on * (t.index + 1))
    t.constrain("next_time_is_four_more_or_there_is_none", time - goes_on * (t.time + TIME_PER_INSTRUCTION))
    t.send(buses.STATE, (index, time), goes_on)


def _shows(rows: InstructionRows) -> np.ndarray:
    """bool (n,): writes of at least one byte."""
    return (rows.value("kind") == CallKind.WRITE) & (rows.value("x12") != 0)


def _carry(rows: InstructionRows) -> np.ndarray:
    """uint16 (n,): out of the lower limbs of what `_constrain_buffer` adds up."""
    lower = rows.limbs("x11")[:, 0].astype(np.uint64) + rows.limbs("x12")[:, 0] + np.uint64(_BEYOND % 2**16)
    return (lower >> np.uint64(16)) * rows.once(_shows)


def _constrain_buffer(
    t: _EcallTable, is_write: Expression, address: list[Expression], size: list[Expression]
) -> Expression:
    """A bit that is 1 on writes of at least one byte; there address + size <= ADDRESS_LIMIT, provided that the caller
    makes their upper limbs zero on these rows.

    That is to say, the sum of both and _BEYOND has two limbs. The lower limbs add up to less than 3 * 2^16 and the
    carry is below 4, so both limbs of the sum are integers between -2^18 and 2^18: if they are below 2^16 modulo p,
    they are so as integers. A write of nothing may count as one of something where its address allows it.
    """
    shows = t.bit("write_shows_something", lambda rows: rows.once(_shows))
    t.constrain("only_a_write_shows_something", shows * (1 - is_write))
    for i in range(4):
        t.constrain(f"limb_{i}_of_what_is_not_shown_is_zero", (is_write - shows) * size[i])
    carry = t.column("carry_into_the_end_of_the_buffer", _carry)
    t.constrain("carry_only_where_something_is_shown", carry * (1 - shows))
    t.bit_range(2, carry, shows)
    t.range16(address[0] + size[0] + _BEYOND % 2**16 * shows - 2**16 * carry, shows)
    t.range16(address[1] + size[1] + (_BEYOND >> 16) * shows + carry, shows)
    return shows


ECALL = _table()
MODULES = (ECALL,)
