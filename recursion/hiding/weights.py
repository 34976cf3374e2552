"""The weight that the opening of a hiding proof has: of columns, of committed elements, and of out-of-domain points.

It is the sum of
- columns[c] * eq(z_row, row) in the cells of the tables;
- coefficient * X^k in the k-th cell of each element of the deferred checks: pads, and what is in `products`;
- coefficient * z^i in cell i of the whole vector, random cells included, for each point z out of the domain.

The prover makes all of it, the verifier evaluates its extension. Both have the same few arrays: the weights of runs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core_vm.air.table import LOG_TILE, TILE
from core_vm.field.bulk import eq_words
from core_vm.field.extension import DEGREE, K, inner_planes, powers, to_planes
from core_vm.field.koalabear import Words
from core_vm.field.reference import extension_add, extension_multiply
from core_vm.pcs.placements import PlacedWeight
from core_vm.pcs.whir.weights import CellWeight, RunWeight, expand_runs
from core_vm.transcript.arithmetic import Arithmetic
from core_vm.transcript.numbers import BASIS
from recursion.hiding.masked import Element
from recursion.hiding.shape import HidingShape


@dataclass(frozen=True, slots=True)
class Sample:
    """The claim that q, read as the coefficients of a polynomial, has this value at this point of K."""

    point: K
    value: K


@dataclass(frozen=True, slots=True)
class HidingWeight:
    """`placed` is the weight of the tables' columns, `form` has those of elements, `samples` points out of the domain
    with their weights."""

    shape: HidingShape
    placed: PlacedWeight
    form: Mapping[Element, K]
    samples: Sequence[tuple[K, K]]

    def at(self, arithmetic: Arithmetic, point: Sequence[K]) -> K:
        """The extension at `point`, lowest index bit first (see `whir.verifier.OpenedWeight`)."""
        lanes, runs = eq_words(point[:LOG_TILE]), eq_words(point[LOG_TILE:])
        cells, weights = self._element_weights()
        of_elements = inner_planes(weights, extension_multiply(runs[:, cells >> LOG_TILE], lanes[:, cells & TILE - 1]))
        total = self.placed.at(arithmetic, point) + of_elements
        for z, coefficient in self.samples:
            total = total + coefficient * power_extension(z, point)
        return total

    def cells(self, threads: int = 1) -> CellWeight:
        """The weight of every cell (prover side)."""
        num_runs = self.shape.opening.num_runs
        of_tables = RunWeight.placed(self.placed, num_runs, threads)
        total = expand_runs(of_tables.runs, of_tables.lanes, threads)
        for z, coefficient in self.samples:
            of_runs = geometric(z**TILE, num_runs, coefficient)
            total = extension_add(total, expand_runs(of_runs, to_planes(powers(z, TILE)), threads))
        cells, weights = self._element_weights()
        total[:, cells] = extension_add(total[:, cells], weights)
        return CellWeight(total)

    def _element_weights(self) -> tuple[npt.NDArray[np.int64], Words]:
        """The cells of all elements, each once, and their weights."""
        cells = self.shape.element_cells(list(self.form)).reshape(-1)
        basis = to_planes([power for _ in self.form for power in BASIS])
        each = np.repeat(to_planes(list(self.form.values())), DEGREE, axis=1)
        return cells, extension_multiply(each, basis)


def power_extension(z: K, point: Sequence[K]) -> K:
    """The multilinear extension of i -> z^i: prod_b (1 + y_b (z^(2^b) - 1))."""
    total, power = K.one, z
    for y in point:
        total = total * (1 + y * (power - 1))
        power = power * power
    return total


def geometric(ratio: K, count: int, first: K) -> Words:
    """first * ratio^i for i < count, a power of two; planes (5, count)."""
    found, power = to_planes([first]), ratio
    while found.shape[1] < count:
        found = np.concatenate([found, extension_multiply(found, to_planes([power]))], axis=1)
        power = power * power
    return found


def value_at(z: K, runs: Words, num_runs: int) -> K:
    """sum of z^(64 run) * runs[run]: q at z, from <64 cells, z^lane> of each run, planes."""
    return inner_planes(geometric(z**TILE, num_runs, K.one), runs)
