"""The prover's side of the sumcheck over terms; plain numpy, as there are some two thousand of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from core_vm.errors import WitnessError
from core_vm.field.bulk import eq_words
from core_vm.field.extension import DEGREE as PLANES
from core_vm.field.extension import K, from_planes, inner_planes, to_planes
from core_vm.field.koalabear import Words
from core_vm.field.reference import extension_add, extension_multiply, extension_subtract
from core_vm.stark.terms.system import TermStatement
from core_vm.stark.terms.verifier import LinearClaim, combined, next_claim

if TYPE_CHECKING:
    from core_vm.transcript.channel import ProverChannel

# The coefficients of 1, X and X^2.
Quadratic = tuple[Words, Words, Words]


def prove_terms(
    channel: ProverChannel, statement: TermStatement, columns: Words, claim: K, check: bool = True
) -> LinearClaim:
    """Sends what `verify_terms` reads, for columns' values (5, num_columns).

    Raises WitnessError if the claim is not the statement's value and `check` is set.
    """
    forms = statement.system.form_values(columns)
    linear = inner_planes(statement.of_forms, forms) + inner_planes(statement.of_columns, columns)
    channel.send_extension("term_linear", [linear])
    size = 1 << statement.system.log_terms
    tables = [_padded(values, size) for values in (statement.weights, *(forms[:, f] for f in statement.system.terms))]
    claim, point = claim - linear, list[K]()
    for _ in range(statement.system.log_terms):
        message = _round(tables)
        channel.send_extension("term_round", message)
        r = channel.challenge("term_round")
        claim = next_claim(claim, message, r)
        tables = [_bound(table, r) for table in tables]
        point.insert(0, r)
    weight, *factors = (from_planes(table)[0] for table in tables)
    a, b, d = factors
    if check and weight * a * b * d != claim:
        raise WitnessError("the columns at the row point do not have the constraints' value")
    channel.send_extension("term_factors", factors)
    nu = channel.challenge("term_combination")
    eq = eq_words(point)[:, : statement.weights.shape[1]]
    return combined(statement, eq, nu, linear + nu * (a + nu * (b + nu * d)))


def _padded(planes: Words, size: int) -> Words:
    padded = np.zeros((PLANES, size), np.uint32)
    padded[:, : planes.shape[1]] = planes
    return padded


def _round(tables: list[Words]) -> list[K]:
    """h(0) and the coefficients of X^2, X^3, X^4 of the sum of products, the highest bit of the number being X."""
    weight, a, b, d = ((table[:, : table.shape[1] // 2], table[:, table.shape[1] // 2 :]) for table in tables)
    p, q = _product(weight, a), _product(b, d)
    return [
        inner_planes(p[0], q[0]),
        inner_planes(p[0], q[2]) + inner_planes(p[1], q[1]) + inner_planes(p[2], q[0]),
        inner_planes(p[1], q[2]) + inner_planes(p[2], q[1]),
        inner_planes(p[2], q[2]),
    ]


def _product(a: tuple[Words, Words], b: tuple[Words, Words]) -> Quadratic:
    """Of two linear polynomials, given by their values at 0 and 1."""
    slope_a, slope_b = extension_subtract(a[1], a[0]), extension_subtract(b[1], b[0])
    constant, square = extension_multiply(a[0], b[0]), extension_multiply(slope_a, slope_b)
    at_one = extension_multiply(a[1], b[1])
    return constant, extension_subtract(extension_subtract(at_one, constant), square), square


def _bound(table: Words, r: K) -> Words:
    half = table.shape[1] // 2
    low, high = table[:, :half], table[:, half:]
    return extension_add(low, extension_multiply(to_planes([r]), extension_subtract(high, low)))
