"""Memory accesses of a row: what instructions and precompiles share, with the argument why memory is consistent.

A message on the memory bus says what a dword holds since a time. The times that rows send are integers: 0 at the start
of a leaf, below 2^28 + 4 of an access, below 2^24 of a renewal (`core_vm.tables.renewal`). A row that receives a
message of a dword sends one of the same dword with a later time. So the messages of a dword, which balance, have no
cycle: they are one path, from the start that the dword's leaf sends to the end that it receives, and every access is
on it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core_vm.air.expression import Expression
from core_vm.arguments import rely_on
from core_vm.field.koalabear import P
from core_vm.pcs.whir.config import MAX_CELLS
from core_vm.state.memory_map import NEAR, REGISTER_DWORD, TIME_PER_INSTRUCTION
from core_vm.tables import buses
from core_vm.tables.gadgets.witness_table import Value, Witness, WitnessTable

# An instruction has a row, and a row a cell; the difference of two times has a 16-bit and an 8-bit limb.
rely_on(TIME_PER_INSTRUCTION * MAX_CELLS + 2**24 < P, "times and their differences are integers, not residues modulo p")
rely_on(NEAR == 2**16, "a lookup among 16-bit values shows that a register was accessed near before")


@dataclass(frozen=True, slots=True)
class Presence:
    """Where there is an access that rows in use may lack: `real` is 1 there, and elsewhere 0, as `time` is; there it is
    the row's. `times` is its witness."""

    real: Expression
    time: Expression
    times: Witness


class AccessTable(WitnessTable):
    """A table whose rows access dwords of memory or registers.

    Subclasses set `real`, 1 on every row in use, and `time`, a column that is the time of some instruction's row: its
    state or call message binds it (see `InstructionTable.go_to`).
    """

    real: Expression
    time: Expression

    def __init__(self, name: str, documentation: str = "") -> None:
        super().__init__(name, documentation)
        self._bytes: list[Expression] = []

    def access(
        self,
        name: str,
        dword: Value,
        before: Sequence[Value],
        after: Sequence[Value],
        offset: int,
        previous_time: Witness | None = None,
        where: Presence | None = None,
    ) -> None:
        """Receive what `dword` held (`before`) and send what it holds from time + offset on (`after`).

        Previous time < now: now - previous - 1 = low + 2^16 high with low below 2^16 (a column) and high below 2^8 (an
        affine expression). `previous` is the time of a message that some row sent, so it is an integer below 2^28 + 4,
        as `now` is; the equation modulo p > 2^28 + 2^25 is one of integers.

        `previous_time` is the witness of when the dword was accessed before: by default what rows have under `name`.
        There is an access `where` it says, by default on every row in use. On others of these the high limb is looked
        up all the same; there the dword, all limbs and the time before are zero, as the time is.
        """
        at = where or Presence(self.real, self.time, lambda rows: rows.time)
        when = previous_time or (lambda rows: rows.previous(name))
        previous = self.column(f"{name}_previous_time", when)
        low = self.column(
            f"{name}_time_difference_low", lambda rows: (at.times(rows) + (offset - 1) - when(rows)) & 0xFFFF
        )
        self.receive(buses.MEMORY, (dword, *before, previous), at.real)
        self.send(buses.MEMORY, (dword, *after, at.time + offset), at.real)
        self.range16(low, at.real)
        self.is_byte((at.time + (offset - 1) - previous - low) / 2**16)

    def access_register(
        self, name: str, register: Value, before: Sequence[Value], after: Sequence[Value], offset: int
    ) -> None:
        """The same of a register on every row in use, where the last time was at most `NEAR` before.

        Previous time < now: now - previous - 1, no column of its own, is looked up to be below 2^16. Both are integers
        below 2^28 + 4 again, so the equation modulo p is one of integers. A register that was left alone for longer is
        renewed in between, by a row of the table `renewal`.
        """
        dword = REGISTER_DWORD + register
        previous = self.column(f"{name}_previous_time", lambda rows: rows.previous(name))
        self.receive(buses.MEMORY, (dword, *before, previous), self.real)
        self.send(buses.MEMORY, (dword, *after, self.time + offset), self.real)
        self.range16(self.time + (offset - 1) - previous, self.real)

    def is_byte(self, value: Expression) -> None:
        """`value` is below 2^8 on rows in use. It waits for another one: a lookup takes two."""
        self._bytes.append(value)

    def finish_accesses(self) -> None:
        """Look up what waits, among it the high limbs of all time differences, two a lookup."""
        self.byte_pairs(self._bytes, self.real)
