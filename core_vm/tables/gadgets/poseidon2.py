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

from core_vm.air.expression import Affine, Expression, affine, as_expression, column
from core_vm.air.table import TableBuilder
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
        """All partial rounds. The state is kept as flat affine forms: those of the S-box outputs so far."""
        forms = [affine(e).plus(Affine(c, {}, {})) for e, c in zip(s, constants, strict=True)]
        for number, constant in enumerate(self.parameters.partial_constants):
            argument = (_linear_part(forms[0]), (forms[0].constant + constant) % P)
            (output,), (zero,) = self._commit(f"partial_{number}", [argument])
            forms[0] = affine(output + zero)
            total = forms[0]
            for form in forms[1:]:
                total = total.plus(form)
            forms = [total.plus(form.scaled(d)) for form, d in zip(forms, self.parameters.diagonal, strict=True)]
        return [_linear_part(form) for form in forms], [form.constant for form in forms]


def _linear_part(form: Affine) -> Expression:
    return sum((column(number) * c for number, c in sorted(form.columns.items())), as_expression(0))
