"""The parameters of Poseidon2 over KoalaBear (Grassi, Khovratovich, Schofnegger, ePrint 2023/323), widths 16 and 24.

S-box x^3, four full rounds on either side of the partial ones, constants from the Grain register of the Poseidon paper
(ePrint 2019/458, appendix F). The internal matrix is the all-ones matrix plus a diagonal of small numbers and inverse
powers of two, which are shifts since p = 1 modulo 2^24.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import NamedTuple

from core_vm.field.koalabear import P

FULL_ROUNDS = 8
FIELD_BITS = 31
GRAIN_TAPS = (0, 13, 23, 38, 51, 62)
GRAIN_WARM_UP = 160


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
    state = deque(int(bit) for bit in setup)

    def step() -> int:
        bit = 0
        for tap in GRAIN_TAPS:
            bit ^= state[tap]
        state.append(bit)
        state.popleft()
        return bit

    for _ in range(GRAIN_WARM_UP):
        step()
    constants: list[int] = []
    while len(constants) < full * width + partial:
        value = taken = 0
        while taken < FIELD_BITS:
            keep, bit = step(), step()
            if keep:
                value, taken = value << 1 | bit, taken + 1
        if value < P:
            constants.append(value)
    return constants


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
