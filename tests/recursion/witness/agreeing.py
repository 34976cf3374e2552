"""Kernels beside the plain way, on any hints: values, rows and the first assertion that fails."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from core_vm.errors import Rejection
from core_vm.field.koalabear import Integers, Words
from core_vm.witness.trace import Trace
from recursion.circuit.gadgets import Kind
from recursion.circuit.interpreter import Interpreter
from recursion.circuit.lowering.filling import Filling
from recursion.circuit.lowering.lower import Lowered
from recursion.tables.standard import TABLES
from recursion.witness.compile import compile_circuit
from recursion.witness.compiled import CompiledCircuit


class Both:
    """A circuit in both ways."""

    def __init__(self, lowered: Lowered, interpreter: Interpreter | None = None) -> None:
        self.lowered, self.compiled = lowered, compile_circuit(lowered)
        self.interpreter = interpreter or Interpreter(lowered.graph)

    def check_rejection(self, hints: Integers) -> Rejection | None:
        """Both say the same; returns what."""
        plain, fast = said(lambda: self.interpreter.run(hints).check()), said(lambda: self.compiled.run(hints))
        assert (type(plain), str(plain)) == (type(fast), str(fast))
        return plain

    def check_rows(self, hints: Integers, threads: int = 1) -> None:
        """Rows are the same whether the hints are accepted or not, and so is the digest."""
        run, values = self.interpreter.run(hints), self.compiled.evaluate(hints)
        main = Filling(self.lowered, run).main_columns()
        trace = filled(self.compiled, values, threads)
        for number, table in enumerate(TABLES.tables):
            count = trace.num_rows[number]
            assert np.array_equal(trace.read_table(number)[: table.num_main, :count], main[table.name]), table.name
        if any(gadget.kind is Kind.PUBLIC for gadget in self.lowered.graph.gadgets):
            assert self.compiled.digest(values) == run.digest


def said(run: Callable[[], object]) -> Rejection | None:
    try:
        run()
    except Rejection as rejection:
        return rejection
    return None


def filled(compiled: CompiledCircuit, values: Words, threads: int = 1) -> Trace:
    """All columns of a circuit's rows."""
    trace = empty_trace(compiled)
    compiled.fill(values, trace, threads)
    return trace


def empty_trace(compiled: CompiledCircuit) -> Trace:
    """Their fixed columns alone."""
    fixed = [compiled.fixed[table.name] for table in TABLES.tables]
    trace = Trace(TABLES.tables, [columns.shape[1] for columns in fixed])
    for number, (table, columns) in enumerate(zip(TABLES.tables, fixed, strict=True)):
        for place, column in enumerate(columns):
            trace.write(number, table.num_main + place, 0, column)
    return trace
