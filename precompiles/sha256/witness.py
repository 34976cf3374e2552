"""The columns of the SHA-256 tables from the executor's events: the calls' by numpy, the rounds' by a kernel."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from core_vm.machine.precompile import PrecompileEvents
from core_vm.tables.module import ColumnWriter
from precompiles.sha256.call_table import BLOCK_DELAY, STATE_DELAY, call_table
from precompiles.sha256.round_table import ROUNDS_PER_ROW, ROWS_PER_CALL

NAME = "sha256"


def num_calls(source: Any) -> int:
    """The number of calls in a shard."""
    return len(source.events.precompiles.get(NAME, ()))


def state_words(dwords: np.ndarray) -> np.ndarray:
    """uint64 (n, 4) in memory -> the words H0..H7, uint32 (8, n)."""
    return np.ascontiguousarray(dwords, dtype="<u8").view("<u4").T.astype(np.uint32, order="C")


def block_words(dwords: np.ndarray) -> np.ndarray:
    """uint64 (n, 8) in memory -> the 16 big-endian words, uint32 (16, n)."""
    return np.ascontiguousarray(dwords, dtype="<u8").view(">u4").T.astype(np.uint32, order="C")


def _limbs(x: np.ndarray) -> np.ndarray:
    """uint32 (...) -> int64 (2, ...): low and high limb."""
    return np.stack([x & np.uint32(0xFFFF), x >> np.uint32(16)]).astype(np.int64)


def _carries(total: np.ndarray, result: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The low and the high carry of total = result modulo 2^32, both given in limbs (2, rows)."""
    low = (total[0] - result[0]) >> 16
    return low, (total[1] + low - result[1]) >> 16


@cache
def _round_columns() -> tuple[list[str], np.ndarray]:
    """The columns of `sha256_rounds` in the order in which the table declares them, and which of them are signs."""
    halves, parts = ("low", "high"), ("base", "inner", "outer")
    names = ["call", *(f"is_row_{row}" for row in range(ROWS_PER_CALL))]
    for chain in "ae":
        names += [f"{chain}_0_{half}" for half in halves]
        names += [f"{chain}_{i}_sign_{bit}" for i in range(1, ROUNDS_PER_ROW + 3) for bit in range(32)]
        names += [f"{chain}_{ROUNDS_PER_ROW + 3}_{half}" for half in halves]
    names += [f"w_{j}_sign_{bit}" for j in range(ROUNDS_PER_ROW) for bit in range(32)]
    names += [f"inherited_{j}_{half}" for j in range(ROUNDS_PER_ROW) for half in halves]
    names += [f"passed_on_{j}_{half}" for j in range(ROUNDS_PER_ROW - 1) for half in halves]
    for i in range(ROUNDS_PER_ROW):
        names += [f"w_{i}_carries_{part}" for part in parts]
        names += [f"round_{i}_{half}_carries_{part}" for half in halves for part in parts]
    return names, np.array(["_sign_" in name for name in names])


def fill_rounds(source: Any, start: int, stop: int, writer: ColumnWriter) -> None:
    """Write rows start .. stop of `sha256_rounds`; both are multiples of ROWS_PER_CALL."""
    from precompiles.sha256.witness_kernels import store_rounds

    events: PrecompileEvents = source.events.precompiles[NAME]
    calls = slice(start // ROWS_PER_CALL, stop // ROWS_PER_CALL)
    block, state = block_words(events.before[0][calls]), state_words(events.before[1][calls])
    names, signs = _round_columns()
    cells, first, stride = writer.claim(names)
    sign_columns, value_columns = ((first[chosen], stride[chosen]) for chosen in (signs, ~signs))
    store_rounds(events.times[calls], state, block, cells, sign_columns, value_columns)


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
