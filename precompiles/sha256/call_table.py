"""One SHA-256 compression a row: take the call, read the block, update the state, and hand both to the rounds.

The block is read at time t + 1 and the state is read and written at t + 2, so a state that lies inside the block is
well defined: the rounds see the block as it was before the call.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from core_vm.air.expression import Expression
from core_vm.air.table import Table, TableBuilder
from core_vm.tables.buses import BIT_RANGE, BYTE_PAIR, CALL, MEMORY, RANGE16
from precompiles.sha256.buses import BLOCK, STATE
from precompiles.sha256.round_table import ROWS_PER_CALL
from precompiles.sha256.words import LIMB

NUMBER: Final = 0x1000
BLOCK_DWORDS: Final = 8
STATE_DWORDS: Final = 4
BLOCK_DELAY: Final = 1
STATE_DELAY: Final = 2
POINTER_BITS: Final = 13


@dataclass(frozen=True, slots=True)
class _Pointer:
    """`dwords` is the low limb of the address divided by 8, `high` its high limb."""

    dwords: Expression
    high: Expression

    def as_sent(self) -> list[Expression]:
        return [self.dwords * 8, self.high]

    def dword_index(self) -> Expression:
        return self.dwords + self.high * (1 << POINTER_BITS)


class _Accesses:
    """Memory accesses at one time each; collects the upper bytes of the time differences to look them up in pairs."""

    def __init__(self, t: TableBuilder, real: Expression) -> None:
        self.t, self.real = t, real
        self.upper_bytes: list[Expression] = []

    def access(
        self, name: str, index: Expression, now: Expression, before: list[Expression], after: list[Expression]
    ) -> None:
        """Replace `before` by `after` at dword `index`. What was there was put there earlier: now - 1 - previous is
        age_low + 2^16 age_high with limbs of 16 and 8 bits. All times are integers below 2^30, for each is the
        time of some row (see `InstructionTable.go_to`), and 2^30 + 2^24 < p: the equation is one of integers."""
        previous, age_low = self.t.column(f"{name}_previous_time"), self.t.column(f"{name}_age_low")
        self.t.receive(MEMORY, [index, *before, previous], self.real)
        self.t.send(MEMORY, [index, *after, now], self.real)
        self.t.send(RANGE16, [age_low], self.real)
        self.upper_bytes.append((now - 1 - previous - age_low) / LIMB)

    def finish(self) -> None:
        """Look up the collected bytes; there is an even number of them."""
        for first, second in zip(self.upper_bytes[::2], self.upper_bytes[1::2], strict=True):
            self.t.send(BYTE_PAIR, [first, second], self.real)


@cache
def call_table() -> Table:
    """The table `sha256_call`, built on first use."""
    t = TableBuilder("sha256_call", documentation=__doc__ or "")
    real, time = t.bit("real"), t.column("time")
    state_pointer, block_pointer = _pointer(t, "state", real), _pointer(t, "block", real)
    unused = t.columns("unused_pointer", 2)
    t.receive(CALL, [NUMBER, time, *state_pointer.as_sent(), *block_pointer.as_sent(), *unused], real)

    accesses = _Accesses(t, real)
    block = [t.columns(f"block_{j}", 4) for j in range(BLOCK_DWORDS)]
    for j, limbs in enumerate(block):
        accesses.access(f"block_{j}", block_pointer.dword_index() + j, time + BLOCK_DELAY, limbs, limbs)
    before = [t.columns(f"state_{j}_before", 4) for j in range(STATE_DWORDS)]
    after = [t.columns(f"state_{j}_after", 4) for j in range(STATE_DWORDS)]
    for j in range(STATE_DWORDS):
        accesses.access(f"state_{j}", state_pointer.dword_index() + j, time + STATE_DELAY, before[j], after[j])
    accesses.finish()
    _link_rounds(t, real, time, _flat(block), _flat(before), _flat(after))
    return t.build()


def _flat(dwords: list[list[Expression]]) -> list[Expression]:
    return [limb for dword in dwords for limb in dword]


def _pointer(t: TableBuilder, name: str, real: Expression) -> _Pointer:
    """An address that is a multiple of 8. `dwords` is looked up to be below 2^13, so 8 * dwords is an integer below
    2^16, and the low limb of the ecall, which is one too, equals it. dword_index is then the address divided by 8."""
    pointer = _Pointer(t.column(f"{name}_pointer_dwords"), t.column(f"{name}_pointer_high"))
    t.send(BIT_RANGE, [POINTER_BITS, 1 << POINTER_BITS, pointer.dwords], real)
    return pointer


def _link_rounds(
    t: TableBuilder,
    real: Expression,
    time: Expression,
    block: Sequence[Expression],
    before: Sequence[Expression],
    after: Sequence[Expression],
) -> None:
    """Send block and state to the rounds; new state = old state + what the rounds leave, word by word modulo 2^32.

    The limbs of `before` and `block` are below 2^16 because every writer of memory checks its limbs; `after` is
    checked here. What the rounds leave is the difference, with a carry bit for each limb.
    """
    for half in range(2):
        t.send(BLOCK, [time, half, *block[16 * half : 16 * half + 16]], real)
    left: list[Expression] = []
    for word in range(8):
        low, high = 2 * word, 2 * word + 1
        low_carry, high_carry = t.bit(f"carry_of_word_{word}_low"), t.bit(f"carry_of_word_{word}_high")
        left.append(after[low] - before[low] + low_carry * LIMB)
        left.append(after[high] - before[high] - low_carry + high_carry * LIMB)
    t.send(STATE, [time, 0, *before], real)
    t.receive(STATE, [time, ROWS_PER_CALL, *left], real)
    for limb in after:
        t.send(RANGE16, [limb], real)
