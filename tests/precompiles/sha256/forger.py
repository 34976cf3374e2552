"""A prover that breaks exactly one constraint: an independent computation of the round rows, with a fault a call.

Everything is computed in integers from signs and limbs, not from words, so that a fault's consequences are carried
through the rest of the call: what comes out violates the constraint at which the fault was set, and nothing else.
A fault may be out of reach for a particular input (a carry would leave its range): then the call is not `feasible`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core_vm.field.koalabear import P
from precompiles.sha256.reference import ROUND_CONSTANTS
from tests.precompiles.sha256.calls import ROUND_MODULE, ROWS_PER_CALL

LIMB = 2**16
INVERSE_OF_LIMB = pow(LIMB, -1, P)
WEIGHTS = (1 << np.arange(16))[:, None]
COLUMN = {name: number for number, name in enumerate(ROUND_MODULE.table.columns)}


@dataclass(frozen=True)
class Fault:
    """In `row` of its call, break `constraint`.

    kind "sign": the sign `bit` of `word` takes another value, made good for in the limb by flipping its neighbour.
    kind "sum": limb `bit` (0 or 1) of the result `word` is one less than the sum.
    kind "carry": the carry out of limb `bit` into `word` is no small integer.
    """

    constraint: str
    kind: str
    row: int
    word: str
    bit: int


class Forgery:
    """Round rows of n calls, call k with faults[k]. `rounds`: canonical (width, 4n); `final`: limbs left, (16, n)."""

    def __init__(self, state: np.ndarray, block: np.ndarray, faults: Sequence[Fault | None], calls: np.ndarray) -> None:
        n = len(faults)
        self.faults, self.feasible = faults, np.ones(n, dtype=bool)
        self.rounds = np.zeros((ROUND_MODULE.table.width, n, ROWS_PER_CALL), dtype=np.int64)
        variables, inherited = _limbs(state), np.zeros((16, 2, n), dtype=np.int64)
        for self.row in range(ROWS_PER_CALL):
            self._put("call", calls)
            self._put(f"is_row_{self.row}", np.ones(n, dtype=np.int64))
            words, inherited = self._schedule(_limbs(block) if self.row == 0 else None, inherited)
            variables = self._rounds(variables, words)
        self.final = variables.reshape(16, n)
        self.rounds = self.rounds.reshape(len(self.rounds), -1)

    def _put(self, name: str, values: np.ndarray) -> None:
        self.rounds[COLUMN[name], :, self.row] = values % P

    def _put_limbs(self, name: str, limbs: np.ndarray) -> None:
        self._put(f"{name}_low", limbs[0])
        self._put(f"{name}_high", limbs[1])

    def _hits(self, kind: str, word: str) -> list[tuple[int, int]]:
        """The calls with a fault here, and its bit."""
        return [
            (call, fault.bit)
            for call, fault in enumerate(self.faults)
            if fault is not None and (fault.kind, fault.row, fault.word) == (kind, self.row, word)
        ]

    def _signs(self, name: str, limbs: np.ndarray) -> np.ndarray:
        """The signs (32, n) of a word, with the fault that may be set there."""
        bits = np.concatenate([limb >> np.arange(16)[:, None] & 1 for limb in limbs])
        signs = 1 - 2 * bits
        for call, bit in self._hits("sign", name):
            neighbour = bit - 1 if bit % 16 == 15 else bit + 1
            sign = signs[neighbour, call]
            signs[bit, call] += sign if neighbour < bit else 4 * sign
            signs[neighbour, call] = -sign
        for bit in range(32):
            self._put(f"{name}_sign_{bit}", signs[bit])
        return signs

    def _exact(self, four_times: np.ndarray) -> np.ndarray:
        self.feasible &= (four_times % 4 == 0).all(axis=0)
        return four_times // 4

    def _schedule(self, block: np.ndarray | None, inherited: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The limbs (16, 2, n) of this row's words, and what it passes on."""
        limbs, signs = np.zeros_like(inherited), []
        for j in range(16):
            own = np.zeros_like(limbs[0])
            own += _xor(signs[j - 2], (17, 19), 10) if j >= 2 else 0
            own += 4 * limbs[j - 7] if j >= 7 else 0
            own += _xor(signs[j - 15], (7, 18), 3) if j >= 15 else 0
            if block is not None:
                inherited[j] = block[j] - self._exact(own)
            self._put_limbs(f"inherited_{j}", inherited[j])
            limbs[j], (low, high) = self._add(f"w_{j}", inherited[j] + self._exact(own))
            self._put_carries(f"w_{j}_carries", low, high, 1)
            signs.append(self._signs(f"w_{j}", limbs[j]))
        return limbs, self._pass_on(limbs, signs)

    def _pass_on(self, limbs: np.ndarray, signs: list[np.ndarray]) -> np.ndarray:
        owed = limbs.copy()
        for j in range(15):
            total = 4 * limbs[j] + _xor(signs[j + 1], (7, 18), 3)
            total += 4 * limbs[j + 9] if j < 7 else 0
            total += _xor(signs[j + 14], (17, 19), 10) if j < 2 else 0
            owed[j] = self._exact(total)
            for call, limb in self._hits("sum", f"passed_on_{j}"):
                owed[j, limb, call] -= 1
            self._put_limbs(f"passed_on_{j}", owed[j])
        return owed

    def _rounds(self, variables: np.ndarray, words: np.ndarray) -> np.ndarray:
        """From the limbs (8, 2, n) of a..h to those after sixteen rounds."""
        a, e = list(variables[3::-1]), list(variables[:3:-1])
        for name, chain in (("a", a), ("e", e)):
            self._put_limbs(f"{name}_0", chain[0])
        a_signs, e_signs = (
            [None, *(self._signs(f"{c}_{i}", v[i]) for i in (1, 2, 3))] for c, v in (("a", a), ("e", e))
        )
        for i in range(16):
            constant = ROUND_CONSTANTS[16 * self.row + i]
            total = 4 * (a[i] + e[i] + words[i] + np.array([[constant % LIMB], [constant // LIMB]]))
            total += _xor(e_signs[i + 3], (6, 11, 25), None) + _choice(e_signs[i + 3], e_signs[i + 2], e_signs[i + 1])
            new_e, carries_e = self._add(f"round_{i}_new_e", self._exact(total))
            total = 4 * (new_e - a[i]) + _xor(a_signs[i + 3], (2, 13, 22), None)
            total += _majority(a_signs[i + 3], a_signs[i + 2], a_signs[i + 1])
            new_a, carries_a = self._add(f"round_{i}_new_a", self._exact(total))
            for half, low_a, low_e in zip(("low", "high"), carries_a, carries_e, strict=True):
                self._put_carries(f"round_{i}_{half}_carries", low_a + 1, low_e, 3)
            a.append(new_a)
            e.append(new_e)
            if i < 15:
                a_signs.append(self._signs(f"a_{i + 4}", new_a))
                e_signs.append(self._signs(f"e_{i + 4}", new_e))
        self._put_limbs("a_19", a[-1])
        self._put_limbs("e_19", e[-1])
        return np.array([*a[:-5:-1], *e[:-5:-1]])

    def _add(self, name: str, total: np.ndarray) -> tuple[np.ndarray, list[np.ndarray]]:
        """The result (2, n) and its two carries, which are field elements where the fault is one of a carry."""
        low_carry = total[0] >> 16
        high_carry = (total[1] + low_carry) >> 16
        result = np.stack([total[0] & 0xFFFF, (total[1] + low_carry) & 0xFFFF])
        for call, limb in self._hits("sum", name):
            self.feasible[call] &= result[limb, call] > 0
            result[limb, call] -= 1
        for call, limb in self._hits("carry", name):
            if limb == 0:
                low_carry[call] = self._forge_low_limb(result[:, call], total[0, call])
                self.feasible[call] &= low_carry[call] >= 0
            else:
                self.feasible[call] &= result[1, call] > 0
                result[1, call] -= 1
                high_carry[call] = (total[1, call] + low_carry[call] - result[1, call]) * INVERSE_OF_LIMB % P
        return result, [low_carry, high_carry]

    def _forge_low_limb(self, result: np.ndarray, total: int) -> int:
        """Another result of the same residue modulo p; returns the fraction that is then the low carry, or -1."""
        value = int(result[0]) + LIMB * int(result[1])
        other = value - P if value >= P else value + P
        if other >= 2**32:
            return -1
        result[:] = other % LIMB, other // LIMB
        return (int(total) - int(result[0])) * INVERSE_OF_LIMB % P

    def _put_carries(self, name: str, first: np.ndarray, second: np.ndarray, weight: int) -> None:
        """The three columns of two carries; a carry that is a fraction goes into one column as it is."""
        selected = np.where((second > 2) & (second < 6), 1, 0)
        fraction = first > 5  # then nothing may be selected: inner is the carry itself
        self.feasible &= np.where(fraction, second <= 2, (first <= 3) & (first >= 0) & (second >= 0))
        base = second - weight * selected
        self.feasible &= (base <= 2) | (second > 8)
        is_three = first == 3
        self._put(f"{name}_base", base)
        self._put(f"{name}_inner", np.where(is_three, selected, first))
        self._put(f"{name}_outer", np.where(is_three, 2, selected))


def _limbs(words: np.ndarray) -> np.ndarray:
    """uint32 (count, n) -> int64 (count, 2, n)."""
    words = words.astype(np.int64)
    return np.stack([words & 0xFFFF, words >> 16], axis=1)


def _weighted(signs: np.ndarray) -> np.ndarray:
    return np.stack([(half * WEIGHTS).sum(axis=0) for half in (signs[:16], signs[16:])])


def _value(signs: np.ndarray) -> np.ndarray:
    return 2 * (LIMB - 1 - _weighted(signs))


def _xor(signs: np.ndarray, rotations: Sequence[int], shift: int | None) -> np.ndarray:
    """Four times the limbs of an exclusive-or of rotations, as are the results of the next two."""
    product = np.ones_like(signs)
    for rotation in rotations:
        product = product * np.roll(signs, -rotation, axis=0)
    if shift is not None:
        product[: 32 - shift] *= signs[shift:]
    return _value(product)


def _choice(e: np.ndarray, f: np.ndarray, g: np.ndarray) -> np.ndarray:
    return (_value(f) + _value(g)) // 2 - _weighted(e * (g - f))


def _majority(x: np.ndarray, y: np.ndarray, z: np.ndarray) -> np.ndarray:
    return (_value(x) + _value(y) + _value(z)) // 2 + _weighted(x * y * z) - (LIMB - 1)
