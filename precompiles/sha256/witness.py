"""The columns of the SHA-256 tables from the executor's events, by numpy over all calls of a chunk at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from core_vm.field.koalabear import P, to_montgomery
from core_vm.machine.precompile import PrecompileEvents
from core_vm.tables.module import ColumnWriter
from precompiles.sha256.call_table import BLOCK_DELAY, STATE_DELAY, call_table
from precompiles.sha256.reference import NUM_ROUNDS, ROUND_CONSTANTS
from precompiles.sha256.round_table import ROUNDS_PER_ROW, ROWS_PER_CALL

NAME = "sha256"


def num_calls(source: Any) -> int:
    """The number of calls in a shard."""
    return len(source.events.precompiles.get(NAME, ()))


def _rotate(x: np.ndarray, count: int) -> np.ndarray:
    return x >> np.uint32(count) | x << np.uint32(32 - count)


def _big_sigma_0(x: np.ndarray) -> np.ndarray:
    return _rotate(x, 2) ^ _rotate(x, 13) ^ _rotate(x, 22)


def _big_sigma_1(x: np.ndarray) -> np.ndarray:
    return _rotate(x, 6) ^ _rotate(x, 11) ^ _rotate(x, 25)


def _small_sigma_0(x: np.ndarray) -> np.ndarray:
    return _rotate(x, 7) ^ _rotate(x, 18) ^ x >> np.uint32(3)


def _small_sigma_1(x: np.ndarray) -> np.ndarray:
    return _rotate(x, 17) ^ _rotate(x, 19) ^ x >> np.uint32(10)


def _majority(x: np.ndarray, y: np.ndarray, z: np.ndarray) -> np.ndarray:
    return x & y ^ x & z ^ y & z


def _choice(e: np.ndarray, f: np.ndarray, g: np.ndarray) -> np.ndarray:
    return g ^ e & (f ^ g)


def state_words(dwords: np.ndarray) -> np.ndarray:
    """uint64 (n, 4) in memory -> the words H0..H7, uint32 (8, n)."""
    return np.ascontiguousarray(dwords, dtype="<u8").view("<u4").T.astype(np.uint32)


def block_words(dwords: np.ndarray) -> np.ndarray:
    """uint64 (n, 8) in memory -> the 16 big-endian words, uint32 (16, n)."""
    return np.ascontiguousarray(dwords, dtype="<u8").view(">u4").T.astype(np.uint32)


@dataclass(frozen=True, slots=True)
class Words:
    """All words of n compressions, uint32: a and e (68, n), from four before the first round on, and w (64, n)."""

    a: np.ndarray
    e: np.ndarray
    w: np.ndarray


def compress_words(state: np.ndarray, block: np.ndarray) -> Words:
    """Run n compressions: `state` (8, n), `block` (16, n)."""
    n = state.shape[1]
    w = np.empty((NUM_ROUNDS, n), dtype=np.uint32)
    w[:16] = block
    for t in range(16, NUM_ROUNDS):
        w[t] = w[t - 16] + _small_sigma_0(w[t - 15]) + w[t - 7] + _small_sigma_1(w[t - 2])
    a, e = (np.empty((NUM_ROUNDS + 4, n), dtype=np.uint32) for _ in range(2))
    a[:4], e[:4] = state[3::-1], state[:3:-1]
    for t, constant in enumerate(ROUND_CONSTANTS):
        t1 = e[t] + _big_sigma_1(e[t + 3]) + _choice(e[t + 3], e[t + 2], e[t + 1]) + np.uint32(constant) + w[t]
        e[t + 4] = a[t] + t1
        a[t + 4] = t1 + _big_sigma_0(a[t + 3]) + _majority(a[t + 3], a[t + 2], a[t + 1])
    return Words(a, e, w)


def _by_row(words: np.ndarray, count: int) -> np.ndarray:
    """(68 or 64, n) -> (count, 4n): item i of each row in row order, consecutive rows 16 words apart."""
    rows = [words[ROUNDS_PER_ROW * r : ROUNDS_PER_ROW * r + count] for r in range(ROWS_PER_CALL)]
    return np.stack(rows, axis=2).reshape(count, -1)


def _limbs(x: np.ndarray) -> np.ndarray:
    """uint32 (...) -> int64 (2, ...): low and high limb."""
    return np.stack([x & np.uint32(0xFFFF), x >> np.uint32(16)]).astype(np.int64)


def _sum_of_limbs(*terms: np.ndarray) -> np.ndarray:
    return sum((_limbs(term) for term in terms[1:]), _limbs(terms[0]))


def _carries(total: np.ndarray, result: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The low and the high carry of total = result modulo 2^32, both given in limbs (2, rows)."""
    low = (total[0] - result[0]) >> 16
    return low, (total[1] + low - result[1]) >> 16


class _RoundRows:
    """The columns of `sha256_rounds` for n calls, in the order in which the table declares them."""

    def __init__(self, calls: np.ndarray, state: np.ndarray, block: np.ndarray) -> None:
        words = compress_words(state, block)
        self.calls = np.repeat(calls, ROWS_PER_CALL)
        self.row = np.tile(np.arange(ROWS_PER_CALL), len(calls))
        self.a, self.e = (_by_row(x, ROUNDS_PER_ROW + 4) for x in (words.a, words.e))
        self.w = _by_row(words.w, ROUNDS_PER_ROW)
        constants = np.array(ROUND_CONSTANTS, dtype=np.uint32)[:, None]
        self.constants = _by_row(constants, ROUNDS_PER_ROW)[:, self.row]

    def write(self, writer: ColumnWriter) -> None:
        passed_on = [self._passed_on(j) for j in range(ROUNDS_PER_ROW)]
        inherited = [self._inherited(j, owed) for j, owed in enumerate(passed_on)]
        writer.put("call", self.calls)
        writer.put_all("is_row", [self.row == r for r in range(ROWS_PER_CALL)])
        for name, chain in (("a", self.a), ("e", self.e)):
            _put_limbs(writer, f"{name}_0", _limbs(chain[0]))
            _put_signs(writer, [f"{name}_{i}" for i in range(1, len(chain) - 1)], chain[1:-1])
            _put_limbs(writer, f"{name}_{len(chain) - 1}", _limbs(chain[-1]))
        _put_signs(writer, [f"w_{j}" for j in range(ROUNDS_PER_ROW)], self.w)
        for j, owed in enumerate(inherited):
            _put_limbs(writer, f"inherited_{j}", np.where(owed < 0, owed + P, owed))
        for j, owed in enumerate(passed_on[:-1]):
            _put_limbs(writer, f"passed_on_{j}", owed)
        for i in range(ROUNDS_PER_ROW):
            self._write_schedule_carries(writer, i, inherited[i])
            self._write_round_carries(writer, i)

    def _passed_on(self, j: int) -> np.ndarray:
        w, terms = self.w, [self.w[j]]
        terms += [_small_sigma_0(w[j + 1])] if j < 15 else []
        terms += [w[j + 9]] if j < 7 else []
        terms += [_small_sigma_1(w[j + 14])] if j < 2 else []
        return _sum_of_limbs(*terms)

    def _own_terms(self, j: int) -> np.ndarray:
        w, terms = self.w, [np.zeros_like(self.w[0])]
        terms += [_small_sigma_1(w[j - 2])] if j >= 2 else []
        terms += [w[j - 7]] if j >= 7 else []
        terms += [_small_sigma_0(w[j - 15])] if j >= 15 else []
        return _sum_of_limbs(*terms)

    def _inherited(self, j: int, passed_on: np.ndarray) -> np.ndarray:
        """What the row before passed on; in row 0, where the words are the block's, what makes the sum hold without
        carry."""
        free = _limbs(self.w[j]) - self._own_terms(j)
        return np.where(self.row == 0, free, np.roll(passed_on, 1, axis=1))

    def _write_schedule_carries(self, writer: ColumnWriter, j: int, inherited: np.ndarray) -> None:
        low, high = _carries(inherited + self._own_terms(j), _limbs(self.w[j]))
        _put_carries(writer, f"w_{j}_carries", low, high, weight=1)

    def _write_round_carries(self, writer: ColumnWriter, i: int) -> None:
        a, e = self.a[i : i + 5], self.e[i : i + 5]
        new_a, new_e = _limbs(a[4]), _limbs(e[4])
        total = _sum_of_limbs(a[0], e[0], _big_sigma_1(e[3]), _choice(e[3], e[2], e[1]), self.constants[i], self.w[i])
        carries_e = _carries(total, new_e)
        total = new_e - _limbs(a[0]) + _sum_of_limbs(_big_sigma_0(a[3]), _majority(a[3], a[2], a[1]))
        carries_a = _carries(total, new_a)
        for half, carry_a, carry_e in zip(("low", "high"), carries_a, carries_e, strict=True):
            _put_carries(writer, f"round_{i}_{half}_carries", carry_a + 1, carry_e, weight=3)


def _put_limbs(writer: ColumnWriter, name: str, limbs: np.ndarray) -> None:
    writer.put(f"{name}_low", limbs[0])
    writer.put(f"{name}_high", limbs[1])


def _put_carries(writer: ColumnWriter, name: str, first: np.ndarray, second: np.ndarray, weight: int) -> None:
    """The columns base, inner, outer of `two_carries`, from its two carries."""
    selected = (second > 2).astype(np.int64)
    is_three = first == 3
    writer.put(f"{name}_base", second - weight * selected)
    writer.put(f"{name}_inner", np.where(is_three, selected, first))
    writer.put(f"{name}_outer", np.where(is_three, 2, selected))


def _put_signs(writer: ColumnWriter, names: list[str], words: np.ndarray) -> None:
    """The sign columns of `words`, uint32 (len(names), rows)."""
    from precompiles.sha256.sign_kernels import store_signs

    cells, first, stride = writer.claim([f"{name}_sign_{bit}" for name in names for bit in range(32)])
    plus, minus = to_montgomery([1, P - 1])
    store_signs(np.ascontiguousarray(words), cells, first, stride, plus, minus)


def fill_rounds(source: Any, start: int, stop: int, writer: ColumnWriter) -> None:
    """Write rows start .. stop of `sha256_rounds`; both are multiples of ROWS_PER_CALL."""
    events: PrecompileEvents = source.events.precompiles[NAME]
    calls = slice(start // ROWS_PER_CALL, stop // ROWS_PER_CALL)
    block, state = block_words(events.before[0][calls]), state_words(events.before[1][calls])
    _RoundRows(events.times[calls], state, block).write(writer)


def _call_columns(events: PrecompileEvents, calls: slice) -> list[np.ndarray]:
    """The columns of `sha256_call` for a range of calls, in the order in which the table declares them."""
    times = events.times[calls].astype(np.int64)
    pointers = events.arguments[calls].T.astype(np.uint64)
    (block, before), (_, after) = ([x[calls] for x in values] for values in (events.before, events.after))
    block_ages, state_ages = (
        _age_columns(events.previous_times[k][calls], times + delay)
        for k, delay in ((0, BLOCK_DELAY), (1, STATE_DELAY))
    )
    found = [np.ones_like(times), times]
    for address in pointers[:2]:
        found += [(address & np.uint64(0xFFFF)) >> np.uint64(3), address >> np.uint64(16)]
    found += [pointers[2] & np.uint64(0xFFFF), pointers[2] >> np.uint64(16)]
    found += [*_memory_limbs(block), *block_ages, *_memory_limbs(before), *_memory_limbs(after), *state_ages]
    return found + _final_carries(state_words(before), state_words(after))


def _memory_limbs(dwords: np.ndarray) -> np.ndarray:
    """uint64 (n, d) -> uint16 (4d, n)."""
    return np.ascontiguousarray(dwords, dtype="<u8").view("<u2").T


def _age_columns(previous: np.ndarray, now: np.ndarray) -> list[np.ndarray]:
    """For each dword its previous time and the low 16 bits of now - 1 - previous. `previous` (n, d), `now` (n,)."""
    found = []
    for time in previous.T.astype(np.int64):
        found += [time, (now - 1 - time) & 0xFFFF]
    return found


def _final_carries(before: np.ndarray, after: np.ndarray) -> list[np.ndarray]:
    """The carries of the last addition, low and high for each word. Both arguments uint32 (8, n)."""
    old, new = _limbs(before), _limbs(after)
    low, high = _carries(old + _limbs(after - before), new)
    return [carry for pair in zip(low, high, strict=True) for carry in pair]


def fill_calls(source: Any, start: int, stop: int, writer: ColumnWriter) -> None:
    """Write rows start .. stop of `sha256_call`."""
    columns = _call_columns(source.events.precompiles[NAME], slice(start, stop))
    for name, values in zip(call_table().columns, columns, strict=True):
        writer.put(name, values)
