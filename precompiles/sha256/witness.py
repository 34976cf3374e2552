"""The columns of SHA-256's rounds from the executor's events, by a kernel; and the words of its operands."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from core_vm.machine.precompile import PrecompileEvents
from core_vm.witness.module import ColumnWriter
from precompiles.sha256.round_table import ROUNDS_PER_ROW, ROWS_PER_CALL

NAME = "sha256"


def state_words(dwords: np.ndarray) -> np.ndarray:
    """uint64 (n, 4) in memory -> the words H0..H7, uint32 (8, n)."""
    return np.ascontiguousarray(dwords, dtype="<u8").view("<u4").T.astype(np.uint32, order="C")


def block_words(dwords: np.ndarray) -> np.ndarray:
    """uint64 (n, 8) in memory -> the 16 big-endian words, uint32 (16, n)."""
    return np.ascontiguousarray(dwords, dtype="<u8").view(">u4").T.astype(np.uint32, order="C")


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
