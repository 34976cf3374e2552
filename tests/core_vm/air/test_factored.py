"""Common factors taken out of sums of products: the same values and leading parts, fewer products."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from core_vm.air.expression import Expression, column, evaluate
from core_vm.air.factored import Factoring
from core_vm.air.leading import LeadingForms
from core_vm.air.table_tapes import TableTapes
from core_vm.air.tape import Opcode, Tape, compile_values, run_tape
from core_vm.field.koalabear import P
from precompiles.sha256.round_table import round_table
from precompiles.sha256.signed_words import weighted_sum
from tests.core_vm.air.random_expressions import WIDTH, random_expression


def products(*values: Expression) -> int:
    """How many are multiplied by a tape that emits these."""
    tape = compile_values(WIDTH, len(values), list(enumerate(values)))
    return Counter(tape.operations[:, 0].tolist())[Opcode.MULTIPLY]


def random_word(rng: random.Random) -> Expression:
    """A sum in powers of two, of products of one to three columns, and of other terms."""
    terms = list[Expression]()
    for _ in range(rng.randrange(2, 17)):
        x, y, z = (column(number) for number in rng.sample(range(WIDTH), 3))
        terms.append(rng.choice([x, x * y, x * y * z, x * (y * z), x * x * y, random_expression(rng, 3, 3)]))
    return weighted_sum(terms)


@pytest.mark.parametrize("seed", range(30))
def test_values_and_leading_parts_stay(seed: int) -> None:
    rng = random.Random(seed)
    words, factoring = [random_word(rng) for _ in range(3)], Factoring()
    whole = words[0] * rng.randrange(P) - words[1] + 7 + words[2] / 2
    for expression in (*words, whole, random_expression(rng, 3)):
        factored = factoring.of(expression)
        assert factored.degree == expression.degree
        leading, factored_leading = (LeadingForms().of(value, 3) for value in (expression, factored))
        for _ in range(3):
            row = [rng.randrange(P) for _ in range(WIDTH)]
            assert evaluate(factored, row) == evaluate(expression, row)
            assert evaluate(factored_leading, row) == evaluate(leading, row)


def test_a_factor_of_two_terms_is_taken_out() -> None:
    a, b, c, d, e, _ = (column(number) for number in range(WIDTH))
    word = weighted_sum([a * b * c, a * d, b * d * e])
    assert products(word) == 5
    assert products(Factoring().of(word)) == 4


@pytest.mark.parametrize("distance", range(1, 16))
def test_terms_of_any_distance(distance: int) -> None:
    a, b, c, d, e, f = (column(number) for number in range(WIDTH))
    word = weighted_sum([a * b * c, *[f] * (distance - 1), d * (e * b)])
    assert products(word) - products(Factoring().of(word)) == 1


def test_what_has_nothing_in_common_stays_as_it_is() -> None:
    a, b, c, d, e, f = (column(number) for number in range(WIDTH))
    expression = 3 * weighted_sum([a * b * c, d * e * f, a * d, a * a * a, a * a * b]) - a * b * d
    assert Factoring().of(expression) is expression


def test_shared_parts_stay_shared() -> None:
    a, b, c, d, e, f = (column(number) for number in range(WIDTH))
    word, factoring = weighted_sum([a * b * c, a * d * e]), Factoring()
    assert products(factoring.of(word - f), factoring.of(word * 5 + d)) == 3


def emitted(tape: Tape, columns: list[int]) -> list[int]:
    values = [0] * tape.num_constraints
    run_tape(tape, columns, lambda number, value: values.__setitem__(number, value % P))
    return values


def test_sha256_emits_the_same_with_fewer_products() -> None:
    tapes, rng = TableTapes(round_table()), random.Random(1)
    columns = [rng.randrange(P) for _ in range(round_table().width)]
    for tape, factored in ((tapes.whole, tapes.factored), (tapes.whole_leading, tapes.factored_leading)):
        assert emitted(factored, columns) == emitted(tape, columns)
        counts = [Counter(of.operations[:, 0].tolist())[Opcode.MULTIPLY] for of in (tape, factored)]
        assert counts[0] - counts[1] > 800
