"""ECALL: exit (93), write (64), and calls of precompiles (0x1000 to 0xFFFF), by the number in x17."""

from __future__ import annotations

from core_vm.air.expression import as_expression
from core_vm.isa.operations import Operation
from core_vm.machine.memory_map import REGISTER_DWORD
from core_vm.tables import buses
from core_vm.tables.builder import InstructionTable
from core_vm.tables.module import TableModule
from core_vm.tables.rows import EcallRows

EXIT_NUMBER = 93
WRITE_NUMBER = 64
_KINDS = ("exit", "write", "call")


class _EcallTable(InstructionTable):
    """One selector a kind of call instead of one an operation."""

    rows_class = EcallRows

    def __init__(self) -> None:
        super().__init__("ecall", (Operation.ECALL,), __doc__ or "")

    def _select(self) -> None:
        self.kinds = [
            self.bit(f"is_{kind}", lambda rows, number=number: rows.value("kind") == number)
            for number, kind in enumerate(_KINDS)
        ]
        self.real = sum(self.kinds, as_expression(0))
        self.constrain("at_most_one_kind_of_call", self.real * (self.real - 1))
        self.operation = int(Operation.ECALL) * self.real


def _table() -> TableModule:
    t = _EcallTable()
    is_exit, is_write, is_call = t.kinds
    t.fetch()
    t.go_to(multiplicity=is_write + is_call)

    number = t.column("number", lambda rows: rows.limbs("x17")[:, 0])
    t.access("x17", REGISTER_DWORD + 17, [number, 0, 0, 0], [number, 0, 0, 0], 0)
    first, second, third = (t.cell(f"x{register}") for register in (10, 11, 12))
    # x10 is read at the ecall's time and written three later; one access, from what was before to what is after.
    after = t.columns("x10_after", 4, lambda rows: rows.limbs("result"))
    t.access("x10", REGISTER_DWORD + 10, first, after, 3)
    t.access("x11", REGISTER_DWORD + 11, second, second, 0)
    t.access("x12", REGISTER_DWORD + 12, third, third, 0)

    t.constrain("exit_has_its_number", is_exit * (number - EXIT_NUMBER))
    t.constrain("write_has_its_number", is_write * (number - WRITE_NUMBER))
    t.constrain("write_is_to_descriptor_1_or_2", is_write * (first[0] - 1) * (first[0] - 2))
    for i in range(1, 4):
        t.constrain(f"limb_{i}_of_the_descriptor_is_zero", is_write * first[i])
    for i in range(4):
        # The new limbs are copies of limbs below 2^16.
        t.constrain(f"write_returns_its_length_limb_{i}", is_write * (after[i] - third[i]))
        t.constrain(f"x10_stays_unless_written_limb_{i}", (is_exit + is_call) * (after[i] - first[i]))
    for name, limbs in (("x10", first), ("x11", second), ("x12", third)):
        for i in (2, 3):
            t.constrain(f"limb_{i}_of_pointer_{name}_is_zero", is_call * limbs[i])

    t.send(buses.HALT, first[:2], is_exit)
    # Only the table of the precompile with this number receives it, so a number without a table cannot be proved.
    t.send(buses.CALL, (number, t.time, *first[:2], *second[:2], *third[:2]), is_call)
    return t.module()


ECALL = _table()
MODULES = (ECALL,)
