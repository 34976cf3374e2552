"""Provers of final proofs that lie about cells, fixed columns and linear parts."""

from __future__ import annotations

from unittest.mock import patch

import pytest

from core_vm.errors import (
    OpeningRejection,
    Rejection,
    WitnessError,
)
from core_vm.field.koalabear import P
from core_vm.stark.final.prover import FinalTrace, prove_final
from tests.core_vm.stark.final.proofs import (
    CHECK_END,
    key,
    public,
    trace,
    verify,
)


def altered(column: int, row: int, table: int = 0) -> FinalTrace:
    wrong = trace(key())
    cell = wrong.layout.column_view(wrong.q, table, column)
    cell[row >> 6, row & 63] = (int(cell[row >> 6, row & 63]) + 1) % P
    return wrong


@pytest.mark.parametrize(("column", "row"), [(0, 0), (1, 69), (0, 33), (1, 64), (0, 70), (1, 127)])
def test_a_wrong_cell_is_not_provable(column: int, row: int) -> None:
    """In use or beyond the rows in use: no row of a tile escapes the constraints."""
    with pytest.raises(WitnessError):
        prove_final(key(), altered(column, row), public())
    with patch(CHECK_END):
        words = prove_final(key(), altered(column, row), public(), check=False)
    with pytest.raises(Rejection):
        verify(key(), words)


def test_other_fixed_columns_in_the_trace_are_not_provable() -> None:
    """A prover who fills the fixed columns as he likes: the verifier has its own."""
    with patch(CHECK_END):
        words = prove_final(key(), altered(3, 5), public(), check=False)
    with pytest.raises(Rejection):
        verify(key(), words)


def test_a_false_linear_part_ends_in_the_opening() -> None:
    """A prover whose rows do not hold sends as <linear, v> what makes the sum over terms right: the form that is left
    is not that of the committed columns."""
    from core_vm.stark.terms import prover

    def with_fitting_claim(channel, statement, columns, claim, check):
        true = prover.inner_planes
        forms = statement.system.form_values(columns)
        whole = true(statement.of_forms, forms) + true(statement.of_columns, columns)
        terms = prover_value(statement, forms)
        offsets = iter([claim - terms - whole])
        with patch.object(prover, "inner_planes", lambda a, b: true(a, b) + next(offsets, 0)):
            return prover.prove_terms(channel, statement, columns, claim, check)

    with patch("core_vm.stark.final.prover.prove_terms", with_fitting_claim), patch(CHECK_END):
        words = prove_final(key(), altered(1, 70), public(), check=False)
    with pytest.raises(OpeningRejection):
        verify(key(), words)


def prover_value(statement, forms):
    """sum_t w_t A_t B_t D_t."""
    from core_vm.field.extension import inner_planes
    from core_vm.field.reference import extension_multiply

    a, b, d = (forms[:, factors] for factors in statement.system.terms)
    return inner_planes(extension_multiply(statement.weights, a), extension_multiply(b, d))
