"""The columns of Keccak's tables from the executor's events, by kernels."""

from __future__ import annotations

from itertools import accumulate
from typing import Any

import numpy as np

from core_vm.machine.precompile import PrecompileEvents
from core_vm.witness.module import ColumnWriter
from precompiles.keccak.digits import CHUNKS, chunk_of_byte
from precompiles.keccak.operands import BLOCK, NAME, STATE_OPERAND
from precompiles.keccak.reference import NUM_LANES
from precompiles.keccak.round_table import round_table
from precompiles.keccak.theta import COLUMN_COUNTS

_NUMBERS = np.array([chunk_of_byte(byte) for byte in range(256)], np.uint32)


def fill_rounds(source: Any, start: int, stop: int, writer: ColumnWriter) -> None:
    """Write rows start .. stop of `keccak_rounds`."""
    from precompiles.keccak.witness_kernels import store_rounds

    events: PrecompileEvents = source.events.precompiles[NAME]
    states, blocks = (np.ascontiguousarray(events.before[operand]) for operand in (STATE_OPERAND, BLOCK))
    store_rounds(events.times, states, blocks, start, stop, *writer.claim(round_table().columns))


def first_theta(states: np.ndarray, blocks: np.ndarray) -> dict[str, np.ndarray]:
    """From uint64 (n, 25) and (n, 17): the columns of the first theta by name (`theta.COLUMN_COUNTS`), and those of
    "state_and_block", each (n, count)."""
    from precompiles.keccak.witness_kernels import put_first_thetas

    count = len(states)
    state_codes, block_codes = (np.zeros((NUM_LANES * CHUNKS, count), np.uint8) for _ in range(2))
    codes = np.zeros((sum(COLUMN_COUNTS.values()), count), np.uint8)
    put_first_thetas(np.ascontiguousarray(states), np.ascontiguousarray(blocks), state_codes, block_codes, codes)
    numbers, ends = _NUMBERS[codes], list(accumulate(COLUMN_COUNTS.values()))[:-1]
    found = dict(zip(COLUMN_COUNTS, (part.T for part in np.split(numbers, ends)), strict=True))
    return {**found, "state_and_block": (_NUMBERS[state_codes] + _NUMBERS[block_codes]).T}
