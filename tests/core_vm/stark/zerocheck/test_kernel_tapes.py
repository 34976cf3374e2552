"""Tapes for kernels are compiled once: kept by what they are compiled from, and compiled again where that is not so."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core_vm.air.expression import column
from core_vm.air.table import Table
from core_vm.host.arrays import packed_arrays
from core_vm.host.cache_place import OVERRIDE_VARIABLE, kernel_place
from core_vm.host.kernel_store import kept, load, save
from core_vm.stark.zerocheck.kernel_tapes import KernelTapes, compiled, entry_of, kernel_tapes
from tests.core_vm.stark.identities import expanded, weigher

TABLES = [weigher(), expanded(weigher())]
"""With forms, and without."""


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A place of the test's own, and a process that remembers nothing."""
    monkeypatch.setenv(OVERRIDE_VARIABLE, str(tmp_path))
    forget()
    yield tmp_path / "kernels"
    forget()


def forget() -> None:
    for remembered in (kernel_place, kernel_tapes):
        remembered.cache_clear()


def told(tapes: KernelTapes) -> list[object]:
    """All numbers, and all that decides for which types a kernel is compiled."""
    parts = [np.asarray(part) for pair in tapes for tape in pair for part in tape]
    return [(part.tolist(), part.dtype, part.shape, part.flags.c_contiguous, part.flags.writeable) for part in parts]


@pytest.mark.parametrize("table", TABLES, ids=["products", "constraints"])
def test_what_is_loaded_is_what_was_compiled(table: Table) -> None:
    fresh = kernel_tapes(table)
    kernel_tapes.cache_clear()
    assert kept(entry_of(table))
    assert told(kernel_tapes(table)) == told(fresh) == told(compiled(table))


def test_a_second_process_compiles_none(place: Path) -> None:
    script = """
import hashlib
from core_vm.air import table_tapes
from core_vm.stark.zerocheck.kernel_tapes import kernel_tapes
from tests.core_vm.stark.identities import weigher

count, compile_values = 0, table_tapes.compile_values
def counted(*arguments):
    global count
    count += 1
    return compile_values(*arguments)
table_tapes.compile_values = counted
parts = [part for pair in kernel_tapes(weigher()) for tape in pair for part in tape[:-1]]
print(count, hashlib.sha256(b"".join(part.tobytes() for part in parts)).hexdigest())
"""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    first, second = (
        subprocess.run(
            [sys.executable, "-c", script], capture_output=True, encoding="utf-8", check=True, env=environment
        ).stdout.split()
        for _ in range(2)
    )
    assert int(first[0]) == 6
    assert second == ["0", first[1]]


def test_whatever_changes_in_a_declaration_is_another_entry() -> None:
    table = weigher()
    plain = next(n for n, constraint in enumerate(table.constraints) if constraint.identity is None)
    constraint = table.constraints[plain]
    doubled = replace(constraint, own_expression=constraint.expression + column(0))
    renamed = ("another", *table.columns[1:])
    tables = [
        table,
        expanded(table),
        replace(table, columns=renamed),
        replace(table, columns=(*table.columns, "more")),
        replace(table, constraints=table.constraints[:-1]),
        replace(table, constraints=(*table.constraints[:plain], doubled, *table.constraints[plain + 1 :])),
    ]
    assert len({entry_of(changed) for changed in tables}) == len(tables)


def test_other_sources_are_another_entry(monkeypatch: pytest.MonkeyPatch) -> None:
    before = entry_of(weigher())
    monkeypatch.setattr(
        "core_vm.stark.zerocheck.kernel_tapes.source_digest", lambda source: hashlib.sha256(b"changed").digest()
    )
    assert entry_of(weigher()) != before


@pytest.mark.parametrize(
    "sections",
    [
        [b""],
        [b"no arrays"],
        [packed_arrays({"0": np.zeros(3, np.int64)})],
        [packed_arrays({str(n): np.zeros((1, 4), np.int64) for n in range(20)})],
    ],
    ids=["empty", "bytes", "one array", "arrays"],
)
def test_a_file_that_holds_something_else_counts_as_missing(sections: list[bytes]) -> None:
    table = weigher()
    save(entry_of(table), sections)
    assert told(kernel_tapes(table)) == told(compiled(table))
    assert load(entry_of(table)) != sections


def test_a_torn_file_counts_as_missing(place: Path) -> None:
    table = weigher()
    kernel_tapes(table)
    (path,) = place.iterdir()
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    kernel_tapes.cache_clear()
    assert told(kernel_tapes(table)) == told(compiled(table))
    assert path.read_bytes() == whole
