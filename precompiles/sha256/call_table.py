"""One SHA-256 compression a row: take the call, read the block, update the state, and hand both to the rounds.

The block is read at time t + 1 and the state is read and written at t + 2, so a state that lies inside the block is
well defined: the rounds see the block as it was before the call.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from core_vm.air.expression import Expression
from core_vm.machine.precompile import Operand
from core_vm.tables.gadgets.calls import CallRows, CallTable, flat
from core_vm.witness.module import TableModule
from precompiles.sha256.buses import BLOCK, STATE
from precompiles.sha256.round_table import ROWS_PER_CALL
from precompiles.sha256.signed_words import LIMB
from precompiles.sha256.witness import NAME, state_words

NUMBER: Final = 0x1000
BLOCK_DWORDS: Final = 8
STATE_DWORDS: Final = 4
_BLOCK, _STATE = 0, 1
OPERANDS: Final = (Operand(11, BLOCK_DWORDS, "read"), Operand(10, STATE_DWORDS, "write"))


def call_module() -> TableModule:
    """The table `sha256_call`."""
    t = CallTable("sha256_call", NUMBER, OPERANDS, __doc__ or "")
    block = flat(t.read("block", _BLOCK))
    before, after = (flat(dwords) for dwords in t.update("state", _STATE))
    for half in range(2):
        t.send(BLOCK, [t.time, half, *block[16 * half : 16 * half + 16]], t.real)
    t.send(STATE, [t.time, 0, *before], t.real)
    t.receive(STATE, [t.time, ROWS_PER_CALL, *_left_by_rounds(t, before, after)], t.real)
    return t.module(NAME)


def _left_by_rounds(t: CallTable, before: Sequence[Expression], after: Sequence[Expression]) -> list[Expression]:
    """New state = old state + what the rounds leave, word by word modulo 2^32, so what they leave is the difference,
    with a carry bit for each limb. All limbs of both are below 2^16."""
    left: list[Expression] = []
    for word in range(8):
        low, high = 2 * word, 2 * word + 1
        low_carry, high_carry = (
            t.bit(f"carry_of_word_{word}_{half}", lambda rows, number=number, word=word: _carries(rows)[number][word])
            for number, half in enumerate(("low", "high"))
        )
        left.append(after[low] - before[low] + low_carry * LIMB)
        left.append(after[high] - before[high] - low_carry + high_carry * LIMB)
    return left


def _carries(rows: CallRows) -> tuple[np.ndarray, np.ndarray]:
    """The carries of the last addition out of every low and every high limb, (8, n) each."""
    return rows.once(_compute_carries)


def _compute_carries(rows: CallRows) -> tuple[np.ndarray, np.ndarray]:
    old, new = state_words(rows.before(_STATE)), state_words(rows.after(_STATE))
    added = new - old  # modulo 2^32
    low = ((old & 0xFFFF) + (added & 0xFFFF)) >> 16
    return low, ((old >> 16) + (added >> 16) + low) >> 16
