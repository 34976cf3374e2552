"""Poseidon2-16 of one state by long integers: the transcript of a verifier, who has no compiler.

Python takes about as long to add two integers of a thousand bits as two of thirty. So a state is one integer, an
element a lane, and the linear step of a full round some shifts and additions of it. Of a partial round one element
alone goes through the S-box: whatever follows is linear in the state and in the cubes so far. So all partial rounds
together are sums of *columns*, one for each element and each cube: a column's lanes say how much of it goes into the
S-box of each round, and in the end into each element. `poseidon2.permute` is the definition.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from functools import cache
from operator import mul

from core_vm.field.koalabear import P
from core_vm.hash.poseidon2 import HALF_FULL, WIDTH
from core_vm.hash.poseidon2_parameters import POSEIDON2_16

LANE = 64
"""Bits an element: a full round makes one of 31 bits at most 35 times as large, and adds a constant."""
BLOCK = 4 * LANE
COLUMN_LANE = 72
"""Bits in a column: WIDTH elements of up to 35 p and twenty cubes below p, each times a coefficient below p."""
COLUMN_MASK = (1 << COLUMN_LANE) - 1
_LANES = struct.Struct(f"<{WIDTH}Q")


def _packed(elements: Sequence[int]) -> int:
    return int.from_bytes(_LANES.pack(*elements), "little")


def _unpacked(s: int) -> tuple[int, ...]:
    return _LANES.unpack(s.to_bytes(_LANES.size, "little"))


def _masks(*bits: int) -> int:
    """As many low bits of the lanes of each block."""
    return _packed([(1 << count) - 1 for count in bits] * (WIDTH // len(bits)))


_BLOCKS = range(0, LANE * WIDTH, BLOCK)
_EVERY_BLOCK, _ONE_BLOCK = sum(1 << at for at in _BLOCKS), (1 << BLOCK) - 1
_FIRST_THREE, _FOURTH = _masks(LANE, LANE, LANE, 0), _masks(0, 0, 0, LANE)
_FIRST_TWO, _LAST_TWO = _masks(LANE, LANE, 0, 0), _masks(0, 0, LANE, LANE)
_LOW, _HIGH = _masks(31), _masks(LANE - 31)
_CONSTANTS = [_packed(constants) for constants in POSEIDON2_16.full_constants]


def permute_long(state: Sequence[int]) -> list[int]:
    """The permutation of 16 canonical values."""
    s = _external(_packed(state))
    for constants in _CONSTANTS[:HALF_FULL]:
        s = _full_round(s + constants)
    s = _packed(_partial_rounds(_unpacked(s)))
    for constants in _CONSTANTS[HALF_FULL:]:
        s = _full_round(s + constants)
    return [x % P for x in _unpacked(s)]


def _full_round(s: int) -> int:
    """2^31 is 2^31 - p modulo p: so elements come down to 32 bits, of which the cube is soon had."""
    s = (s & _LOW) + (s >> 31 & _HIGH) * (2**31 - P)
    return _external(_packed([x * x * x % P for x in _unpacked(s)]))


def _external(s: int) -> int:
    """circ(2 M, M, M, M) with M = circ(2, 3, 1, 1), without reductions: in a block, the sum, x0 and twice x1."""
    following = s >> LANE & _FIRST_THREE | s << 3 * LANE & _FOURTH
    pairs = s + following
    others = pairs >> 2 * LANE & _FIRST_TWO | pairs << 2 * LANE & _LAST_TWO
    s = pairs + others + pairs + following
    total = s + (s >> 2 * BLOCK)
    return s + (total + (total >> BLOCK) & _ONE_BLOCK) * _EVERY_BLOCK


def _partial_rounds(state: Sequence[int]) -> list[int]:
    column, of_elements, of_cubes = _columns()
    column = sum(map(mul, state, of_elements), column)
    for of_cube in of_cubes:
        x = (column & COLUMN_MASK) % P
        column = (column >> COLUMN_LANE) + x * x * x % P * of_cube
    return [(column >> at & COLUMN_MASK) % P for at in range(0, COLUMN_LANE * WIDTH, COLUMN_LANE)]


@cache
def _columns() -> tuple[int, list[int], list[int]]:
    """Of the constants, of each element, and of each cube, whose lanes are those of later rounds and of elements.

    While they are found, whatever is linear is a list: a constant, and what the elements and the cubes are multiplied
    by.
    """
    cubes, size = 1 + WIDTH, 1 + WIDTH + POSEIDON2_16.partial_rounds
    units = [[int(at == number) for at in range(size)] for number in range(size)]
    state, lanes = units[1:cubes], list[list[int]]()
    for constant, cube in zip(POSEIDON2_16.partial_constants, units[cubes:], strict=True):
        lanes.append([(state[0][0] + constant) % P, *state[0][1:]])
        state[0] = cube
        total = [sum(of_all) for of_all in zip(*state, strict=True)]
        state = [
            [(t + x * d) % P for t, x in zip(total, form, strict=True)]
            for form, d in zip(state, POSEIDON2_16.diagonal, strict=True)
        ]
    lanes += state
    columns = [sum(x << COLUMN_LANE * at for at, x in enumerate(of_one)) for of_one in zip(*lanes, strict=True)]
    later = [column >> COLUMN_LANE * (number + 1) for number, column in enumerate(columns[cubes:])]
    return columns[0], columns[1:cubes], later
