"""Poseidon2 of width 16 over KoalaBear (Grassi, Khovratovich, Schofnegger, ePrint 2023/323), in Python and in numpy.

S-box x^3, 4 + 20 + 4 rounds, constants from the Grain register of the Poseidon paper (ePrint 2019/458, appendix F).
`permute` works on one list of integers; `permute_batch` on many states at once. All values are canonical.

Compression and leaf hashing feed the input forward: compress(l, r) = (P(l|r) + (l|r))[0:8]. Truncation alone would not
be collision-resistant, because P can be inverted. A digest is eight elements, 248 bits: collisions cost 2^124.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from core_vm.field.koalabear import Integers, P

WIDTH = 16
RATE = 8
DIGEST = 8
FULL_ROUNDS = 8
PARTIAL_ROUNDS = 20
FIELD_BITS = 31
GRAIN_TAPS = (0, 13, 23, 38, 51, 62)
GRAIN_WARM_UP = 160

Digest = Sequence[int]


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


def _split(constants: list[int]) -> tuple[list[list[int]], list[int]]:
    """The order of the register is: first half of the full rounds, partial rounds, second half."""
    first, last = constants[: FULL_ROUNDS // 2 * WIDTH], constants[FULL_ROUNDS // 2 * WIDTH + PARTIAL_ROUNDS :]
    full = first + last
    rows = [full[i : i + WIDTH] for i in range(0, len(full), WIDTH)]
    return rows, constants[len(first) : len(first) + PARTIAL_ROUNDS]


FULL_CONSTANTS, PARTIAL_CONSTANTS = _split(round_constants(WIDTH, FULL_ROUNDS, PARTIAL_ROUNDS))


def _power_of_half(k: int) -> int:
    return pow(2, -k, P)


# The internal matrix is the all-ones matrix plus this diagonal.
DIAGONAL = [
    value % P
    for value in (
        *(-2, 1, 2, _power_of_half(1), 3, 4, -_power_of_half(1), -3, -4),
        *(_power_of_half(8), _power_of_half(3), _power_of_half(24)),
        *(-_power_of_half(8), -_power_of_half(3), -_power_of_half(4), -_power_of_half(24)),
    )
]


def _external(s: list[int]) -> list[int]:
    """circ(2 M, M, M, M) with M = circ(2, 3, 1, 1), without reductions (entries grow by at most 35)."""
    rows = []
    for x0, x1, x2, x3 in zip(s[0::4], s[1::4], s[2::4], s[3::4], strict=True):
        left, right = x0 + x1, x2 + x3
        total = left + right
        with_x1, with_x3 = total + x1, total + x3
        rows += (with_x1 + left, with_x1 + 2 * x2, with_x3 + right, with_x3 + 2 * x0)
    sums = [rows[k] + rows[k + 4] + rows[k + 8] + rows[k + 12] for k in range(4)] * 4
    return [row + total for row, total in zip(rows, sums, strict=True)]


def _full_round(s: list[int], constants: list[int]) -> list[int]:
    return _external([(x + c) ** 3 % P for x, c in zip(s, constants, strict=True)])


def permute(state: Sequence[int]) -> list[int]:
    """The permutation of 16 canonical values."""
    s = _external(list(state))
    for constants in FULL_CONSTANTS[: FULL_ROUNDS // 2]:
        s = _full_round(s, constants)
    for constant in PARTIAL_CONSTANTS:
        s[0] = (s[0] + constant) ** 3 % P
        total = sum(s)
        s = [(total + x * d) % P for x, d in zip(s, DIAGONAL, strict=True)]
    for constants in FULL_CONSTANTS[FULL_ROUNDS // 2 :]:
        s = _full_round(s, constants)
    return [x % P for x in s]


_P = np.uint64(P)
_FULL = np.array(FULL_CONSTANTS, np.uint64)[:, :, None]
_DIAGONAL = np.array(DIAGONAL, np.uint64)[:, None]
_States = npt.NDArray[np.uint64]  # (16, n): one row an element of the state


def _cube(x: _States) -> _States:
    return x * x % _P * x % _P


def _external_batch(s: _States) -> _States:
    x = s.reshape(4, 4, -1)
    total = x.sum(axis=1, keepdims=True)
    rows = total + x + 2 * np.roll(x, -1, axis=1)  # circ(2, 3, 1, 1)
    return (rows + rows.sum(axis=0, keepdims=True)).reshape(s.shape)


def permute_batch(states: Integers) -> npt.NDArray[np.uint32]:
    """The permutation of every row of an (n, 16) array."""
    s = _external_batch(np.ascontiguousarray(np.asarray(states, np.uint64).T))
    for constants in _FULL[: FULL_ROUNDS // 2]:
        s = _external_batch(_cube((s + constants) % _P))
    s %= _P
    for constant in PARTIAL_CONSTANTS:
        s[0] = _cube((s[0] + np.uint64(constant)) % _P)
        s = (s * _DIAGONAL + s.sum(axis=0)) % _P
    for constants in _FULL[FULL_ROUNDS // 2 :]:
        s = _external_batch(_cube((s + constants) % _P))
    return np.ascontiguousarray((s % _P).astype(np.uint32).T)


def compress(left: Digest, right: Digest) -> list[int]:
    """Two digests of eight elements to one."""
    state = [*left, *right]
    return [(x + y) % P for x, y in zip(permute(state)[:DIGEST], state, strict=False)]


def compress_batch(left: Integers, right: Integers) -> npt.NDArray[np.uint32]:
    """Row by row: two (n, 8) arrays to one (n, 8)."""
    left = np.asarray(left, np.uint64)
    states = np.concatenate([left, np.asarray(right, np.uint64)], axis=1)
    return ((permute_batch(states)[:, :DIGEST] + left) % _P).astype(np.uint32)


def hash_leaf(elements: Sequence[int]) -> list[int]:
    """Chains the blocks of eight elements from the zero digest; the length is fixed by the shape of the tree."""
    digest = [0] * DIGEST
    for start in range(0, len(elements), RATE):
        block = list(elements[start : start + RATE])
        digest = compress(digest, block + [0] * (RATE - len(block)))
    return digest


def hash_leaves_batch(rows: Integers) -> npt.NDArray[np.uint32]:
    """`hash_leaf` of every row of an (n, width) array: (n, 8)."""
    rows = np.asarray(rows, np.uint64)
    height, width = rows.shape
    padded = np.zeros((height, -(-width // RATE) * RATE), np.uint64)
    padded[:, :width] = rows
    digests = np.zeros((height, DIGEST), np.uint32)
    for start in range(0, width, RATE):
        digests = compress_batch(digests, padded[:, start : start + RATE])
    return digests
