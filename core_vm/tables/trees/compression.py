"""The trees' compression, one Poseidon2 permutation a row: digest = (P(left, right) + (left, right))[0:8].

Committed are the inputs, the output of every S-box but those of the last round (16 in a full round, one in a partial
round), the digest, and how many messages ask for this compression. Each is a cube of an affine form of earlier columns.

A row of zeros must satisfy every constraint. So each column holds the difference to its value in the compression of
zeros: the row of zeros *is* that compression, asked for by nobody.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from core_vm.air.expression import Affine, Expression, affine, as_expression, column
from core_vm.air.table import Table, TableBuilder
from core_vm.field.koalabear import P
from core_vm.hash.poseidon2 import DIGEST, WIDTH
from core_vm.hash.poseidon2_parameters import FULL_ROUNDS, POSEIDON2_16
from core_vm.tables import buses
from core_vm.witness.module import ColumnWriter, TableModule

if TYPE_CHECKING:
    from core_vm.tables.source import WitnessSource

_HALF = FULL_ROUNDS // 2


def external_layer(s: Sequence[Any]) -> list[Any]:
    """circ(2 M, M, M, M) with M = circ(2, 3, 1, 1), as in `core_vm.hash.poseidon2`, of anything that adds."""
    rows: list[Any] = []
    for x0, x1, x2, x3 in zip(s[0::4], s[1::4], s[2::4], s[3::4], strict=True):
        left, right = x0 + x1, x2 + x3
        total = left + right
        with_x1, with_x3 = total + x1, total + x3
        rows += (with_x1 + left, with_x1 + x2 * 2, with_x3 + right, with_x3 + x0 * 2)
    sums = [rows[k] + rows[k + 4] + rows[k + 8] + rows[k + 12] for k in range(4)] * 4
    return [row + total for row, total in zip(rows, sums, strict=True)]


_EXTERNAL_ROWS = np.array([external_layer([int(i == j) for i in range(WIDTH)]) for j in range(WIDTH)]).T.tolist()


class _Rounds:
    """Declares one S-box layer after the other; knows each column's value in the compression of zeros."""

    def __init__(self, t: TableBuilder) -> None:
        self.t = t

    def commit(self, name: str, forms: Sequence[tuple[Expression, int]]) -> tuple[list[Expression], list[int]]:
        """Columns for the cubes of forms (expression + constant), and their values where all columns are zero."""
        committed = self.t.columns(name, len(forms))
        zeros = [pow(constant, 3, P) for _, constant in forms]
        for i, (expression, constant) in enumerate(forms):
            argument = expression + constant
            self.t.constrain(
                f"{name}_{i}_is_the_cube_of_its_input", committed[i] + zeros[i] - argument * argument * argument
            )
        return committed, zeros

    def full_round(self, number: int, s: Sequence[Expression], constants: Sequence[int]) -> tuple[list[Any], list[int]]:
        """One full round on the state s + constants, round constants not yet added."""
        added = [(c + k) % P for c, k in zip(constants, POSEIDON2_16.full_constants[number], strict=True)]
        columns, zeros = self.commit(f"full_{number}", list(zip(s, added, strict=True)))
        return external_layer(columns), [value % P for value in external_layer(zeros)]

    def partial_rounds(self, s: Sequence[Expression], constants: Sequence[int]) -> tuple[list[Any], list[int]]:
        """The twenty partial rounds. The state is kept as flat affine forms: 16 to 36 columns each."""
        forms = [affine(e).plus(Affine(c, {}, {})) for e, c in zip(s, constants, strict=True)]
        for number, constant in enumerate(POSEIDON2_16.partial_constants):
            argument = (_linear_part(forms[0]), (forms[0].constant + constant) % P)
            (output,), (zero,) = self.commit(f"partial_{number}", [argument])
            forms[0] = affine(output + zero)
            total = forms[0]
            for form in forms[1:]:
                total = total.plus(form)
            forms = [total.plus(form.scaled(d)) for form, d in zip(forms, POSEIDON2_16.diagonal, strict=True)]
        return [_linear_part(form) for form in forms], [form.constant for form in forms]


def _linear_part(form: Affine) -> Expression:
    return sum((column(number) * c for number, c in sorted(form.columns.items())), as_expression(0))


def _table() -> Table:
    t = TableBuilder("compression", documentation=__doc__ or "")
    rounds = _Rounds(t)
    inputs = t.columns("left", DIGEST) + t.columns("right", DIGEST)
    s, constants = external_layer(inputs), [0] * WIDTH
    for number in range(_HALF):
        s, constants = rounds.full_round(number, s, constants)
    s, constants = rounds.partial_rounds(s, constants)
    for number in range(_HALF, FULL_ROUNDS - 1):
        s, constants = rounds.full_round(number, s, constants)

    last = [(c + k) % P for c, k in zip(constants, POSEIDON2_16.full_constants[-1], strict=True)]
    arguments = [expression + c for expression, c in zip(s, last, strict=True)]
    cubes = [argument * argument * argument for argument in arguments]
    zeros = [value % P for value in external_layer([pow(c, 3, P) for c in last])]
    digest = t.columns("digest", DIGEST)
    for i in range(DIGEST):
        output = sum((cube * w for cube, w in zip(cubes, _EXTERNAL_ROWS[i], strict=True)), inputs[i])
        t.constrain(f"digest_{i}_is_output_plus_input", digest[i] + zeros[i] - output)

    multiplicity = t.column("multiplicity")
    message = (*inputs, *(element + zero for element, zero in zip(digest, zeros, strict=False)))
    t.receive_counted(buses.COMPRESS, message, multiplicity)
    return t.build()


def _fill(source: WitnessSource, start: int, stop: int, writer: ColumnWriter) -> None:
    from core_vm.tables.trees.compression_kernels import store_traces

    *names, last = COMPRESSION.table.columns
    store_traces(source.compressions.inputs[start:stop], *writer.claim(names))
    writer.put(last, source.compressions.multiplicity[start:stop])


COMPRESSION = TableModule(_table(), lambda source: len(source.compressions), _fill)
MODULES = (COMPRESSION,)
