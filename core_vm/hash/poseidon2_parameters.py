"""The parameters of Poseidon2 over KoalaBear (Grassi, Khovratovich, Schofnegger, ePrint 2023/323), widths 16 and 24.

S-box x^3, four full rounds on either side of the partial ones, constants from the Grain register of the Poseidon paper
(ePrint 2019/458, appendix F). The internal matrix is the all-ones matrix plus a diagonal of small numbers and inverse
powers of two, which are shifts since p = 1 modulo 2^24.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from itertools import compress
from operator import xor
from typing import NamedTuple

from core_vm.field.koalabear import P

FULL_ROUNDS = 8
FIELD_BITS = 31
GRAIN_BITS = 80
GRAIN_TAPS = (0, 13, 23, 38, 51, 62)
GRAIN_WARM_UP = 160
KEPT_AFTER = bytes.maketrans(b"01", b"\0\1")


class DiagonalEntry(NamedTuple):
    """factor / 2^shift: a factor of -4..4 without a shift, or of 1 or -1 with a shift up to 24."""

    factor: int
    shift: int = 0


@dataclass(frozen=True, eq=False)
class Poseidon2:
    """One permutation. `diagonal`, `full_constants` (a row a round) and `partial_constants` are canonical values."""

    width: int
    partial_rounds: int
    entries: tuple[DiagonalEntry, ...]
    diagonal: tuple[int, ...]
    full_constants: tuple[tuple[int, ...], ...]
    partial_constants: tuple[int, ...]


def round_constants(width: int, full: int, partial: int) -> list[int]:
    """The self-shrinking Grain register, most significant bit first, values from p on rejected."""
    setup = f"{1:02b}{0:04b}{FIELD_BITS:012b}{width:012b}{full:010b}{partial:010b}" + "1" * 30
    wanted = full * width + partial
    # A bit is kept after a 1 and dropped after a 0, and one value in 128 is rejected: five bits for one are plenty.
    bits = grain_bits(setup, GRAIN_WARM_UP + 5 * FIELD_BITS * wanted)[GRAIN_WARM_UP:]
    kept = "".join(compress(bits[1::2], bits[::2].encode().translate(KEPT_AFTER)))
    values = (int(kept[i : i + FIELD_BITS], 2) for i in range(0, len(kept) - FIELD_BITS, FIELD_BITS))
    constants = [value for value in values if value < P][:wanted]
    assert len(constants) == wanted
    return constants


def grain_bits(setup: str, count: int) -> str:
    """`count` bits, "0" or "1", that the register gives after the GRAIN_BITS that it is set up with.

    Every bit is the sum of the earlier ones at the taps. Over two elements, the square of a polynomial has the squares
    of its terms: so it is as well the sum of those at twice the distances, at four times, ..., once there are so many.
    No tap is nearer to the end than the last one, so as many bits as lie behind that come out of one step.
    """
    bits, known, stretch = int(setup[::-1], 2), GRAIN_BITS, 1  # bit i of the number is bit i of the sequence
    while known < GRAIN_BITS + count:
        if known >= 2 * stretch * GRAIN_BITS:
            stretch *= 2
        at_once = stretch * (GRAIN_BITS - GRAIN_TAPS[-1])
        past = bits >> known - stretch * GRAIN_BITS
        new = reduce(xor, (past >> stretch * tap for tap in GRAIN_TAPS)) % 2**at_once
        bits, known = bits | new << known, known + at_once
    return f"{bits:0{known}b}"[::-1][GRAIN_BITS : GRAIN_BITS + count]


def _poseidon2(partial_rounds: int, entries: tuple[DiagonalEntry, ...]) -> Poseidon2:
    """The order of the register is: first half of the full rounds, partial rounds, second half."""
    width = len(entries)
    constants = round_constants(width, FULL_ROUNDS, partial_rounds)
    before = FULL_ROUNDS // 2 * width
    after = before + partial_rounds
    full = constants[:before] + constants[after:]
    return Poseidon2(
        width,
        partial_rounds,
        entries,
        diagonal=tuple(entry.factor * pow(2, -entry.shift, P) % P for entry in entries),
        full_constants=tuple(tuple(full[i : i + width]) for i in range(0, len(full), width)),
        partial_constants=tuple(constants[before:after]),
    )


def _inverse_powers(factor: int, *shifts: int) -> tuple[DiagonalEntry, ...]:
    return tuple(DiagonalEntry(factor, shift) for shift in shifts)


_SMALL = (
    *(DiagonalEntry(-2), DiagonalEntry(1), DiagonalEntry(2), DiagonalEntry(1, 1), DiagonalEntry(3), DiagonalEntry(4)),
    *(DiagonalEntry(-1, 1), DiagonalEntry(-3), DiagonalEntry(-4)),
)

POSEIDON2_16 = _poseidon2(20, (*_SMALL, *_inverse_powers(1, 8, 3, 24), *_inverse_powers(-1, 8, 3, 4, 24)))
POSEIDON2_24 = _poseidon2(
    23,
    (*_SMALL, *_inverse_powers(1, 8, 2, 3, 4, 5, 6, 24), *_inverse_powers(-1, 8, 3, 4, 5, 6, 7, 9, 24)),
)
