"""What the kernels fill is what the definitions say."""

from __future__ import annotations

import numpy as np
import pytest

from core_vm.errors import UsageError
from core_vm.field.koalabear import to_montgomery
from core_vm.stark.keyed_prover import KeyedTrace
from recursion.proof import R
from recursion.prover import check, key_of, trace_of
from recursion.tables.fill import fill_table, plan_of
from recursion.tables.standard import MODULE_OF, TABLES
from tests.recursion.sample import sample


def fill(trace: KeyedTrace, number: int, threads: int) -> None:
    """One table, from operands that lie in memory column by column of a row, row by row."""
    module, rows = MODULE_OF[TABLES.tables[number].name], trace.num_rows[number]
    operands = sample().circuit.operands(module.table.name)
    blocks = [to_montgomery(np.ascontiguousarray(operands[name].T)).reshape(-1) for name in module.operands]
    starts = np.cumsum([0, *(len(block) for block in blocks)])[:-1]
    places = starts + np.arange(rows)[:, None] * np.array(list(module.operands.values()), np.int64)
    memory = np.concatenate(blocks) if blocks else np.zeros(0, np.uint32)
    fill_table(trace, number, memory, plan_of(module.table.name).groups, places.astype(np.int32), threads)


@pytest.mark.parametrize("threads", [1, 2])
def test_the_kernel_fills_what_the_definition_says(threads: int) -> None:
    circuit = sample().circuit
    key = key_of(circuit.fixed_columns())
    plain = trace_of(key, circuit.main_columns())
    filled = KeyedTrace(TABLES, key, R)
    for number in range(len(TABLES.tables)):
        fill(filled, number, threads)
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
