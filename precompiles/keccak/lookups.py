"""The lookup tables of Keccak: numbers of eight digits, pieces of limbs, rotations, and the rounds.

Every row holds what is true, whoever asks; the columns are how often each is asked. A shard without a call has neither
table. Keys are multilinear in the bits of the row number: digits are affine in bits of their own, and rotations and
rounds choose among eight or 24 of them by products.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from core_vm.air.table_builder import TableBuilder
from core_vm.field.koalabear import P
from core_vm.tables.gadgets.calls import module_of_lookups
from core_vm.witness.module import TableModule
from precompiles.keccak.buses import CHUNK_PAIR, EVEN_SUM, LIMB, ROTATION, ROUND, STEP
from precompiles.keccak.digits import CHUNKS, CONSTANT_CHUNKS, EVEN_DIGITS, STEP_DIGITS, WEIGHTS, byte_of_lane
from precompiles.keccak.reference import NUM_ROUNDS, ROUND_CONSTANTS

LOG_NUMBERS: Final = 16
LOG_ROTATIONS: Final = 11
_ROUND_BITS: Final = 5

Key = Callable[[Sequence[Any]], Any]


def _weighed(bits: Sequence[Any], weights: Sequence[int], start: int = 0) -> Any:
    return sum((bit * weight for bit, weight in zip(bits, weights, strict=True)), bits[0] * 0 + start)


def _digits(values: tuple[int, ...]) -> Key:
    """Digit j is the value of the bits 2 j and 2 j + 1: the least, and a step more for each of the two that is set."""
    least, *more = sorted(values)
    steps = more[0] - least, more[1] - least
    assert least + sum(steps) == more[2], "the two bits' steps add up"
    weights = [step * weight for weight in WEIGHTS for step in steps]
    return lambda bits: _weighed(bits[:16], weights, least * sum(WEIGHTS) % P)


def _piece(chunk: int) -> Key:
    return lambda bits: bits[chunk] + bits[chunk + CHUNKS] * WEIGHTS[1]


def _is(bits: Sequence[Any], value: int) -> Any:
    """1 where these bits are those of the value, else 0."""
    product: Any = 1
    for k, bit in enumerate(bits):
        product = product * (bit if value >> k & 1 else 1 - bit)
    return product


def numbers_module(name: str) -> TableModule:
    """The table `keccak_numbers`: 2^16 rows."""
    t = TableBuilder("keccak_numbers", LOG_NUMBERS, __doc__ or "")
    step, even = t.key("step", _digits(STEP_DIGITS)), t.key("even_sum", _digits(EVEN_DIGITS))
    t.receive_counted(STEP, (step,), t.column("step_multiplicity"))
    t.receive_counted(EVEN_SUM, (even,), t.column("even_sum_multiplicity"))
    first = t.key("first", lambda bits: _weighed(bits[:8], WEIGHTS))
    second = t.key("second", lambda bits: _weighed(bits[8:16], WEIGHTS))
    t.receive_counted(CHUNK_PAIR, (first, second), t.column("chunk_pair_multiplicity"))
    limb = t.key("limb", lambda bits: _weighed(bits, [1 << k for k in range(16)]))
    pieces = [t.key(f"piece_{c}", _piece(c)) for c in range(CHUNKS)]
    t.receive_counted(LIMB, (limb, *pieces), t.column("limb_multiplicity"))
    return module_of_lookups(name, t.build())


def rotations_module(name: str) -> TableModule:
    """The table `keccak_rotations`: row = chunk + 2^8 distance, and row = round + 2^5 anything.

    There are 32 rounds, the last eight of which no call reaches: nothing sends the state before round 25.
    """
    t = TableBuilder("keccak_rotations", LOG_ROTATIONS, __doc__ or "")
    rotation = (
        t.key("distance", lambda bits: _weighed(bits[8:11], (1, 2, 4))),
        t.key("chunk", lambda bits: _weighed(bits[:8], WEIGHTS)),
        t.key("rotated", _rotated),
    )
    t.receive_counted(ROTATION, rotation, t.column("rotation_multiplicity"))
    number = t.key("round", lambda bits: _weighed(bits[:_ROUND_BITS], [1 << k for k in range(_ROUND_BITS)]))
    is_last = t.key("is_last", lambda bits: _is(bits[:_ROUND_BITS], NUM_ROUNDS - 1))
    constants = [t.key(f"constant_{c}", _constant(c)) for c in CONSTANT_CHUNKS]
    t.receive_counted(ROUND, (number, is_last, *constants), t.column("round_multiplicity"))
    return module_of_lookups(name, t.build())


def _rotated(bits: Sequence[Any]) -> Any:
    """Digit j goes to j + distance."""
    total: Any = 0
    for distance in range(8):
        weights = [WEIGHTS[(j + distance) % 8] for j in range(8)]
        total = total + _is(bits[8:11], distance) * _weighed(bits[:8], weights)
    return total


def _constant(chunk: int) -> Key:
    """The bits of each round's constant that stand in this chunk."""

    def function(bits: Sequence[Any]) -> Any:
        total: Any = bits[0] * 0
        for number, constant in enumerate(ROUND_CONSTANTS):
            byte, chosen = byte_of_lane(constant, chunk), _is(bits[:_ROUND_BITS], number)
            for j, weight in enumerate(WEIGHTS):
                if byte >> j & 1:
                    total = total + chosen * weight
        return total

    return function
