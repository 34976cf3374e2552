"""The operands of a circuit's rows on the words of a proof, and the main columns that tables make of them.

The plain way, from the interpreter's values: what kernels fill is compared with it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from core_vm.field.extension import DEGREE, K, lift
from core_vm.hash.poseidon2 import DIGEST, LEAF_RATE
from recursion.circuit.gadgets import Kind
from recursion.circuit.interpreter import Run
from recursion.circuit.lowering.lower import Lowered
from recursion.circuit.lowering.rows import TableRows
from recursion.tables.rows import CircuitModule
from recursion.tables.standard import MODULES

Columns = npt.NDArray[np.uint32]  # canonical, (columns, rows)


class Filling:
    """`values` holds five coefficients of every node, of temporaries after them, and zeros for NOTHING at the end."""

    def __init__(self, lowered: Lowered, run: Run) -> None:
        self._lowered, self._run = lowered, run
        run.compute_to(len(run.graph) - 1)
        self.values = self._all_values()
        self._hints = np.array([*run.hints, *[0] * LEAF_RATE], np.uint32)

    def main_columns(self) -> dict[str, Columns]:
        """By table, (num_main, rows)."""
        return {module.table.name: self._of_table(module) for module in MODULES}

    def _all_values(self) -> npt.NDArray[np.uint32]:
        """Temporaries are computed from nodes and from temporaries before them."""
        values = list(self._run.values)
        for row in self._lowered.temporaries:
            words = [lift(values[node]) if node >= 0 else K.zero for _, node in row.operands()]
            values.append(row.value(words))
        array = np.zeros((len(values) + 1, DEGREE), np.uint32)
        for node, value in enumerate(values):
            if value is not None:
                array[node] = value.c if isinstance(value, K) else (value, 0, 0, 0, 0)
        return array

    # ------------------------------------------------------------------------------------------ operands
    def _of_table(self, module: CircuitModule) -> Columns:
        name = module.table.name
        rows = self._lowered.tables[name]
        if not rows.fixed:
            return np.zeros((module.table.num_main, 0), np.uint32)
        operands = self._operands(module, rows)
        return module.main_columns(self._lowered.fixed[name], operands)

    def _operands(self, module: CircuitModule, rows: TableRows) -> dict[str, Columns]:
        if module.table.name == "compress":
            return self._pairs(rows)
        found = {}
        for name, count in module.operands.items():
            if (module.table.name, name) == ("cap", "paths"):
                found[name] = self._paths_ending(rows)
            elif (module.table.name, name) == ("leaf", "block"):
                found[name] = self._hinted(np.array(rows.operands[name])[:, 0], LEAF_RATE)
            else:
                found[name] = self._nodes(rows.operands[name], count)
        return found

    def _nodes(self, nodes: Sequence[Sequence[int]], count: int) -> Columns:
        """`count` columns: of as many elements of F, or of a fifth as many of K."""
        array = np.array(nodes, np.int64)
        in_extension = count == DEGREE * array.shape[1]
        values = self.values[array] if in_extension else self.values[array, 0]
        return values.reshape(len(array), count).T

    def _hinted(self, first: npt.NDArray[np.int64], count: int) -> Columns:
        return self._hints[first[:, None] + np.arange(count)].T

    def _pairs(self, rows: TableRows) -> dict[str, Columns]:
        """Of a path's node and its sibling the left one is the node, unless its index is odd."""
        nodes = self._nodes(rows.operands["node"], DIGEST)
        others, bits, parents = np.zeros_like(nodes), *np.zeros((2, 1, nodes.shape[1]), np.uint32)
        for row, other in enumerate(rows.operands["other"]):
            if len(other) == DIGEST:
                others[:, row] = self.values[list(other), 0]
            else:
                index, first_hint = self.values[other[0], 0], other[1]
                others[:, row] = self._hints[first_hint : first_hint + DIGEST]
                bits[0, row], parents[0, row] = index & 1, index >> 1
        is_right = bits[0].astype(np.bool_)
        left, right = np.where(is_right, others, nodes), np.where(is_right, nodes, others)
        return {"left": left, "right": right, "bit": bits, "index": parents}

    def _paths_ending(self, rows: TableRows) -> Columns:
        """How many paths end in each node of a cap."""
        gadgets, values = self._run.graph.gadgets, self._run.values
        ends: Counter[tuple[int, ...]] = Counter(
            (g.constants[0], values[g.inputs[0]]) for g in gadgets if g.kind is Kind.PATH_END
        )
        return np.array([[ends[tuple(place)] for place in rows.operands["place"]]], np.uint32)
