"""Where values lie in the memory of a witness: uint32 cells, Montgomery.

Zeros first, then the words of the hints as they come, then constants, then what is computed. An element of K has five
cells one after the other, and the coefficients of a hinted one are those cells. Sums and constants have five cells
whether they are of F or K; other values of F have one, and are copied where they are read as elements of K.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from core_vm.field.extension import DEGREE, K
from core_vm.field.koalabear import to_montgomery
from core_vm.hash.poseidon2 import DIGEST
from recursion.circuit.gadgets import COLUMNS_A_ROW, Kind
from recursion.circuit.graph import Operation
from recursion.circuit.lowering.lower import Lowered
from recursion.circuit.lowering.rows import NOTHING

NUM_ZEROS = 24
"""Enough for whatever is read at once: an octet, or a bundle of four elements."""

ZERO, FIRST_HINT = 0, NUM_ZEROS


HINTED = {
    Kind.WORD: range(1),
    Kind.ELEMENT: (0, *range(DEGREE)),
    Kind.COLUMNS: (*range(0, COLUMNS_A_ROW * DEGREE, DEGREE), *range(COLUMNS_A_ROW * DEGREE)),
    Kind.OCTET: range(DIGEST),
    Kind.CAP: range(DIGEST),
}
"""Where outputs that are hints lie behind the gadget's first one."""


class Cells:
    """The cells of nodes and temporaries, -1 for those that nothing computes."""

    def __init__(self, lowered: Lowered) -> None:
        graph = lowered.graph
        self._graph = graph
        self._of = np.full(len(graph) + len(lowered.temporaries), -1, np.int64)
        self._lifted: dict[int, int] = {}
        self.first_constant = self.size = FIRST_HINT + graph.num_hints
        self.constants = self._place_constants()
        for gadget in graph.gadgets:
            if gadget.kind in HINTED:
                for node, place in zip(gadget.outputs, HINTED[gadget.kind], strict=True):
                    self._of[node] = FIRST_HINT + gadget.first_hint + place

    # ------------------------------------------------------------------------------------------ placing
    def take(self, count: int) -> int:
        """The first of `count` new cells."""
        self.size += count
        return self.size - count

    def _place_constants(self) -> npt.NDArray[np.uint32]:
        """All constants but zero: (n, 5), Montgomery."""
        graph, found = self._graph, []
        for node, operation in enumerate(graph.operations):
            if operation is Operation.CONSTANT:
                value = graph.constants[node]
                self._of[node] = self.take(DEGREE) if value else 0
                if value:
                    found.append(value.c if isinstance(value, K) else (value, 0, 0, 0, 0))
        return to_montgomery(np.array(found, np.uint32).reshape(-1, DEGREE))

    def place(self, nodes: Sequence[int], first: int) -> None:
        """These lie one after the other from `first` on, with as many cells as each has."""
        for node in nodes:
            if self._of[node] >= 0:
                raise AssertionError(f"node {node} is computed twice")
            self._of[node] = first
            first += DEGREE if self._is_element(node) else 1

    # ------------------------------------------------------------------------------------------ reading
    def word(self, node: int) -> int:
        """The cell of a value of F, or of the first coefficient of one of K. NOTHING is zero."""
        if node == NOTHING:
            return 0
        if self._of[node] < 0:
            raise AssertionError(f"node {node} is read before it is computed")
        return int(self._of[node])

    def _is_element(self, node: int) -> bool:
        """Whether it has five cells."""
        graph = self._graph
        if node == NOTHING or node >= len(graph) or graph.operations[node] is not Operation.OUTPUT:
            return True
        return bool(graph.extensions[node])

    def lift(self, node: int) -> tuple[int, int] | None:
        """What is to be copied, from one cell to another, before the node is read as an element; None if nothing is."""
        if self._is_element(node) or node in self._lifted:
            return None
        self._lifted[node] = self.take(DEGREE)
        return self.word(node), self._lifted[node]

    def element(self, node: int) -> int:
        """The first of the five cells of an element of K."""
        return self.word(node) if self._is_element(node) else self._lifted[node]

    def octet(self, nodes: Sequence[int]) -> int:
        """The first cell of nodes that lie one after the other, or are all zero."""
        cells = [self.word(node) for node in nodes]
        return self._run(cells, 1)

    def bundle(self, nodes: Sequence[int]) -> int:
        """The same of elements."""
        return self._run([self.element(node) for node in nodes], DEGREE)

    def _run(self, cells: list[int], distance: int) -> int:
        if not any(cells):
            return 0
        if cells != [cells[0] + distance * place for place in range(len(cells))]:
            raise AssertionError(f"the cells {cells} do not lie one after the other")
        return cells[0]
