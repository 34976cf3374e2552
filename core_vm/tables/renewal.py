"""Renewals: a dword keeps what it holds, and its last time moves on, so that accesses of registers are all near.

An access that compares two times by one 16-bit lookup is cheaper than one that allows for any time between them, and
registers are hardly ever left alone for long. Where one is, the witness has a row here between two accesses of it. The
time to which it moves on is a multiple of 2^16.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from core_vm.arguments import rely_on
from core_vm.machine.event_words import RenewalWord
from core_vm.state.memory_map import MAX_TIME, NEAR, REGISTER_DWORD
from core_vm.tables import buses
from core_vm.tables.gadgets.rows import split_limbs
from core_vm.tables.gadgets.witness_table import WitnessTable

if TYPE_CHECKING:
    from core_vm.tables.source import WitnessSource

rely_on(NEAR == 2**16 and MAX_TIME <= 2**24, "every time of a shard is near to what a renewal can have")


class RenewalRows:
    """A chunk of renewals: `register`, `previous`, `time` int64 (n,), and `limbs` (n, 4) of what the register holds."""

    def __init__(self, source: WitnessSource, start: int, stop: int) -> None:
        words = source.events.renewals[start:stop]
        self.limbs = split_limbs(words[:, RenewalWord.VALUE])
        self.register, self.previous, self.time = (
            words[:, word].astype(np.int64) for word in (RenewalWord.REGISTER, RenewalWord.PREVIOUS, RenewalWord.TIME)
        )


def _table() -> WitnessTable:
    t = WitnessTable("renewal", __doc__ or "")
    real = t.bit("real", lambda rows: np.ones(len(rows.time), np.uint8))
    # Any dword: whichever it is, a row that receives and sends the same of it changes nothing, so it need not be shown
    # to be a register's.
    dword = t.column("dword", lambda rows: REGISTER_DWORD + rows.register)
    limbs = t.columns("limb", 4, lambda rows: rows.limbs)
    previous = t.column("previous_time", lambda rows: rows.previous)
    time_high = t.column("time_high", lambda rows: rows.time >> 16)
    difference_low = t.column("time_difference_low", lambda rows: (rows.time - 1 - rows.previous) & 0xFFFF)

    time = 2**16 * time_high
    t.receive(buses.MEMORY, (dword, *limbs, previous), real)
    t.send(buses.MEMORY, (dword, *limbs, time), real)
    # No state binds this row's time, as it does an instruction's. Were it any element of the field, some 127 rows could
    # lead around modulo p, from a time to one before it: a cycle of messages that begins and ends nowhere, in which an
    # access would find whatever the prover likes. So it is 2^16 times a byte: an integer below 2^24.
    #
    # Previous time < time as in `AccessTable.access`: `previous` is an integer below 2^28 + 4, as some row sent it, and
    # time - previous - 1 = low + 2^16 high, with low below 2^16 and high below 2^8, is an equation of integers.
    t.range16(difference_low, real)
    t.byte_pairs([time_high, (time - 1 - previous - difference_low) / 2**16], real)
    return t


RENEWAL = _table().module_of(lambda source: len(source.events.renewals), RenewalRows)
MODULES = (RENEWAL,)
