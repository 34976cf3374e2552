"""From a circuit to its compiled form."""

from __future__ import annotations

import numpy as np

from recursion.circuit.gadgets import Kind
from recursion.circuit.graph import Graph
from recursion.circuit.lowering.lower import Lowered
from recursion.tables.standard import MODULES
from recursion.witness.cells import Cells
from recursion.witness.checks import ChecksWriter, Trees
from recursion.witness.compiled import CompiledCircuit
from recursion.witness.places import PlacesOfTables
from recursion.witness.schedule import schedule
from recursion.witness.step_writer import StepWriter


def compile_circuit(circuit: Graph | Lowered) -> CompiledCircuit:
    """Takes seconds. Raises AssertionError for a circuit that cannot be lowered."""
    lowered = circuit if isinstance(circuit, Lowered) else Lowered(circuit)
    graph, cells = lowered.graph, Cells(lowered)
    writer = StepWriter(lowered, cells, schedule(lowered))
    trees = Trees(graph, cells)
    checks = ChecksWriter(graph, cells, writer.zeros, trees).checks()
    tables = PlacesOfTables(lowered, cells, writer, trees)
    places = {module.table.name: tables.of(module) for module in MODULES}
    public = [gadget.inputs for gadget in graph.gadgets if gadget.kind is Kind.PUBLIC][:1]
    digest = np.array([cells.word(node) for inputs in public for node in inputs], np.int64)
    return CompiledCircuit(
        graph.num_hints, cells.size, cells.constants, digest, writer.steps(), checks, places, lowered.fixed
    )
