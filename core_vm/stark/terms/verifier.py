"""A sumcheck over the product terms of all constraints, in place of the columns' values (verifier side).

After the zerocheck's rounds the claim is  <linear, v> + sum_t w_t A_t(v) B_t(v) D_t(v)  for the values v of all columns
at one point, with forms and weights that the verifier knows. The prover does not send v. It sends

    u = <linear, v>; then a sumcheck over the numbers of terms for  sum_t w(t) A(t) B(t) D(t) = claim - u, of degree 4;
    and at the point t* where that ends  a = A(t*), b = B(t*), d = D(t*).

w(t*) is the verifier's own. All four values are linear forms of v, the last three with coefficients that are sums of
the forms' with weights eq(t*, t). So they are one form of v, batched by a challenge nu: what a commitment opens.

Soundness, message by message: 4/|K| a round (a polynomial of degree four), and 3/|K| for nu (degree three in nu: if one
of u, a, b, d is not the value of its form, the batched form has another value but for three nu). The prover fixes u
before the first challenge and a, b, d before nu. Forms that pad the terms to a power of two are zero with weight zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core_vm.errors import SumcheckRejection
from core_vm.field.bulk import eq_words, sums_at, weighted_rows
from core_vm.field.extension import K, from_planes, to_planes
from core_vm.field.koalabear import Words
from core_vm.field.reference import extension_add, extension_multiply
from core_vm.stark.terms.system import TermStatement

if TYPE_CHECKING:
    from core_vm.transcript.arithmetic import Value
    from core_vm.transcript.channel import VerifierChannel

DEGREE = 4  # of a round's polynomial: a weight and three forms
COMBINED = 4  # values batched by nu


@dataclass(frozen=True, slots=True)
class LinearClaim:
    """sum over columns of weight * value = value; `columns` are planes (5, num_columns)."""

    columns: Words
    value: Value


def verify_terms(channel: VerifierChannel, statement: TermStatement, claim: Value) -> LinearClaim:
    """Reduces the statement's claim to one linear form of the columns. Raises SumcheckRejection."""
    arithmetic = channel.arithmetic
    (linear,) = channel.receive_extension("term_linear", 1)
    point, claim = _receive_rounds(channel, statement.system.log_terms, claim - linear)
    a, b, d = channel.receive_extension("term_factors", 3)
    weights = eq_words(point)[:, : statement.weights.shape[1]]
    wrong = SumcheckRejection("term sumcheck", "the last claim is not the product of the terms' factors")
    arithmetic.require_equal(a * b * d * weight_of(statement, weights), claim, wrong)
    nu = channel.challenge("term_combination")
    return combined(statement, weights, nu, linear + nu * (a + nu * (b + nu * d)))


def _receive_rounds(channel: VerifierChannel, rounds: int, claim: Value) -> tuple[list[K], Value]:
    """Binds the highest bit of the term's number first. Returns the point, lowest bit first, and the last claim.

    A message is h(0) and the coefficients of X^2, X^3, X^4; the claim h(0) + h(1) supplies that of X.
    """
    point: list[K] = []
    for _ in range(rounds):
        message = channel.receive_extension("term_round", DEGREE)
        r = channel.challenge("term_round")
        claim = next_claim(claim, message, r)
        point.insert(0, r)
    return point, claim


def next_claim(claim: Value, message: list[Value], r: K) -> Value:
    """h(r)."""
    constant, square, cube, fourth = message
    slope = claim - constant - constant - square - cube - fourth
    return constant + r * (slope + r * (square + r * (cube + r * fourth)))


def weight_of(statement: TermStatement, eq: Words) -> K:
    """w(t*), from eq(t*, t) of all terms."""
    return from_planes(weighted_rows(statement.weights[:, None, :], eq))[0]


def combined(statement: TermStatement, eq: Words, nu: K, value: Value) -> LinearClaim:
    """linear + nu A(t*) + nu^2 B(t*) + nu^3 D(t*) as one weight a column; its constant goes to the value."""
    system, of_forms, power = statement.system, statement.of_forms, nu
    for factors in system.terms:
        of_factor = extension_multiply(eq, to_planes([power]))
        of_forms = extension_add(of_forms, sums_at(factors, of_factor, system.num_forms))
        power = power * nu
    columns, constant = system.column_weights(of_forms)
    return LinearClaim(extension_add(columns, statement.of_columns), value - from_planes(constant)[0])


def fixed_taken_off(claim: LinearClaim, fixed: Words, main: np.ndarray) -> LinearClaim:
    """The claim about main columns alone, whose numbers are `main`; `fixed` (5, num_columns) is zero there."""
    known = from_planes(weighted_rows(claim.columns[:, None, :], fixed))[0]
    return LinearClaim(claim.columns[:, main], claim.value - known)
