"""A row that lies and repairs all that it can: what notices it is the one lookup, or the one constraint, that says it.

Each of these would be a forged digest without what notices it.
"""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from core_vm.field.koalabear import P
from precompiles.keccak.digits import CHUNKS, WEIGHTS
from precompiles.keccak.reference import ROUND_CONSTANTS, rho_and_pi
from tests.precompiles.keccak.filled import ROUNDS, Filled, column, random_calls
from tests.precompiles.keccak.round_rows import Round, faults, honest_rounds, row_of
from tests.soundness.deletion import constraint_values
from tests.soundness.row_search import lookups_hold

STEP, EVEN_SUM, CHUNK_PAIR = "keccak_step", "keccak_even_sum", "keccak_chunk_pair"
ROTATION, ROUND = "keccak_rotation", "keccak_round"
LAST = 22


def column_of(x: int) -> list[int]:
    """The lanes of a column."""
    return [x + 5 * y for y in range(5)]


def with_first(first: Round, number: int) -> np.ndarray:
    """The row whose second round goes on from what the first one leaves."""
    return row_of(number, (first, Round.honest(rho_and_pi(first.new), number + 1)))


def test_rows_made_here_are_those_that_the_kernel_fills() -> None:
    events = random_calls(2)
    filled = Filled(events).rows("keccak_rounds")
    lanes = events.before[1][1].copy()
    lanes[:17] ^= events.before[0][1]
    state = [int(lane) for lane in lanes]
    parity = [state[x] ^ state[x + 5] ^ state[x + 10] ^ state[x + 15] ^ state[x + 20] for x in range(5)]
    offset = [parity[x - 1] ^ (parity[(x + 1) % 5] << 1 | parity[(x + 1) % 5] >> 63) % 2**64 for x in range(5)]
    taken = rho_and_pi([lane ^ offset[n % 5] for n, lane in enumerate(state)])
    for place in range(12):
        first = Round.honest(taken, 2 * place)
        second = Round.honest(rho_and_pi(first.new), 2 * place + 1)
        expected = row_of(2 * place, (first, second), int(events.times[1]))
        assert np.array_equal(expected, filled[:, 12 + place])
        assert place % 5 or faults(expected) == set()
        taken = rho_and_pi(second.new)


@pytest.mark.parametrize("seed", range(5))
def test_each_lookup_alone_notices_what_it_says(seed: int) -> None:
    rng, number = random.Random(seed), 2 * (seed % 11)
    x, y, z = rng.randrange(5), rng.randrange(5), rng.randrange(64)
    first, _ = honest_rounds(number, seed)
    lane, other = x + 5 * y, x + 5 * ((y + 1) % 5)
    assert faults(with_first(first, number)) == set()
    # One new bit: its step, and the parity of its column.
    assert faults(with_first(first.flipped(z, new=[lane]), number)) == {STEP, EVEN_SUM}
    # Two of a column: the parity stays.
    assert faults(with_first(first.flipped(z, new=[lane, other]), number)) == {STEP}
    # A bit of D, and the column with it: parity and steps stay, but D is not that of theta.
    assert faults(with_first(first.flipped(z, new=column_of(x), offset=[x]), number)) == {CHUNK_PAIR}
    # A bit of C, and all that follows from it: D, the new bits, but not the column that it is the parity of.
    forged = first.flipped(z, new=column_of((x + 1) % 5), offset=[(x + 1) % 5], parity=[x])
    forged = forged.flipped((z + 1) % 64, new=column_of((x - 1) % 5), offset=[(x - 1) % 5])
    assert faults(with_first(forged, number)) == {EVEN_SUM}


@pytest.mark.parametrize("seed", range(4))
def test_a_rotated_chunk_is_that_of_its_lane(seed: int) -> None:
    """What the next row takes is bound to the new bits by nothing else."""
    rng, row = random.Random(seed), row_of(4, honest_rounds(4, seed))
    place, weight = column("keccak_rounds", f"round_1_rotated_{rng.randrange(161)}"), WEIGHTS[rng.randrange(8)]
    has_bit = row[place] // weight % 14
    row[place] += -weight if has_bit else weight
    assert faults(row) == {ROTATION}
    row[place] += 2 * weight
    assert ROTATION in faults(row), "nor is it made of other digits"


@pytest.mark.parametrize("bit", [0, 1, 3, 7, 15, 31, 63])
def test_the_constant_is_that_of_the_round(bit: int) -> None:
    first, last = honest_rounds(LAST)
    forged = replace(last.flipped(bit, new=[0]), constant=last.constant ^ 1 << bit)
    forged = replace(forged, with_constant=forged.constant)
    assert faults(row_of(LAST, (first, forged))) == {ROUND}
    assert ROUND_CONSTANTS[LAST + 1] == last.constant


@pytest.mark.parametrize("number", [0, 4, 20])
def test_only_the_last_round_ends_a_call(number: int) -> None:
    first, second = honest_rounds(number)
    ended = replace(second, offset=(0,) * 5, parity=(0,) * 5, with_constant=second.constant)
    ended = replace(ended, new=tuple(lane ^ second.offset[n % 5] for n, lane in enumerate(second.new)))
    row, is_last = row_of(number, (first, ended)), column("keccak_rounds", "is_last")
    assert faults(row) == {EVEN_SUM}
    row[is_last] = 1
    assert faults(row) == {ROUND}, "and in no other way is a round without theta one"
    row = row_of(LAST, honest_rounds(LAST))
    row[is_last] = 0
    assert ROUND in faults(row)


@pytest.mark.parametrize("x", range(5))
def test_nothing_is_added_to_the_result(x: int) -> None:
    """After the last round nobody asks whose parity C is: theta of any C would forge bits of the digest."""
    first, last = honest_rounds(LAST, x)
    z = 7 + 8 * x
    forged = last.flipped(z, new=column_of((x + 1) % 5), offset=[(x + 1) % 5], parity=[x])
    forged = forged.flipped((z + 1) % 64, new=column_of((x - 1) % 5), offset=[(x - 1) % 5])
    places = {((x + 1) % 5, z % 8), ((x - 1) % 5, (z + 1) % 8)}
    assert faults(row_of(LAST, (first, forged))) == {f"the_last_round_adds_no_offset_{a}_{c}" for a, c in places}
    assert forged.new[:4] != last.new[:4]


def with_even_digits(row: np.ndarray) -> np.ndarray:
    """(width, 320): the row with one digit of one chunk of the second round's D larger by 2."""
    places = [column("keccak_rounds", f"round_1_offset_{n}") for n in range(5 * CHUNKS)]
    changed = np.repeat(row[:, None], len(places) * len(WEIGHTS), axis=1)
    for n, (place, weight) in enumerate(product(places, WEIGHTS)):
        changed[place, n] = (changed[place, n] + 2 * weight) % P
    return changed


def test_each_offset_of_the_last_round_has_a_constraint() -> None:
    """An even digit changes nothing, but shows that one constraint alone speaks of it."""
    missing = {f"the_last_round_adds_no_offset_{x}_{c}" for x in range(5) for c in range(CHUNKS)}
    for seed in range(40):
        rows = with_even_digits(row_of(LAST, honest_rounds(LAST, seed)))
        violated = constraint_values(ROUNDS.table, rows) != 0
        alone = (violated.sum(axis=0) == 1) & lookups_hold(ROUNDS.table, rows)
        missing -= {ROUNDS.table.constraints[n].name for n in np.flatnonzero(violated[:, alone].any(axis=1))}
        if not missing:
            return
    assert not missing


def test_a_filling_row_is_never_the_last_of_a_call() -> None:
    """Else it would take a state and give another, with nothing looked up."""
    row = np.zeros(len(ROUNDS.table.columns), np.int64)
    row[column("keccak_rounds", "is_last")] = 1
    assert faults(row) == {"only_a_row_in_use_is_last"}


def test_digits_of_the_offset_are_free_where_their_parity_stays() -> None:
    """Where all five steps have room for D + 2, the row means the same, and is accepted."""
    rows = with_even_digits(row_of(6, honest_rounds(6)))
    assert not constraint_values(ROUNDS.table, rows).any()
    accepted = int(lookups_hold(ROUNDS.table, rows).sum())
    assert 0 < accepted < 40, "few of 320"


@pytest.mark.parametrize("digit", [2, 3, -1, 5, 13])
def test_a_new_bit_is_a_bit(digit: int) -> None:
    row = row_of(6, honest_rounds(6))
    place = column("keccak_rounds", "round_0_bits_17")
    row[place] = (row[place] - row[place] // 14 % 14 * 14 + digit * 14) % P
    assert faults(row) & {ROTATION, CHUNK_PAIR}
