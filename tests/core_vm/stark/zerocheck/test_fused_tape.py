"""What is fused, and what is not because something else reads it."""

from __future__ import annotations

from collections import Counter

import pytest

from core_vm.air.expression import Expression, column
from core_vm.air.table_builder import TableBuilder
from core_vm.air.tape import Opcode, Tape, compile_tape
from core_vm.stark.zerocheck.fused_tape import COMBINATION, PRODUCTS, SQUARES, SQUARES_AT_ONCE, SUMS, TRIPLES, fused
from precompiles.sha256.signed_words import weighted_sum

SIGNS = 2 * SQUARES_AT_ONCE + 3


def tape_of(*values: Expression) -> Tape:
    t = TableBuilder("values")
    t.columns("c", SIGNS + 1)
    for number, value in enumerate(values):
        t.constrain(f"number_{number}", value)
    return compile_tape(t.build())


def opcodes(tape: Tape, chains: bool = True) -> Counter[int]:
    return Counter(step.opcode for step in fused(tape, chains))


def c(number: int) -> Expression:
    return column(number)


@pytest.mark.parametrize(
    ("opcode", "terms"),
    [
        (SUMS, [c(i) for i in range(4)]),
        (PRODUCTS, [c(i) * c(i + 1) for i in range(4)]),
        (TRIPLES, [c(i) * c(i + 1) * c(i + 5) for i in range(4)]),
        (TRIPLES, [c(i) * (c(i + 1) * c(i + 5)) for i in range(4)]),
    ],
    ids=["sums", "products", "triples", "triples, last ones first"],
)
def test_a_chain_is_one_operation(opcode: int, terms: list[Expression]) -> None:
    found = opcodes(tape_of(weighted_sum(terms)))
    start = {SUMS: 0, PRODUCTS: 1, TRIPLES: 2}[opcode]
    assert found == Counter({opcode: 1, Opcode.MULTIPLY: start, Opcode.EMIT: 1}) + Counter()


def test_a_chain_of_other_terms_begins_where_the_last_one_ends() -> None:
    terms = [c(0) * c(1), c(2) * c(3), c(4) * c(5) * c(6), c(7) * c(8) * c(9), c(10), c(11), c(12)]
    assert opcodes(tape_of(weighted_sum(terms))) == {SUMS: 1, TRIPLES: 1, PRODUCTS: 1, Opcode.EMIT: 1}


@pytest.mark.parametrize("chains", [False, True])
@pytest.mark.parametrize("count", range(1, 8))
def test_sums_of_scaled_values_are_fused_two_terms_at_a_time(count: int, chains: bool) -> None:
    total = sum((c(i + 1) * (i + 3) for i in range(count)), c(0))
    found = opcodes(tape_of(total), chains)
    alone = count % 2
    assert (
        found
        == Counter({COMBINATION: count // 2 > 0, Opcode.ADD: alone, Opcode.MULTIPLY_CONSTANT: alone, Opcode.EMIT: 1})
        + Counter()
    )


def test_a_sum_of_scaled_values_ends_where_something_else_reads_it() -> None:
    part = c(0) + c(1) * 3 + c(2) * 5
    found = opcodes(tape_of(part + c(3) * 7 + c(4) * 9, part * c(5)))
    assert found == {COMBINATION: 2, Opcode.MULTIPLY: 1, Opcode.EMIT: 2}
    scaled = c(1) * 3
    found = opcodes(tape_of(c(0) + scaled + c(2) * 5, scaled * c(3)))
    assert found[COMBINATION] == 0


def test_what_something_else_reads_is_not_fused() -> None:
    shared, step = c(0) * c(1), c(4) * 2 + c(5) * c(6)
    found = opcodes(tape_of(shared * 2 + shared, step * 2 + c(2) * c(3), step))
    assert found[Opcode.MULTIPLY] == 1
    assert found[PRODUCTS] == 2


def test_a_square_is_no_term_of_products() -> None:
    found = opcodes(tape_of(weighted_sum([c(0) * c(0), c(1) * c(1), c(2)])))
    assert found == {Opcode.MULTIPLY: 2, SUMS: 1, Opcode.EMIT: 1}


def test_chains_are_left_alone_where_they_are_not_wanted() -> None:
    tape = tape_of(weighted_sum([c(i) * c(i + 1) for i in range(4)]))
    assert opcodes(tape, False) == Counter(tape.operations[:, 0].tolist())


@pytest.mark.parametrize("chains", [False, True])
def test_squares_are_fused_as_many_at_once_as_are_weighed_together(chains: bool) -> None:
    steps = fused(tape_of(*(c(i) * c(i) - c(SIGNS) for i in range(SIGNS))), chains)
    assert [step.numbers for step in steps if step.opcode == SQUARES] == [tuple(range(8)), tuple(range(8, 16))]
    assert Counter(step.opcode for step in steps) == {
        SQUARES: 2, Opcode.MULTIPLY: 3, Opcode.SUBTRACT: 3, Opcode.EMIT: 3,
    }  # fmt: skip


def test_a_square_that_something_else_reads_is_not_fused() -> None:
    others = [c(i) * c(i) - c(SIGNS) for i in range(1, SQUARES_AT_ONCE)]
    shared = c(0) * c(0) - c(SIGNS)
    assert SQUARES in opcodes(tape_of(shared, *others))
    assert SQUARES not in opcodes(tape_of(shared, shared * 2 - c(1), *others))
    assert SQUARES not in opcodes(tape_of(shared, c(0) * c(0) - c(1) * 3, *others))
