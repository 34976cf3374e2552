"""Compiled circuits in files: what is loaded is what was saved, and a damaged file is refused."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

from core_vm.errors import ResourceError, UsageError
from recursion.circuit.lowering.lower import Lowered
from recursion.tables.standard import TABLES
from recursion.witness.compile import compile_circuit
from recursion.witness.compiled import CompiledCircuit
from recursion.witness.files import read_arrays, write_arrays
from tests.recursion.circuit.opening import opening
from tests.recursion.witness.agreeing import filled

FORM = "two trees"


def saved(folder: Path) -> tuple[CompiledCircuit, Path]:
    compiled, path = compile_circuit(Lowered(opening(FORM).graph)), folder / "circuit.npz"
    compiled.save(path)
    return compiled, path


def test_what_is_loaded_is_what_was_saved(tmp_path: Path) -> None:
    compiled, path = saved(tmp_path)
    loaded, hints = CompiledCircuit.load(path), opening(FORM).hints
    values = loaded.run(hints)
    assert np.array_equal(values, compiled.run(hints))
    traces = [filled(one, values) for one in (compiled, loaded)]
    assert np.array_equal(traces[0].q, traces[1].q)
    assert all(np.array_equal(compiled.fixed[table.name], loaded.fixed[table.name]) for table in TABLES.tables)
    loaded.save(tmp_path / "again.npz")
    assert {name: array.tolist() for name, array in read_arrays(tmp_path / "again.npz").items()} == {
        name: array.tolist() for name, array in read_arrays(path).items()
    }


def test_it_is_an_archive_of_arrays_without_pickles(tmp_path: Path) -> None:
    _, path = saved(tmp_path)
    with np.load(path, allow_pickle=False) as members:
        assert all(members[name].dtype != object for name in members.files)


def test_a_damaged_file_is_refused(tmp_path: Path) -> None:
    """Bytes flipped, cut off and added."""
    _, path = saved(tmp_path)
    data, choose = path.read_bytes(), random.Random(3)
    flipped = [
        data[:at] + bytes([data[at] ^ 1 << choose.randrange(8)]) + data[at + 1 :] for at in range(0, len(data), 97)
    ]
    for damaged in [b"", data[:10], data[: len(data) // 2], data[:-1], data + b"0", b"no circuit" * 9, *flipped]:
        path.write_bytes(damaged)
        with pytest.raises(UsageError, match=r"circuit.npz is no compiled circuit, or damaged"):
            CompiledCircuit.load(path)


def test_a_file_of_another_form_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.npz"
    write_arrays(path, {"sizes": np.zeros(2, np.int64)})
    with pytest.raises(UsageError, match="of another form"):
        CompiledCircuit.load(path)


def test_places_that_cannot_be_read_or_written(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot read"):
        CompiledCircuit.load(tmp_path / "none.npz")
    with pytest.raises(ResourceError, match="cannot write"):
        saved(tmp_path / "no folder")
