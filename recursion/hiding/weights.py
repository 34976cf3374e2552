"""The weight that the opening of a hiding proof has, the samples' apart: of columns, and of committed elements.

It is the sum of
- columns[c] * eq(z_row, row) in the cells of the tables;
- coefficient * X^k in the k-th cell of each element of the deferred checks: pads, products, and what checks these.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core_vm.air.table import LOG_TILE, TILE
from core_vm.field.bulk import eq_words
from core_vm.field.extension import DEGREE, K, inner_planes, to_planes
from core_vm.field.koalabear import Words
from core_vm.field.reference import extension_multiply
from core_vm.pcs.placements import PlacedWeight
from core_vm.transcript.arithmetic import Arithmetic
from core_vm.transcript.numbers import BASIS
from recursion.hiding.masked import Element
from recursion.hiding.shape import HidingShape


@dataclass(frozen=True, slots=True)
class HidingWeight:
    """`placed` is the weight of the tables' columns, `form` has those of elements."""

    shape: HidingShape
    placed: PlacedWeight
    form: Mapping[Element, K]

    def at(self, arithmetic: Arithmetic, point: Sequence[K]) -> K:
        """The extension at `point`, lowest index bit first (see `whir.verifier.OpenedWeight`)."""
        lanes, runs = eq_words(point[:LOG_TILE]), eq_words(point[LOG_TILE:])
        cells, weights = self.of_elements()
        eq = extension_multiply(runs[:, cells >> LOG_TILE], lanes[:, cells & TILE - 1])
        return self.placed.at(arithmetic, point) + inner_planes(weights, eq)

    def of_elements(self) -> tuple[npt.NDArray[np.int64], Words]:
        """The cells of all elements, each once, and their weights, planes."""
        cells = self.shape.element_cells(list(self.form)).reshape(-1)
        basis = to_planes([power for _ in self.form for power in BASIS])
        each = np.repeat(to_planes(list(self.form.values())), DEGREE, axis=1)
        return cells, extension_multiply(each, basis)
