"""Honest rows of the circuit machine: those of small circuits."""

from __future__ import annotations

from functools import cache

import numpy as np

from recursion.tables.rows import CircuitModule, Columns
from recursion.tables.standard import MODULES
from tests.recursion.sample import sample

FILLED = [module for module in MODULES if module.table.num_main]
HASHES = ("sponge", "compress", "leaf")
HINTS = ("octet", "word", "columns", "cap")


@cache
def circuit_columns(seed: int) -> dict[str, Columns]:
    """All columns of every table of one sample: canonical int64 (width, rows)."""
    circuit = sample(seed).circuit
    fixed, main = circuit.fixed_columns(), circuit.main_columns()
    return {name: np.concatenate([main[name], fixed[name]]).astype(np.int64) for name in main}


def rows_of(module: CircuitModule, seeds: int = 2) -> Columns:
    """The rows of a table in a few samples."""
    return np.concatenate([circuit_columns(seed)[module.table.name] for seed in range(1, seeds + 1)], axis=1)


def telling_rows(module: CircuitModule, most: int) -> list[int]:
    """Numbers of rows that differ in how often they send what: each way once, then others, up to `most`."""
    rows, table = rows_of(module), module.table
    flags = [c for c in range(table.num_main, table.width) if not table.columns[c].startswith("address")]
    _, first = np.unique(rows[flags] != 0, axis=1, return_index=True)
    others = [n for n in range(rows.shape[1]) if n not in set(first.tolist())]
    return [*first.tolist(), *others][: max(most, len(first))]
