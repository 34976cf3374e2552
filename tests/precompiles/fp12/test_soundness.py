"""The tables of Fp12 under the attacks that every table goes through, and under lies of their own."""

from __future__ import annotations

import random
from collections.abc import Callable
from itertools import product

import numpy as np
import pytest

from core_vm.air.expression import affine
from core_vm.errors import WitnessError
from core_vm.field.koalabear import P
from core_vm.machine.precompile import PrecompileEvents
from core_vm.machine.shard import ShardEvents
from precompiles.fp12.fields import BLS12_381, BN254, FIELDS
from precompiles.fp12.table import fp12_module
from precompiles.shared.fp12_field import NUMBERS, Field
from tests.conformance.checking import Shard, shards_of
from tests.core_vm.tables.intervals import wraps
from tests.precompiles.fp12.calls import cases, extreme_cases, plain_case, result_of, rows
from tests.precompiles.fp12.forger import Row
from tests.precompiles.fp12.guest import input_of, program
from tests.precompiles.shared.forged import decided_below, objections
from tests.precompiles.shared.forged_calls import FORGERIES
from tests.soundness.column_mutations import mutate
from tests.soundness.row_search import constraints_hold, lookups_hold, pair_changes, silent_changes, single_changes
from tests.soundness.suite import check_changed_cells, check_filling_row

each_field = pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.name)
smaller_field_first = pytest.mark.parametrize(
    "field", [BN254, pytest.param(BLS12_381, marks=pytest.mark.slow)], ids=lambda field: field.name
)
"""Both are the same code: the larger one where time is no matter."""
MEASURED = {BN254: (3126, 2189), BLS12_381: (4566, 3218)}
"""Columns and interactions."""
PLACES = {BN254: (0, 9), BLS12_381: range(NUMBERS)}
"""Numbers of a product that are looked at."""
ONE = (1, *(0,) * (NUMBERS - 1))


@each_field
def test_honest_rows_are_accepted(field: Field) -> None:
    table, honest = fp12_module(field).table, rows(cases(field, 100))
    assert (table.width, len(table.interactions)) == MEASURED[field]
    assert constraints_hold(table, honest).all()
    assert lookups_hold(table, honest).all()


@smaller_field_first
def test_the_forger_agrees_with_honest_rows(field: Field) -> None:
    honest = [Row(case) for case in [plain_case(field), *extreme_cases(field)]]
    before = [list(row.values) for row in honest]
    assert [row.solve().values for row in honest] == before
    assert not any(objections(honest))


@smaller_field_first
def test_no_constraint_reaches_p(field: Field) -> None:
    """By other code than the table's own, from what is looked up."""
    assert wraps(fp12_module(field).table, {}) == (set(), set())


@smaller_field_first
def test_every_changed_cell_is_noticed(field: Field) -> None:
    table, honest = fp12_module(field).table, rows([plain_case(field), *extreme_cases(field)[-3:]])
    check_changed_cells(mutate(table, honest, range(2), spread=True))
    check_filling_row(table, honest, [0])


@pytest.mark.slow
@each_field
def test_what_a_row_gives_is_determined_by_what_it_takes(field: Field) -> None:
    """One changed column, and two near each other of those of one number: the others are alike."""
    table, row = fp12_module(field).table, rows([plain_case(field)])[:, 0]
    of_number = {k for k, name in enumerate(table.columns) if name.startswith(("r9_", "quotient_9_", "number_9_"))}
    pairs = (change for change in pair_changes(row) if of_number.issuperset(column for column, _ in change))
    for changes in (single_changes(row), pairs):
        assert not [silent for silent in silent_changes(table, row, changes) if not silent.changes_inputs]


@smaller_field_first
def test_every_constraint_of_an_equation_is_missed_when_deleted(field: Field) -> None:
    """Rows in which an equation is wrong by a power of its base: one group alone is."""
    case, wrong, expected = plain_case(field), list[Row](), list[set[str]]()
    for place in PLACES[field]:
        last = len(Row(case).digits(f"number_{place}_carry"))
        names = [*(f"number_{place}_group_{i}_is_carried_on" for i in range(last)), f"number_{place}_adds_up_to_zero"]
        for group, name in enumerate(names):
            row = Row(case).set_number(f"r{place}", (result_of(case)[place] - 256**group) % field.modulus)
            wrong.append(row.solve({place: 256**group}, [place]))
            expected.append({name})
    assert objections(wrong) == expected


def product_by_one(field: Field, place: int, value: int) -> Row:
    """Of an element that has one number other than 0, reduced or not: it stands in the result as it is."""
    numbers = tuple(value if k == place else 0 for k in range(NUMBERS))
    return Row((field, numbers, ONE), numbers).solve()


@smaller_field_first
def test_every_limb_above_the_deciding_one_is_missed_when_its_constraint_is_deleted(field: Field) -> None:
    """A number that differs from the modulus in one limb, in which it is larger if it can be, and pretends that a
    lower one decides."""
    lies, expected = list[Row](), list[set[str]]()
    for place in PLACES[field]:
        for limb in range(1, field.bits // 16):
            value, lower = decided_below(field.modulus, field.bits, limb)
            lies.append(product_by_one(field, place, value).decide(f"r{place}", lower))
            expected.append({f"r{place}_is_reduced_limbs_{limb}_agree_above_the_deciding_one"})
    assert objections(lies) == expected


def marked(row: Row, place: int, marks: dict[int, int], distance: int) -> Row:
    """With these limbs marked as those that decide whether a number is reduced."""
    name = f"r{place}_is_reduced"
    limbs = {f"{name}_decided_by_limb_{i}": marks.get(i, 0) for i in range(row.bits // 16)}
    return row.set({**limbs, f"{name}_distance": distance})


@smaller_field_first
def test_every_other_constraint_of_a_comparison_is_missed_when_deleted(field: Field) -> None:
    """The modulus less or more 3, marked as constraints forbid: all limbs above the lowest are the modulus'."""
    lies, expected, m = list[Row](), list[str](), field.modulus
    for place in PLACES[field]:
        name = f"r{place}_is_reduced"
        for limb in range(field.bits // 16):  # not a bit: of three marks one is -1, and the sum is 1
            other = next(i for i in (1, 2) if i != limb)
            marks = {0: 1, other: 1, limb: -1} if limb else {0: -1, 1: 1, 2: 1}
            lies.append(marked(product_by_one(field, place, m - 3 if limb else m + 3), place, marks, 2))
            expected.append(f"{name}_decided_by_limb_{limb}_is_a_bit")
        lies.append(marked(product_by_one(field, place, m - 3), place, {0: 1, 1: 1}, 2))
        lies.append(marked(product_by_one(field, place, m - 3), place, {0: 1}, 3))
        expected += [f"{name}_one_limb_decides", f"{name}_the_deciding_limb_is_less"]
    assert objections(lies) == [{name} for name in expected]
    of_place = [c.name for c in fp12_module(field).table.constraints if c.name.startswith("r0_is_reduced")]
    above = [name for name in of_place if name.endswith("_agree_above_the_deciding_one")]
    assert set(of_place) == {*above, *(name for name in expected if name.startswith("r0_"))}


@smaller_field_first
def test_that_a_row_counts_once_is_missed_when_deleted(field: Field) -> None:
    """A row of two calls: the modulus is twice as large, the highest limbs of the result are its, and two limbs
    decide."""
    top, m = field.bits // 16 - 1, field.modulus
    highest, next_one = 2 * (m >> 16 * top), 2 * (m >> 16 * (top - 1) & 0xFFFF)
    numbers = ((highest << 16 | next_one - 5) << 16 * (top - 1),) * NUMBERS
    row = Row((field, numbers, ONE), numbers).set({"real": 2}).solve()
    for place in range(NUMBERS):
        marked(row, place, {top - 1: 1, top: 1}, 5 - 2)
    assert row.objections() == {"real_is_a_bit"}
    of_numbers = tuple(f"{kind}{place}_" for kind in ("r", "number_") for place in range(NUMBERS))
    others = [c.name for c in fp12_module(field).table.constraints if not c.name.startswith(of_numbers)]
    assert others == ["real_is_a_bit"]


@smaller_field_first
def test_a_result_that_is_not_reduced_is_refused(field: Field) -> None:
    """For nothing but that: larger by the modulus, with its quotient. Each number of it in turn."""
    larger = [Row(plain_case(field)) for _ in range(NUMBERS)]
    for place, row in enumerate(larger):
        row.set_number(f"r{place}", row.number(f"r{place}") + field.modulus).solve(places=[place])
    for place, found in enumerate(objections(larger)):
        assert found
        assert all(n == "lookup" or n.startswith(f"r{place}_is_reduced") for n in found), found


@smaller_field_first
def test_lies_with_right_carries_are_refused(field: Field) -> None:
    """A digit of an operand, of the result, of a quotient, or of two numbers of the result."""
    generator, lies = random.Random(4), list[Row]()
    for case in [plain_case(field), generator.choice(cases(field, 30))]:
        for place in PLACES[field]:
            for name in (f"r{place}", f"quotient_{place}", f"a{place}", f"b{place}"):
                row = Row(case)
                digit = f"{name}_{generator.randrange(len(row.digits(name)))}"
                lies.append(row.set({digit: row[digit] ^ 1 << generator.randrange(7)}).compare().repair())
    assert all(objections(lies))


@smaller_field_first
def test_another_operand_with_quotients_and_carries_of_its_own_is_refused(field: Field) -> None:
    """The result of one product with the operands of another."""
    lies, (_, a, b) = list[Row](), plain_case(field)
    for place in range(NUMBERS):
        other = tuple(number + (k == place) for k, number in enumerate(a))
        lies += [
            Row((field, other, b), result_of((field, a, b))).solve(),
            Row((field, b, a), result_of((field, b, other))),
        ]
        lies[-1].solve()
    assert all(objections(lies))


@smaller_field_first
def test_quotients_larger_by_p_or_one_are_refused(field: Field) -> None:
    lies = list[Row]()
    for place in range(NUMBERS):
        for other in (P, 1, -1, field.modulus):
            row = Row(plain_case(field))
            name = f"quotient_{place}"
            lies.append(row.set_balanced(name, row.number(name) + other).repair([place]))
    assert all(objections(lies))


@smaller_field_first
def test_a_carry_is_split_in_one_way(field: Field) -> None:
    """The low column larger by what the byte above is less."""
    table, honest, lies = fp12_module(field).table, rows([plain_case(field)])[:, 0], list[np.ndarray]()
    identity = next(c.identity for c in table.constraints if c.name == "number_0_adds_up_to_zero")
    assert identity is not None
    for carry in identity.carries:
        (_, low), *above = sorted((factor, column) for column, factor in affine(carry).columns.items())
        for (factor, high), step in product(above, (1, -1)):
            row = honest.copy()
            row[low], row[high] = (row[low] + step * factor) % P, (row[high] - step) % P
            lies.append(row)
    assert len(lies) > field.bits // 8
    assert constraints_hold(table, np.stack(lies, axis=1)).all()
    assert not lookups_hold(table, np.stack(lies, axis=1)).any()


@smaller_field_first
def test_limbs_are_not_split_anew(field: Field) -> None:
    """A limb b0 + 256 b1 as (b0 - 256, b1 + 1) or (b0 + 256, b1 - 1): not bytes any more."""
    lies = list[Row]()
    for name in ("a0", "a11", "b0", "b7"):
        for step in (1, -1):
            row = Row(plain_case(field))
            row.set({f"{name}_4": row[f"{name}_4"] - 256 * step, f"{name}_5": row[f"{name}_5"] + step})
            lies.append(row.repair())
    assert all("lookup" in found for found in objections(lies))


def shard(field: Field = BN254) -> Shard:
    """A guest that makes the call three times."""
    _, a, b = plain_case(field)
    (only,) = shards_of(program(), input_of(field, a, b))
    return only


@pytest.mark.parametrize("forge", FORGERIES, ids=lambda forge: forge.__name__)
def test_a_forged_call_is_refused(forge: Callable[[PrecompileEvents], None]) -> None:
    def forged(events: ShardEvents) -> None:
        forge(events.precompiles["fp12_bn254_multiply"])

    with pytest.raises(WitnessError):
        shard().check(forged)
