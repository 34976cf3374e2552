"""What the lookups say of digits is what Keccak says of bits, and no sum of digits is another's."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from core_vm.air.keys import key_columns
from core_vm.air.table import Table
from core_vm.field.koalabear import P
from precompiles.keccak.digits import (
    BASE,
    CHUNKS,
    CONSTANT_CHUNKS,
    D_WITH_CONSTANT,
    EVEN_DIGITS,
    LARGEST_DIGITS,
    ROTATED,
    STEP_DIGITS,
    WEIGHTS,
    D,
    byte_of_lane,
    chunk_of_byte,
    moved,
)
from precompiles.keccak.lookups import numbers_module, rotations_module
from precompiles.keccak.reference import NUM_LANES, NUM_ROUNDS, ROUND_CONSTANTS, rho_and_pi

BIT = (0, 1)


def within(bounds: tuple[int, int]) -> range:
    return range(bounds[0], bounds[1] + 1)


def test_the_bounds_are_those_that_the_page_states() -> None:
    assert LARGEST_DIGITS == {
        "EVEN_SUM": 8,
        "STEP": 10,
        "STEP with a constant": 13,
        "STEP of the first theta": 11,
    }
    assert max(LARGEST_DIGITS.values()) < BASE
    assert BASE**CHUNKS < P
    assert (D, D_WITH_CONSTANT) == ((-2, 2), (-3, 4))


def test_a_step_is_chi_and_theta_for_any_digit_of_the_offset() -> None:
    for a, b, c, n, d in product(BIT, BIT, BIT, BIT, within(D_WITH_CONSTANT)):
        is_new = n == a ^ (~b & c & 1) ^ (d & 1)
        is_held = c - b + 2 * (a + n - d) in STEP_DIGITS
        assert is_new or not is_held
        assert is_held or not is_new or d not in BIT, "an honest prover's offsets are bits"


def test_the_first_step_is_an_exclusive_or_of_state_block_and_offset() -> None:
    for a, n, d in product(range(3), BIT, within(D)):
        is_new = n == (a ^ d) & 1
        is_held = 2 * (a + n - d) in STEP_DIGITS
        assert is_new or not is_held
        assert is_held or not is_new or d not in BIT


def test_the_offset_of_bits_has_the_parity_of_theta() -> None:
    for e, first, second in product(BIT, BIT, BIT):
        d = 2 * e - first - second
        assert d in within(D)
        assert d & 1 == first ^ second


def test_an_even_sum_is_the_parity_of_the_column_before_theta() -> None:
    for *before, d, parity in product(*[BIT] * 5, within(D), BIT):
        new = [bit ^ (d & 1) for bit in before]
        assert (sum(new) + d + parity) % 2 == (sum(before) + parity) % 2
        if d in BIT and parity == sum(before) % 2:
            assert sum(new) + d + parity in EVEN_DIGITS


def test_rho_and_pi_move_chunks() -> None:
    lanes = np.random.default_rng(1).integers(0, 2**63, NUM_LANES).tolist()
    after = rho_and_pi(lanes)
    for lane, c in product(range(NUM_LANES), range(CHUNKS)):
        place, chunk, distance = moved(lane, c)
        byte = byte_of_lane(lanes[lane], c)
        assert byte_of_lane(after[place], chunk) == (byte << distance | byte >> 8 - distance) & 0xFF
        assert ((lane, c) in ROTATED) == (distance != 0)
    assert len(ROTATED) == 161


def keys_of(table: Table) -> dict[str, np.ndarray]:
    return {key.name: values.astype(np.int64) for key, values in zip(table.keys, key_columns(table), strict=True)}


def all_numbers(digits: tuple[int, ...]) -> np.ndarray:
    values = np.zeros(1, np.int64)
    for weight in WEIGHTS:
        values = (values[:, None] + np.array([digit * weight for digit in digits])).reshape(-1)
    return values % P


@pytest.mark.parametrize(("key", "digits"), [("step", STEP_DIGITS), ("even_sum", EVEN_DIGITS)])
def test_the_numbers_are_those_of_the_digits(key: str, digits: tuple[int, ...]) -> None:
    found = np.unique(keys_of(numbers_module("keccak").table)[key])
    assert len(found) == 2**16, "no two rows hold one number"
    assert np.array_equal(found, np.unique(all_numbers(digits)))


def test_pairs_of_chunks_and_pieces_of_limbs_are_all_there() -> None:
    keys, chunks = keys_of(numbers_module("keccak").table), [chunk_of_byte(byte) for byte in range(256)]
    assert np.array_equal(keys["first"], np.tile(chunks, 256))
    assert np.array_equal(keys["second"], np.repeat(chunks, 256))
    limb = np.arange(2**16)
    assert np.array_equal(keys["limb"], limb)
    for c in range(CHUNKS):
        assert np.array_equal(keys[f"piece_{c}"], (limb >> c & 1) + BASE * (limb >> c + 8 & 1))


def test_rotations_and_rounds_are_all_there() -> None:
    keys = keys_of(rotations_module("keccak").table)
    for row in range(2**11):
        byte, distance = row % 256, row // 256
        assert (keys["distance"][row], keys["chunk"][row]) == (distance, chunk_of_byte(byte))
        assert keys["rotated"][row] == chunk_of_byte((byte << distance | byte >> 8 - distance) & 0xFF)
        number = row % 32
        constant = ROUND_CONSTANTS[number] if number < NUM_ROUNDS else 0
        assert (keys["round"][row], keys["is_last"][row]) == (number, number == 23)
        for c in range(CHUNKS):
            expected = chunk_of_byte(byte_of_lane(constant, c))
            assert (keys[f"constant_{c}"][row] if c in CONSTANT_CHUNKS else 0) == expected
