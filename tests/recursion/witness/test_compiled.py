"""Compiled circuits as bytes: what is loaded is what was saved, and what is none is refused."""

from __future__ import annotations

import numpy as np
import pytest

from core_vm.errors import UsageError
from core_vm.host.arrays import packed_arrays
from recursion.circuit.lowering.lower import Lowered
from recursion.tables.standard import TABLES
from recursion.witness.compile import compile_circuit
from recursion.witness.compiled import CompiledCircuit
from tests.recursion.circuit.opening import opening
from tests.recursion.witness.agreeing import filled

FORM = "two trees"


def made() -> CompiledCircuit:
    return compile_circuit(Lowered(opening(FORM).graph))


def test_what_is_loaded_is_what_was_saved() -> None:
    compiled, hints = made(), opening(FORM).hints
    loaded = CompiledCircuit.from_bytes(compiled.to_bytes())
    values = loaded.run(hints)
    assert np.array_equal(values, compiled.run(hints))
    traces = [filled(one, values) for one in (compiled, loaded)]
    assert np.array_equal(traces[0].q, traces[1].q)
    assert all(np.array_equal(compiled.fixed[table.name], loaded.fixed[table.name]) for table in TABLES.tables)


@pytest.mark.parametrize("cut", [0, 10, -1])
def test_bytes_that_are_no_circuit_are_refused(cut: int) -> None:
    with pytest.raises(UsageError, match="no arrays"):
        CompiledCircuit.from_bytes(made().to_bytes()[:cut])


def test_arrays_of_another_form_are_refused() -> None:
    with pytest.raises(UsageError, match="of another form"):
        CompiledCircuit.from_bytes(packed_arrays({"sizes": np.zeros(2, np.int64)}))
