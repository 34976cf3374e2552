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
from core_vm.field.koalabear import Words, to_montgomery
from core_vm.hash.poseidon2 import DIGEST
from recursion.circuit.gadgets import COLUMNS_A_ROW, Kind
from recursion.circuit.graph import Graph, Operation
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
    """The cells of nodes and temporaries; the last of the lists is NOTHING, which is zero.

    `_words` are first cells, of values of K as well; `_elements` the first of five. -1 is what is not there (yet).
    """

    def __init__(self, lowered: Lowered) -> None:
        graph, num_temporaries = lowered.graph, len(lowered.temporaries)
        of_graph = zip(graph.operations, graph.extensions, strict=True)
        has_five = (operation is not Operation.OUTPUT or in_extension for operation, in_extension in of_graph)
        self._has_five = [*has_five, *[True] * (num_temporaries + 1)]
        self._words, self._elements = ([-1] * len(self._has_five) for _ in range(2))
        self._words[NOTHING] = self._elements[NOTHING] = ZERO
        self.size = FIRST_HINT + graph.num_hints
        self.constants = self._place_constants(graph)
        for gadget in graph.gadgets:
            if gadget.kind in HINTED:
                for node, place in zip(gadget.outputs, HINTED[gadget.kind], strict=True):
                    self.place([node], FIRST_HINT + gadget.first_hint + place)

    # ------------------------------------------------------------------------------------------ placing
    def take(self, count: int) -> int:
        """The first of `count` new cells."""
        self.size += count
        return self.size - count

    def _place_constants(self, graph: Graph) -> Words:
        """All constants but zero: (n, 5), Montgomery."""
        found: list[tuple[int, ...]] = []
        for node, operation in enumerate(graph.operations):
            if operation is Operation.CONSTANT:
                value = graph.constants[node]
                self.place([node], self.take(DEGREE) if value else ZERO)
                if value:
                    found.append(value.c if isinstance(value, K) else (value, 0, 0, 0, 0))
        return to_montgomery(np.array(found, np.uint32).reshape(-1, DEGREE))

    def place(self, nodes: Sequence[int], first: int) -> None:
        """These lie one after the other from `first` on, with as many cells as each has."""
        words, elements, has_five = self._words, self._elements, self._has_five
        for node in nodes:
            if words[node] >= 0:
                raise AssertionError(f"node {node} is computed twice")
            words[node] = first
            if has_five[node]:
                elements[node] = first
                first += DEGREE
            else:
                first += 1

    # ------------------------------------------------------------------------------------------ reading
    def word(self, node: int) -> int:
        """The cell of a value of F, or of the first coefficient of one of K."""
        return _known(self._words[node], node)

    def lift(self, node: int) -> tuple[int, int] | None:
        """What is to be copied, from one cell to another, before the node is read as an element; None if nothing is."""
        if self._elements[node] >= 0:
            return None
        self._elements[node] = self.take(DEGREE)
        return self.word(node), self._elements[node]

    def element(self, node: int) -> int:
        """The first of the five cells of an element of K."""
        return _known(self._elements[node], node)

    def arrays(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """The cells of all nodes as words, and as elements; -1 is what is not there."""
        return np.array(self._words, np.int64), np.array(self._elements, np.int64)

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


def _known(cell: int, node: int) -> int:
    if cell < 0:
        raise AssertionError(f"node {node} is read before it is computed")
    return cell
