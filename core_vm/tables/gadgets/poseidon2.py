"""The rounds of Poseidon2 as columns and constraints: one permutation of any width in one row.

Committed is the output of every S-box but those of the last round: one a lane in a full round, one in a partial round.
Each is the cube of an affine form of earlier columns, so the inputs determine them all. What is left of the last
round, cubes under a linear layer, is for the caller: it constrains the outputs that it needs.

A row of zeros must satisfy every constraint. So each column holds the difference to its value in the permutation of
zeros: the row of zeros *is* that permutation.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from core_vm.air.expression import Expression, affine, as_expression, column
from core_vm.air.table_builder import TableBuilder
from core_vm.field.koalabear import P
from core_vm.hash.poseidon2_parameters import FULL_ROUNDS, Poseidon2

HALF_FULL = FULL_ROUNDS // 2


def external_layer(s: Sequence[Any]) -> list[Any]:
    """circ(2 M, M, .., M) with M = circ(2, 3, 1, 1), as in `core_vm.hash.poseidon2`, of anything that adds."""
    rows: list[Any] = []
    for x0, x1, x2, x3 in zip(s[0::4], s[1::4], s[2::4], s[3::4], strict=True):
        left, right = x0 + x1, x2 + x3
        total = left + right
        with_x1, with_x3 = total + x1, total + x3
        rows += (with_x1 + left, with_x1 + x2 * 2, with_x3 + right, with_x3 + x0 * 2)
    sums = [sum(rows[k + 4 :: 4], rows[k]) for k in range(4)]
    return [row + sums[i % 4] for i, row in enumerate(rows)]


class Permutation:
    """Declares the columns of one permutation of `inputs`, S-box layer by S-box layer.

    `cubes` are the last round's S-box outputs, degree 3; `zeros` what the permutation of zeros gives, lane by lane.
    """

    def __init__(self, t: TableBuilder, parameters: Poseidon2, inputs: Sequence[Expression]) -> None:
        self.t, self.parameters = t, parameters
        s, constants = external_layer(inputs), [0] * len(inputs)
        for number in range(HALF_FULL):
            s, constants = self._full_round(number, s, constants)
        s, constants = self._partial_rounds(s, constants)
        for number in range(HALF_FULL, FULL_ROUNDS - 1):
            s, constants = self._full_round(number, s, constants)
        last = self._with_round_constants(FULL_ROUNDS - 1, constants)
        arguments = [expression + c for expression, c in zip(s, last, strict=True)]
        self.cubes = [argument * argument * argument for argument in arguments]
        self.zeros = [value % P for value in external_layer([pow(c, 3, P) for c in last])]

    def _with_round_constants(self, number: int, constants: Sequence[int]) -> list[int]:
        return [(c + k) % P for c, k in zip(constants, self.parameters.full_constants[number], strict=True)]

    def _commit(self, name: str, forms: Sequence[tuple[Expression, int]]) -> tuple[list[Expression], list[int]]:
        """Columns for the cubes of forms (expression + constant), and their values where all columns are zero."""
        committed = self.t.columns(name, len(forms))
        zeros = [pow(constant, 3, P) for _, constant in forms]
        for i, (expression, constant) in enumerate(forms):
            argument = expression + constant
            self.t.constrain(
                f"{name}_{i}_is_the_cube_of_its_input", committed[i] + zeros[i] - argument * argument * argument
            )
        return committed, zeros

    def _full_round(
        self, number: int, s: Sequence[Expression], constants: Sequence[int]
    ) -> tuple[list[Expression], list[int]]:
        """One full round on the state s + constants, round constants not yet added."""
        added = self._with_round_constants(number, constants)
        columns, zeros = self._commit(f"full_{number}", list(zip(s, added, strict=True)))
        return external_layer(columns), [value % P for value in external_layer(zeros)]

    def _partial_rounds(self, s: Sequence[Expression], constants: Sequence[int]) -> tuple[list[Expression], list[int]]:
        """All partial rounds. The state is kept as flat affine forms, of the S-box outputs so far among others."""
        forms = [affine(e) for e in s]
        numbers = sorted({number for form in forms for number in form.columns})
        # A form a row: what each column counts for, those of the rounds to come too, and last its constant.
        rows = np.zeros((len(forms), len(numbers) + self.parameters.partial_rounds + 1), np.uint64)
        for row, form, constant in zip(rows, forms, constants, strict=True):
            row[: len(numbers)] = [form.columns.get(number, 0) for number in numbers]
            row[-1] = (form.constant + constant) % P
        diagonal = np.array(self.parameters.diagonal, np.uint64)[:, None]
        for number, constant in enumerate(self.parameters.partial_constants):
            argument = (_linear_part(rows[0], numbers), (int(rows[0, -1]) + constant) % P)
            (output,), (zero,) = self._commit(f"partial_{number}", [argument])
            rows[0] = 0
            rows[0, len(numbers)], rows[0, -1] = 1, zero
            numbers.append(output.value)
            rows = (rows.sum(axis=0) + rows * diagonal) % np.uint64(P)
        return [_linear_part(row, numbers) for row in rows], rows[:, -1].tolist()


def _linear_part(row: npt.NDArray[np.uint64], numbers: Sequence[int]) -> Expression:
    terms = zip(numbers, row.tolist(), strict=False)
    return sum((column(number) * c for number, c in terms if c), as_expression(0))
