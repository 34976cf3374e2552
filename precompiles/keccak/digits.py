"""Lanes in digits: eight bits of a lane are one field element.

Chunk c of a lane holds its bits c, c + 8, .., c + 56 as the digits 0 or 1 of a number in base V = 14. Rotating a lane
by r takes chunk c to chunk (c + r) mod 8, its digits rotated by (c + r) div 8. Sums of chunks have small digits, which
are unique, so that one lookup says of eight digits what they may be:

- STEP: for bits a, b, c of the rotated state and D of theta, the new bit n is a xor (not b and c) xor D if and only if
  c - b + 2 (a + n - D) is -1, 0, 3 or 4. For any other *integer* D the "if" holds with D's parity: D needs no normal
  form. The first theta of a call, of state + block with digits 0 to 2, is the same with b = c = 0.
- EVEN_SUM: the five new bits of a column, D and C are 0, 2, 4 or 6 together. The new bits are those before theta, each
  with D added, so C is the parity of those before.
- CHUNK_PAIR: D = 2 e - C - C' with a bit e, so D has the parity of theta's offset.
"""

from __future__ import annotations

from typing import Final

from core_vm.arguments import rely_on
from core_vm.field.koalabear import P
from precompiles.keccak.reference import NUM_LANES, PLACES, ROTATIONS, ROUND_CONSTANTS

CHUNKS: Final = 8
BASE: Final = 14
WEIGHTS: Final = tuple(BASE**j for j in range(8))
STEP_DIGITS: Final = (-1, 0, 3, 4)
EVEN_DIGITS: Final = (0, 2, 4, 6)

Range = tuple[int, int]
"""The least and the largest value of a digit."""
_BIT: Final = (0, 1)


def _sum(*terms: tuple[int, Range]) -> Range:
    """Of a factor and a digit each."""
    ends = [sorted((factor * low, factor * high)) for factor, (low, high) in terms]
    return sum(low for low, _ in ends), sum(high for _, high in ends)


def _differs_most(digit: Range, entries: tuple[int, ...]) -> int:
    """The largest difference of such a digit and an entry of a lookup table."""
    return max(digit[1] - min(entries), max(entries) - digit[0])


def _step(a: Range, b: Range, c: Range, d: Range) -> int:
    return _differs_most(_sum((1, c), (-1, b), (2, a), (2, _BIT), (-2, d)), STEP_DIGITS)


# In the order in which they follow: new bits and C are bits by lookup, and from those D; then D with a constant added.
D: Final = _sum((2, _BIT), (-1, _BIT), (-1, _BIT))
D_WITH_CONSTANT: Final = _sum((2, _BIT), (-1, D), (-1, _BIT))
LARGEST_DIGITS: Final = {
    "EVEN_SUM": _differs_most(_sum((5, _BIT), (1, D), (1, _BIT)), EVEN_DIGITS),
    "STEP": _step(_BIT, _BIT, _BIT, D),
    "STEP with a constant": _step(_BIT, _BIT, _BIT, D_WITH_CONSTANT),
    "STEP of the first theta": _step((0, 2), (0, 0), (0, 0), D),
}
"""The largest digit of what is looked up, less an entry."""
rely_on(max(LARGEST_DIGITS.values()) < BASE, "a number that differs from an entry in some digit is another number")
rely_on(BASE**8 < P, "a number of eight digits below the base that is zero modulo p has no digits but zeros")


def chunk_of_byte(byte: int) -> int:
    """Bit j as digit j."""
    return sum(weight for j, weight in enumerate(WEIGHTS) if byte >> j & 1)


def byte_of_lane(lane: int, chunk: int) -> int:
    """The bits of a chunk."""
    return sum((lane >> (chunk + 8 * j) & 1) << j for j in range(8))


def moved(lane: int, chunk: int) -> tuple[int, int, int]:
    """(lane, chunk, digits rotated) after rho and pi."""
    return PLACES[lane], (chunk + ROTATIONS[lane]) % 8, (chunk + ROTATIONS[lane]) // 8 % 8


ROTATED: Final = tuple((lane, chunk) for lane in range(NUM_LANES) for chunk in range(CHUNKS) if moved(lane, chunk)[2])
"""The chunks whose digits are rotated; the others are the same numbers before and after."""
CONSTANT_CHUNKS: Final = tuple(c for c in range(CHUNKS) if any(byte_of_lane(k, c) for k in ROUND_CONSTANTS))
"""Those in which a round constant can have a bit."""
