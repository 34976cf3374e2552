"""The rounds of SHA-256's compression function: 16 of the 64 rounds a row, four rows a call.

A row receives the working variables a..h as limbs, holds as signs every a, e and w that a bitwise function of its
rounds needs, and sends the variables on. It owns 16 words of the message schedule: those of row 0 are the message
itself, a later row's are the sums of what the row before passed on and of its own earlier words.

Soundness is argued in docs/reference/precompiles/sha256.md, and step by step beside the constraints.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from core_vm.air.expression import Expression, constant
from core_vm.air.table import Table
from core_vm.air.table_builder import TableBuilder
from precompiles.sha256.buses import BLOCK, SCHEDULE, STATE
from precompiles.sha256.reference import NUM_ROUNDS, ROUND_CONSTANTS
from precompiles.sha256.signed_words import (
    LIMB,
    Limbs,
    Word,
    choice,
    exclusive_or_of_rotations,
    limbs,
    majority,
    two_carries,
    word,
)

ROUNDS_PER_ROW = 16
ROWS_PER_CALL = NUM_ROUNDS // ROUNDS_PER_ROW


@dataclass(frozen=True, slots=True)
class _Row:
    """`selectors[r]` is 1 on row r of a call; `real`, their sum, is 1 on every row in use; `index` is r."""

    call: Expression
    selectors: list[Expression]
    real: Expression
    index: Expression


@dataclass(frozen=True, slots=True)
class _Chain:
    """The values of a, or of e, over a row: item i is the value before round i - 3, item 0 thus the oldest one
    needed.

    Items 1 to 18 enter bitwise functions and are words of signs; item 0 (the row's first d or h) and item 19 (its
    last new value, whose signs are the next row's business) are only added, so they are limbs.
    """

    oldest: Limbs
    words: list[Word]
    newest: Limbs

    def item(self, i: int) -> Limbs:
        if i == 0:
            return self.oldest
        return self.newest if i == ROUNDS_PER_ROW + 3 else self.words[i - 1].limbs

    def sign_word(self, i: int) -> Word:
        return self.words[i - 1]


@cache
def round_table() -> Table:
    """The table `sha256_rounds`, built on first use."""
    t = TableBuilder("sha256_rounds", documentation=__doc__ or "")
    row = _declare_row(t)
    a, e = _declare_chain(t, "a", row.real), _declare_chain(t, "e", row.real)
    schedule = [word(t, f"w_{j}", row.real) for j in range(ROUNDS_PER_ROW)]
    inherited = [limbs(t, f"inherited_{j}") for j in range(ROUNDS_PER_ROW)]
    passed_on = [limbs(t, f"passed_on_{j}") for j in range(ROUNDS_PER_ROW - 1)]
    for i in range(ROUNDS_PER_ROW):
        _constrain_schedule_word(t, i, schedule, inherited[i])
        _constrain_round(t, i, row, a, e, schedule[i])
    for j, owed in enumerate(passed_on):
        _constrain_passed_on(t, j, schedule, owed)
    _link_state(t, row, a, e)
    _link_schedule(t, row, schedule, inherited, [*passed_on, schedule[-1].limbs])
    return t.build()


def _declare_row(t: TableBuilder) -> _Row:
    call = t.column("call")
    selectors = [t.bit(f"is_row_{r}") for r in range(ROWS_PER_CALL)]
    real = selectors[0] + selectors[1] + selectors[2] + selectors[3]
    t.constrain("at_most_one_selector_is_set", real * (real - 1))
    index = selectors[1] + selectors[2] * 2 + selectors[3] * 3
    return _Row(call, selectors, real, index)


def _declare_chain(t: TableBuilder, name: str, real: Expression) -> _Chain:
    oldest = limbs(t, f"{name}_0")
    words = [word(t, f"{name}_{i}", real) for i in range(1, ROUNDS_PER_ROW + 3)]
    return _Chain(oldest, words, limbs(t, f"{name}_{ROUNDS_PER_ROW + 3}"))


def _add_up(
    t: TableBuilder, name: str, result: Limbs, total: Limbs, low_carry: Expression, high_carry: Expression
) -> None:
    """result = total modulo 2^32. Every term is an integer below 2^20 in absolute value and so is every carry times
    2^16, hence both equations, which hold modulo p, hold over the integers; what is dropped is a multiple of 2^32."""
    t.constrain(f"{name}_low_limb_is_the_sum", total.low - result.low - low_carry * LIMB)
    t.constrain(f"{name}_high_limb_is_the_sum", total.high + low_carry - result.high - high_carry * LIMB)


def _round_constant(row: _Row, i: int) -> Limbs:
    """K of round i of this row, by the row's selector."""
    low = high = constant(0)
    for r, selector in enumerate(row.selectors):
        value = ROUND_CONSTANTS[ROUNDS_PER_ROW * r + i]
        low, high = low + selector * (value % LIMB), high + selector * (value // LIMB)
    return Limbs(low, high)


def _constrain_round(t: TableBuilder, i: int, row: _Row, a: _Chain, e: _Chain, w: Word) -> None:
    """Round i: new e = d + h + Sigma1(e) + Ch(e, f, g) + K + w, and new a = new e - d + Sigma0(a) + Maj(a, b, c).

    The first sum has six terms below 2^16 in each limb, so its carries are 0 to 5. In the second, one term is
    subtracted and three are added: its carries are -1 to 2, one less than what the columns hold.
    """
    low_a, low_e = two_carries(t, f"round_{i}_low_carries", weight=3)
    high_a, high_e = two_carries(t, f"round_{i}_high_carries", weight=3)

    e1, e2, e3 = (e.sign_word(i + k) for k in (3, 2, 1))
    total = a.item(i) + e.item(i) + exclusive_or_of_rotations(e1, (6, 11, 25)) + choice(e1, e2, e3)
    total = total + _round_constant(row, i) + w.limbs
    _add_up(t, f"round_{i}_new_e", e.item(i + 4), total, low_e, high_e)

    a1, a2, a3 = (a.sign_word(i + k) for k in (3, 2, 1))
    total = e.item(i + 4) - a.item(i) + exclusive_or_of_rotations(a1, (2, 13, 22)) + majority(a1, a2, a3, i % 2 == 0)
    _add_up(t, f"round_{i}_new_a", a.item(i + 4), total, low_a - row.real, high_a - row.real)


def _constrain_schedule_word(t: TableBuilder, j: int, w: list[Word], inherited: Limbs) -> None:
    """w_j = w_(j-16) + sigma0(w_(j-15)) + w_(j-7) + sigma1(w_(j-2)): the terms of earlier rows are `inherited`.

    Four terms in all, so carries of 0 to 3. In row 0 `inherited` is free, and the words come from the block instead.
    """
    low_carry, high_carry = two_carries(t, f"w_{j}_carries", weight=1)
    total = inherited
    if j >= 2:
        total = total + exclusive_or_of_rotations(w[j - 2], (17, 19), shift=10)
    if j >= 7:
        total = total + w[j - 7].limbs
    if j >= 15:
        total = total + exclusive_or_of_rotations(w[j - 15], (7, 18), shift=3)
    _add_up(t, f"w_{j}", w[j].limbs, total, low_carry, high_carry)


def _constrain_passed_on(t: TableBuilder, j: int, w: list[Word], owed: Limbs) -> None:
    """What word j of the next row owes to this row's words: the mirror of `_constrain_schedule_word`, limbs below
    2^18."""
    total = w[j].limbs + exclusive_or_of_rotations(w[j + 1], (7, 18), shift=3)
    if j < 7:
        total = total + w[j + 9].limbs
    if j < 2:
        total = total + exclusive_or_of_rotations(w[j + 14], (17, 19), shift=10)
    t.constrain(f"passed_on_{j}_low_is_the_sum", total.low - owed.low)
    t.constrain(f"passed_on_{j}_high_is_the_sum", total.high - owed.high)


def _link_state(t: TableBuilder, row: _Row, a: _Chain, e: _Chain) -> None:
    """Receive a, b, c, d, e, f, g, h before the row's first round, newest first, and send them after its last."""

    def variables(newest: int) -> list[Expression]:
        return [limb for chain in (a, e) for k in range(4) for limb in chain.item(newest - k).pair()]

    t.receive(STATE, [row.call, row.index, *variables(3)], row.real)
    t.send(STATE, [row.call, row.index + 1, *variables(ROUNDS_PER_ROW + 3)], row.real)


def _link_schedule(t: TableBuilder, row: _Row, w: list[Word], inherited: list[Limbs], passed_on: list[Limbs]) -> None:
    """Row 0 takes its words from the block; every other row takes what the row before it sent."""
    first, last = row.selectors[0], row.selectors[-1]
    for half in range(2):
        own = slice(8 * half, 8 * half + 8)
        t.receive(BLOCK, [row.call, half, *(limb for x in w[own] for limb in _as_in_memory(x))], first)
        owed = [limb for x in inherited[own] for limb in x.pair()]
        t.receive(SCHEDULE, [row.call, row.index, half, *owed], row.real - first)
        owed = [limb for x in passed_on[own] for limb in x.pair()]
        t.send(SCHEDULE, [row.call, row.index + 1, half, *owed], row.real - last)


def _as_in_memory(w: Word) -> list[Expression]:
    """The two little-endian limbs in memory of a word that SHA-256 reads as big-endian bytes."""
    return [w.byte(3) + w.byte(2) * 256, w.byte(1) + w.byte(0) * 256]
