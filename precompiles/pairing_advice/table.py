"""Advice for pairings: one call a row, whose result no constraint determines.

The call reads a pair of points, and reads and writes a class of Fp12 modulo Fp6. What it writes is advice: to a guest
and to its proof it is private input, which may be anything. All that holds of it is what holds of all memory, that it
is limbs of 16 bits. The guest has to check what it concludes.

So the row receives the call, checks its pointers, and accesses its operands; the limbs after the call are free, and
all other columns are determined by what the row takes. Why that is sound is argued in
docs/reference/precompiles/pairing-advice.md.
"""

from __future__ import annotations

from functools import cache
from typing import Final

from core_vm.machine.precompile import Operand
from core_vm.tables.gadgets.calls import CallTable
from core_vm.witness.module import TableModule
from precompiles.pairing_advice.curves import DWORDS, NUMBERS

PAIR, STATE = 0, 1
OPERANDS: Final = (Operand(11, DWORDS, "read"), Operand(10, DWORDS, "write"))
"""The pair is read, then the state is read and written: so they may overlap."""
TABLE: Final = "pairing_advice"
FREE: Final = "state_after"
"""The columns that nothing determines begin with this."""


@cache
def advice_module() -> TableModule:
    """The table `pairing_advice`, which takes all four calls."""
    t = CallTable(TABLE, NUMBERS, OPERANDS, __doc__ or "")
    t.read("pair", PAIR)
    t.update("state", STATE)
    return t.module(*NUMBERS)
