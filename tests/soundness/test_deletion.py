"""Every constraint is missed when it is deleted: some row violates it alone. What others imply is listed, and why."""

from __future__ import annotations

import numpy as np
import pytest

from core_vm.field.koalabear import P
from core_vm.hash.poseidon2_parameters import FULL_ROUNDS, POSEIDON2_16
from core_vm.tables.standard import BASE_MODULES
from core_vm.tables.trees.compression import COMPRESSION
from core_vm.witness.module import TableModule
from tests.soundness.deletion import constraint_values
from tests.soundness.honest_rows import all_rows, some_rows
from tests.soundness.suite import check_deletions

# What other constraints and the lookups imply; they stay because they say plainly what is meant.
IMPLIED = {
    "logic_immediate": {
        "at_most_one_operation_a_row": "the byte lookup knows no sum of two or three operation numbers",
    },
    "ecall": {
        "is_exit_is_a_bit": "only one kind can be other than 0, because the kinds' numbers differ; then the sum is it",
        "is_write_is_a_bit": "likewise",
        "is_call_is_a_bit": "likewise",
        "at_most_one_kind_of_call": "likewise",
    },
}
MODULES = [module for module in BASE_MODULES if module.fill and module is not COMPRESSION]


def call_row(exit_row: np.ndarray, columns: tuple[str, ...]) -> np.ndarray:
    """The row of a precompile's call with pointers 8, 16, 24."""
    row = dict(zip(columns, exit_row.tolist(), strict=True))
    row |= {"next_index": row["index"] + 1, "next_time": row["time"] + 4}
    row |= {"is_exit": 0, "is_write": 0, "is_call": 1, "number": 0x1000}
    for register in (10, 11, 12):
        row |= {f"x{register}_{i}": 8 * (register - 9) * (i == 0) for i in range(4)}
    row |= {f"x10_after_{i}": 8 * (i == 0) for i in range(4)}
    return np.array(list(row.values()))


def empty_write_row(exit_row: np.ndarray, columns: tuple[str, ...]) -> np.ndarray:
    """The row of a write of nothing from an address for which the range checks hold even -1 times."""
    row = dict(zip(columns, exit_row.tolist(), strict=True))
    row |= {"next_index": row["index"] + 1, "next_time": row["time"] + 4}
    row |= {"is_exit": 0, "is_write": 1, "is_call": 0, "number": 64}
    for name, value in (("x10", 1), ("x11", 0x1FFF_FFFF), ("x12", 0), ("x10_after", 0)):
        row |= {f"{name}_{i}": value >> (16 * i) & 0xFFFF for i in range(4)}
    return np.array(list(row.values()))


def doubled(row: np.ndarray, columns: tuple[str, ...]) -> np.ndarray:
    """A misaligned access by two operations at once, with as many offsets; other constraints are broken, too."""
    values = dict(zip(columns, row.tolist(), strict=True))
    for prefix in ("is_", "offset_is_"):
        free = [name for name, value in values.items() if name.startswith(prefix) and value == 0]
        values[free[len(free) // 2]] = 1
    return np.array(list(values.values()))


def emptiest_rows(module: TableModule, count: int) -> list[np.ndarray]:
    """The honest rows with the most zeros: with an operand that is zero, two operations may have the same result."""
    rows = all_rows(module)
    return list(rows[:, np.argsort(np.count_nonzero(rows, axis=0), kind="stable")[:count]].T)


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.table.name)
def test_every_constraint_is_missed_when_deleted(module: TableModule) -> None:
    table = module.table
    rows = some_rows(module, 12)
    if table.name == "ecall":
        rows += [empty_write_row(rows[1], table.columns), call_row(rows[1], table.columns)]
    starts = [*[rows[0]] * 20, *emptiest_rows(module, 20), *some_rows(module, 200), *rows[-1:]]
    if table.name.startswith("misaligned"):
        starts += [doubled(row, table.columns) for row in starts]
    check_deletions(table, rows, starts, IMPLIED.get(table.name, {}))


def test_every_compression_constraint_is_missed_when_deleted() -> None:
    """Forgery n gives the column of constraint n, an S-box output or a digest element, another value and goes on.

    Each constraint is its own column less a function of earlier ones, so a column is made right by taking away what its
    constraint is off. That is done for all columns at once, again for each layer; then only the forged ones are off.
    """
    table = COMPRESSION.table
    own = [table.columns.index(constraint.name.split("_is_")[0]) for constraint in table.constraints]
    assert sorted(own) == list(range(16, table.width - 1))
    forged = np.diag(np.ones(len(own), np.bool_))
    for start in some_rows(COMPRESSION, 1):
        rows = np.repeat(start[:, None], len(own), axis=1)
        rows[own, np.arange(len(own))] += 1
        for _layer in range(FULL_ROUNDS + POSEIDON2_16.partial_rounds):
            rows[own] -= np.where(forged, 0, constraint_values(table, rows % P))
        assert np.array_equal(constraint_values(table, rows % P) != 0, forged)
        digests = rows[-9:-1] % P
        assert (digests != start[-9:-1, None]).any(axis=0).all(), "what is forged is the digest of these inputs"
