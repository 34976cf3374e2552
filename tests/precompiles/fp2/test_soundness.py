"""The tables of Fp2 under the attacks that every table goes through, and under lies of their own."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from core_vm.errors import WitnessError
from core_vm.field.koalabear import P
from core_vm.machine.precompile import PrecompileEvents
from core_vm.machine.shard import ShardEvents
from core_vm.witness.check import violations
from precompiles.fp2.calls import CALLS
from precompiles.fp2.fields import BLS12_381, BN254, FIELDS, Field
from precompiles.fp2.reference import OPERATIONS
from precompiles.fp2.table import fp2_module
from tests.conformance.checking import Shard, shards_of
from tests.core_vm.tables.intervals import wraps
from tests.precompiles.fp2.calls import Case, cases, plain_cases, result_of, rows
from tests.precompiles.fp2.forger import GROUPS, Row
from tests.precompiles.fp2.guest import input_of, program
from tests.precompiles.shared.forged import decided_below, objections
from tests.precompiles.shared.forged_calls import FORGERIES
from tests.soundness.column_mutations import mutate
from tests.soundness.row_search import lookups_hold
from tests.soundness.suite import check_changed_cells, check_deletions, check_determined, check_filling_row

each_field = pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.name)
smaller_field_first = pytest.mark.parametrize(
    "field", [BN254, pytest.param(BLS12_381, marks=pytest.mark.slow)], ids=lambda field: field.name
)
"""Both are the same code: the larger one where time is no matter."""
each_operation = pytest.mark.parametrize("operation", OPERATIONS)
MEASURED = {BN254: (364, 252), BLS12_381: (588, 424)}
"""Columns and interactions."""


def case_of(operation: str, field: Field) -> Case:
    return next(case for case in plain_cases(field) if case[0] == operation)


@each_field
def test_honest_rows_are_accepted(field: Field) -> None:
    table, honest = fp2_module(field).table, rows(cases(field, 100))
    assert (table.width, len(table.interactions)) == MEASURED[field]
    assert not violations(table, honest)
    assert lookups_hold(table, honest).all()


@each_field
def test_the_forger_agrees_with_honest_rows(field: Field) -> None:
    honest = [Row(case) for case in [*plain_cases(field), *random.Random(3).sample(cases(field, 100), 10)]]
    before = [list(row.values) for row in honest]
    assert [row.solve().values for row in honest] == before
    assert not any(objections(honest))


@each_field
@each_operation
def test_no_constraint_reaches_p(operation: str, field: Field) -> None:
    """By other code than the table's own, from what is looked up, operation by operation."""
    given = {f"is_{CALLS.name_of(other, field)}": (int(other == operation),) * 2 for other in OPERATIONS}
    assert wraps(fp2_module(field).table, given) == (set(), set())


@smaller_field_first
def test_every_changed_cell_is_noticed(field: Field) -> None:
    table, honest = fp2_module(field).table, rows(plain_cases(field))
    check_changed_cells(mutate(table, honest, range(honest.shape[1]), spread=True))
    check_filling_row(table, honest, [0])


@pytest.mark.slow
@each_field
def test_what_a_row_gives_is_determined_by_what_it_takes(field: Field) -> None:
    check_determined(fp2_module(field).table, [rows([case_of("multiply", field)])[:, 0]])


@each_field
@each_operation
def test_every_constraint_of_an_equation_is_missed_when_deleted(operation: str, field: Field) -> None:
    """Rows in which an equation is wrong by a power of its base: one group alone is."""
    case, wrong, expected = case_of(operation, field), [], []
    for part in range(2):
        last, size = len(Row(case).digits(f"part_{part}_carry")), 8 * GROUPS[field.bits][part]
        names = [*(f"part_{part}_group_{i}_is_carried_on" for i in range(last)), f"part_{part}_adds_up_to_zero"]
        for group, name in enumerate(names):
            errors = [0, 0]
            errors[part] = 2 ** (size * group)
            row = Row(case).set_number(f"r{part}", (result_of(case)[part] - errors[part]) % field.modulus)
            wrong.append(row.solve(errors))
            expected.append({name})
    assert objections(wrong) == expected


@each_field
def test_every_limb_above_the_deciding_one_is_missed_when_its_constraint_is_deleted(field: Field) -> None:
    """A sum that differs from the modulus in one limb, in which it is larger if it can be, and pretends that a lower
    one decides."""
    lies, expected = [], []
    for part in range(2):
        for limb in range(1, field.bits // 16):
            value, lower = decided_below(field.modulus, field.bits, limb)
            row = Row(("add", field, (value, value), (0, 0)), (value, value)).solve()
            other = f"r{1 - part}"
            row.set_number(f"a{1 - part}", 0).set_number(other, 0).solve()
            lies.append(row.decide(f"r{part}", lower))
            expected.append({f"r{part}_is_reduced_limbs_{limb}_agree_above_the_deciding_one"})
    assert objections(lies) == expected


@smaller_field_first
def test_every_other_constraint_is_missed_when_deleted(field: Field) -> None:
    table = fp2_module(field).table
    kept = replace(table, constraints=tuple(c for c in table.constraints if not c.identity))
    honest, zeros = list(rows(plain_cases(field)).T), np.zeros(table.width, np.int64)
    above = [c.name for c in kept.constraints if c.name.endswith("_agree_above_the_deciding_one")]
    both = two_selectors(field)
    assert both.objections() == {"at_most_one_call_a_row"}
    check_deletions(kept, [zeros, *honest], [zeros, *honest], [*above, "at_most_one_call_a_row"])


def two_selectors(field: Field) -> Row:
    """A row of a product and a sum at once, of a number and 0: the modulus is twice as large, the highest limbs of the
    result are its, and two limbs decide."""
    top, m = field.bits // 16 - 1, field.modulus
    highest, next_one = 2 * (m >> 16 * top), 2 * (m >> 16 * (top - 1) & 0xFFFF)
    value = (highest << 16 | next_one - 5) << 16 * (top - 1)
    row = Row(("add", field, (value, value), (0, 0)), (value, value))
    row.set({f"is_{CALLS.name_of('multiply', field)}": 1}).solve()
    for part in ("r0", "r1"):
        marks = {f"{part}_is_reduced_decided_by_limb_{i}": int(i >= top - 1) for i in range(top + 1)}
        row.set({**marks, f"{part}_is_reduced_distance": 5 - 2})
    return row


@each_field
def test_a_result_that_is_not_reduced_is_refused(field: Field) -> None:
    """For nothing but that: larger by the modulus, with its quotient."""
    for part in range(2):
        larger = [Row(case) for case in cases(field, 20)]
        for row in larger:
            row.set_number(f"r{part}", row.number(f"r{part}") + field.modulus).solve()
        for found in objections(larger):
            assert found
            assert all(n == "lookup" or n.startswith(f"r{part}_is_reduced") for n in found), found


@each_field
def test_lies_with_right_carries_are_refused(field: Field) -> None:
    """A digit of an operand, of the result or of a quotient."""
    generator, lies = random.Random(4), []
    for case in generator.sample(cases(field, 30), 10):
        for name in ("r0", "r1", "quotient_0", "quotient_1"):
            row = Row(case)
            digit = f"{name}_{generator.randrange(len(row.digits(name)))}"
            row.set({digit: row[digit] ^ 1 << generator.randrange(7)})
            lies.append(row.compare().repair())
    assert all(objections(lies))


@each_field
def test_quotients_larger_by_p_or_one_are_refused(field: Field) -> None:
    lies = []
    for case in plain_cases(field):
        for k in range(2):
            for other in (P, 1, -1, field.modulus):
                row = Row(case)
                lies.append(row.set_balanced(f"quotient_{k}", row.number(f"quotient_{k}") + other).repair())
    assert all(objections(lies))


@each_field
def test_limbs_are_not_split_anew(field: Field) -> None:
    """A limb b0 + 256 b1 as (b0 - 256, b1 + 1) or (b0 + 256, b1 - 1): not bytes any more."""
    for name in ("a0", "a1", "b0", "b1"):
        for step in (1, -1):
            row = Row(case_of("multiply", field))
            row.set({f"{name}_4": row[f"{name}_4"] - 256 * step, f"{name}_5": row[f"{name}_5"] + step})
            assert "lookup" in row.repair().objections()


@each_field
def test_a_row_of_one_operation_is_none_of_another(field: Field) -> None:
    """Nor of both, nor of half of each."""
    for case in plain_cases(field):
        for other in OPERATIONS:
            if other != case[0]:
                assert Row(case).become(other).solve().objections()
    multiply, add = (f"is_{CALLS.name_of(operation, field)}" for operation in OPERATIONS[:2])
    assert "at_most_one_call_a_row" in Row(case_of("multiply", field)).set({add: 1}).objections()
    half = (P + 1) // 2
    assert f"{add}_is_a_bit" in Row(case_of("multiply", field)).set({multiply: half, add: half}).objections()


def shard(field: Field = BN254) -> Shard:
    """A guest that makes every call."""
    _, _, a, b = plain_cases(field)[0]
    (only,) = shards_of(program(), input_of(field, a, b))
    return only


@pytest.mark.parametrize("forge", FORGERIES, ids=lambda forge: forge.__name__)
def test_a_forged_call_is_refused(forge: Callable[[PrecompileEvents], None]) -> None:
    def forged(events: ShardEvents) -> None:
        forge(events.precompiles["fp2_bn254_multiply"])

    with pytest.raises(WitnessError):
        shard().check(forged)


def test_a_call_of_another_operation_is_refused() -> None:
    def forged(events: ShardEvents) -> None:
        calls = events.precompiles
        calls["fp2_bn254_add"], calls["fp2_bn254_subtract"] = calls["fp2_bn254_subtract"], calls["fp2_bn254_add"]

    with pytest.raises(WitnessError):
        shard().check(forged)
