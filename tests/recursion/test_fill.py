"""What the kernels fill is what the definitions say."""

from __future__ import annotations

import numpy as np
import pytest

from core_vm.errors import UsageError
from recursion.prover import check, filled_trace, key_of, trace_of
from recursion.tables.standard import MODULE_OF, TABLES
from tests.recursion.sample import sample


@pytest.mark.parametrize("threads", [1, 2])
def test_the_kernel_fills_what_the_definition_says(threads: int) -> None:
    circuit = sample().circuit
    key = key_of(circuit.fixed_columns())
    plain = trace_of(key, circuit.main_columns())
    filled = filled_trace(key, {name: circuit.operands(name) for name in MODULE_OF}, threads=threads)
    for number, table in enumerate(TABLES.tables):
        assert np.array_equal(filled.read_table(number), plain.read_table(number)), table.name
    assert np.array_equal(filled.q, plain.q)
    check(filled, sample().digest)


def test_operands_of_another_form_are_refused() -> None:
    module, operands = MODULE_OF["arith"], sample().circuit.operands("arith")
    fixed = sample().circuit.fixed_columns()["arith"]
    with pytest.raises(UsageError, match="fixed columns, not 10"):
        module.main_columns(fixed[1:], operands)
    with pytest.raises(UsageError, match="b has shape"):
        module.main_columns(fixed, {**operands, "b": operands["b"][:4]})
