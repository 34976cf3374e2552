"""Lies of their own in the tables of points over Fp2, with all else right, and forged calls."""

from __future__ import annotations

import random
from collections.abc import Callable

import numpy as np
import pytest

from core_vm.errors import WitnessError
from core_vm.field.koalabear import P
from core_vm.machine.precompile import PrecompileEvents
from core_vm.machine.shard import ShardEvents
from core_vm.tables.buses import MEMORY
from precompiles.g2.calls import CALLS
from precompiles.g2.fields import BN254, FIELDS, Field
from precompiles.g2.reference import OPERATIONS
from precompiles.g2.table import g2_module
from tests.conformance.checking import Shard, shards_of
from tests.precompiles.g2.calls import cases, plain_case, random_element
from tests.precompiles.g2.forger import KIND, OUTPUTS, RUN, Row
from tests.precompiles.g2.guest import input_of, program
from tests.precompiles.shared.forged import objections
from tests.precompiles.shared.forged_calls import from_the_future, other_place, other_time

each_field = pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.name)
each_operation = pytest.mark.parametrize("operation", OPERATIONS)


@each_field
@each_operation
def test_a_result_that_is_not_reduced_is_refused(operation: str, field: Field) -> None:
    """For nothing but that: larger by the modulus, with its quotients."""
    for name in OUTPUTS:
        larger = [Row(case) for case in cases(operation, field, 20)[-5:]]
        for row in larger:
            value = row.number(name) + field.modulus
            row.set_number(name, value)
            if name.startswith("slope"):
                row.set_balanced(f"s{name[-1]}", value)
            row.solve(result=False)
        for found in objections(larger):
            assert found
            assert all(n == "lookup" or n.startswith(f"{name}_is_reduced") for n in found), found


@each_field
def test_an_operand_that_is_not_reduced_frees_no_slope(field: Field) -> None:
    """x2 = x1 + m is another number, and the same modulo m: every slope is one of a chord, if y2 = y1."""
    generator, m = random.Random(5), field.modulus
    for part in range(2):
        for unreduced, comparison in (("x1", "subtrahend_of_the_run"), ("x2", "minuend_of_the_run")):
            row = Row(plain_case("add", field))
            row.set_element("x2", row.element("x1")).set_element("y2", row.element("y1"))
            row.set_number(f"{unreduced}_{part}", row.number(f"{unreduced}_{part}") + m)
            found = row.set_slope(random_element(generator, field)).solve().show_in(part).objections()
            assert found
            assert all(name == "lookup" or name.startswith(f"{comparison}_is_reduced") for name in found), found


@each_field
def test_a_point_and_itself_have_no_chord(field: Field) -> None:
    """Any slope satisfies its equation; and in whichever part the prover says that the run is shown, it is not."""
    lies = []
    for part in range(2):
        for slope in ((0, 0), (1, 5), (2**200 + 7, 0)):
            row = Row(plain_case("add", field))
            row.set_element("x2", row.element("x1")).set_element("y2", row.element("y1"))
            lies.append(row.set_slope(slope).solve().show_in(part))
    assert objections(lies) == [{"the_run_is_not_zero"}] * 6


@each_field
def test_where_y_is_zero_there_is_no_tangent(field: Field) -> None:
    """0 = 3 0^2, and any slope. And y = m, which is not reduced."""
    m, lies, shown = field.modulus, [], []
    for part in range(2):
        for y in ((0, 0), (m, 0), (0, m), (m, m)):
            row = Row(plain_case("double", field)).set_element("x1", (0, 0)).set_element("y1", y)
            lies.append(row.set_slope((5, 6)).solve().show_in(part))
            shown.append(y[part])
    for found, y in zip(objections(lies), shown, strict=True):
        if y:
            assert all(name == "lookup" or name.startswith("minuend_of_the_run") for name in found), found
            assert found
        else:
            assert found == {"the_run_is_not_zero"}


@each_field
@each_operation
def test_a_run_is_shown_only_in_a_part_in_which_it_is_not_zero(operation: str, field: Field) -> None:
    """The other part may be anything."""
    for part in range(2):
        row = Row(plain_case(operation, field))
        minuend, subtrahend = RUN[operation]
        equal = row.number(f"{subtrahend}_{part}") if subtrahend else 0
        row.set_number(f"{minuend}_{part}", equal)
        true = Row((operation, field, (row.element("x1"), row.element("y1")), (row.element("x2"), row.element("y2"))))
        assert not true.objections()
        assert true.show_in(part).objections() == {"the_run_is_not_zero"}
        assert not true.show_in(1 - part).objections()


@each_field
@each_operation
def test_the_part_of_another_operation_is_none(operation: str, field: Field) -> None:
    (other,) = (kind for name, kind in KIND.items() if name != operation)
    row = Row(plain_case(operation, field)).set({f"run_of_{other}_is_shown_in_part_1": 1})
    assert f"run_of_{other}_is_shown_where_it_is" in row.objections()
    row = Row(plain_case(operation, field)).set({f"run_of_{KIND[operation]}_is_shown_in_part_1": 2})
    assert f"run_of_{KIND[operation]}_is_shown_in_part_1_is_a_bit" in row.objections()


@each_field
@each_operation
def test_lies_with_right_carries_are_refused(operation: str, field: Field) -> None:
    """A digit of an operand, of a result, of the slope or of a quotient."""
    generator, lies = random.Random(4), []
    for case in cases(operation, field, 30)[-5:]:
        for name in (*OUTPUTS, "s0", "s1", *(f"quotient_{k}" for k in range(8))):
            row = Row(case)
            digit = f"{name}_{generator.randrange(len(row.digits(name)))}"
            row.set({digit: row[digit] ^ 1 << generator.randrange(7)})
            lies.append(row.compare().repair())
    assert all(objections(lies))


@each_field
@each_operation
def test_another_slope_with_all_that_follows_from_it_is_refused(operation: str, field: Field) -> None:
    """Its own equation refuses it, and no other."""
    for step in ((1, 0), (0, 1), (3, 5)):
        lies = [Row(case) for case in cases(operation, field, 8)]
        for row in lies:
            s = row.element("slope")
            row.set_slope(((s[0] + step[0]) % field.modulus, (s[1] + step[1]) % field.modulus)).solve()
        for found in objections(lies):
            assert found
            assert all(name.startswith("slope_of_the_line") for name in found - {"lookup"}), found


@each_field
@each_operation
def test_quotients_larger_by_p_or_one_are_refused(operation: str, field: Field) -> None:
    case, lies = plain_case(operation, field), []
    for k in range(8):
        for other in (P, 1, -1, field.modulus):
            row = Row(case)
            lies.append(row.set_balanced(f"quotient_{k}", row.number(f"quotient_{k}") + other).repair())
    assert all(objections(lies))


@each_field
def test_limbs_are_not_split_anew(field: Field) -> None:
    """A limb b0 + 256 b1 as (b0 - 256, b1 + 1) or (b0 + 256, b1 - 1): not bytes any more."""
    lies = []
    for name in (f"{number}_{k}" for number in ("x1", "y1", "x2", "x3") for k in range(2)):
        for step in (1, -1):
            row = Row(plain_case("double", field))
            row.set({f"{name}_4": row[f"{name}_4"] - 256 * step, f"{name}_5": row[f"{name}_5"] + step})
            lies.append(row.repair())
    assert all("lookup" in found for found in objections(lies))


@each_field
def test_a_row_of_one_operation_is_none_of_the_other(field: Field) -> None:
    """Nor of both, nor of half of each."""
    for operation, other in (OPERATIONS, OPERATIONS[::-1]):
        case = plain_case(operation, field)
        assert Row(case).become(other).repair().compare().objections()
        assert "at_most_one_call_a_row" in Row(case).set({f"is_{CALLS.name_of(other, field)}": 1}).objections()
        half = (P + 1) // 2
        names = [f"is_{CALLS.name_of(each, field)}" for each in OPERATIONS]
        assert f"{names[0]}_is_a_bit" in Row(case).set(dict.fromkeys(names, half)).objections()


def shard() -> Shard:
    """A guest that adds and doubles."""
    _, _, t, q = plain_case("add", BN254)
    (only,) = shards_of(program(), input_of(BN254, t, q))
    return only


def other_slope(calls: PrecompileEvents) -> None:
    calls.after[1][0, 1] += np.uint64(1)


def other_point(calls: PrecompileEvents) -> None:
    calls.after[2][0, 9] ^= np.uint64(1)


def other_replaced_point(calls: PrecompileEvents) -> None:
    calls.before[2][0, 0] ^= np.uint64(1)


def other_second_point(calls: PrecompileEvents) -> None:
    calls.before[0][0, 5] ^= np.uint64(1)


def other_intercept(calls: PrecompileEvents) -> None:
    calls.after[1][0, 4 * BN254.dwords] += np.uint64(1)


def line_elsewhere(calls: PrecompileEvents) -> None:
    calls.arguments[-1, 2] += np.uint64(8)


FORGERIES = (
    other_slope,
    other_intercept,
    other_point,
    other_replaced_point,
    other_second_point,
    line_elsewhere,
    other_place,
    from_the_future,
    other_time,
)


@pytest.mark.parametrize("forge", FORGERIES, ids=lambda forge: forge.__name__)
@each_operation
def test_a_forged_call_is_refused(operation: str, forge: Callable[[PrecompileEvents], None]) -> None:
    def forged(events: ShardEvents) -> None:
        forge(events.precompiles[CALLS.name_of(operation, BN254)])

    with pytest.raises(WitnessError):
        shard().check(forged)


def test_a_call_of_another_operation_is_refused() -> None:
    add, double = (CALLS.name_of(operation, BN254) for operation in OPERATIONS)

    def forged(events: ShardEvents) -> None:
        calls = events.precompiles
        calls[add], calls[double] = calls[double], calls[add]

    with pytest.raises(WitnessError):
        shard().check(forged)


@each_field
def test_a_line_may_not_lie_on_the_point(field: Field) -> None:
    """Whichever of their dwords is the same: else the point would be read as the line that follows from it."""
    rows_that_overlap = []
    for dwords in (1 - 6 * field.dwords, -1, 0, 1, 4 * field.dwords - 1):
        row = Row(plain_case("add", field))
        place = row["x10_dwords"] + (row["x10_high"] << 13) + dwords
        rows_that_overlap.append(row.set({"x12_dwords": place & 0x1FFF, "x12_high": place >> 13}))
    found = objections(rows_that_overlap)
    assert all(any(name.startswith("operand_1_is_apart_from_operand_2") for name in names) for names in found)


@each_field
def test_between_slope_and_intercept_is_zero_whatever_a_row_says(field: Field) -> None:
    """The messages have no column: so a call where there was something else has no row."""
    table, elements = g2_module(field).table, 3
    place = {name: k for k, name in enumerate(table.columns)}
    middle = range(2 * field.dwords, 4 * field.dwords)
    times = {place[f"line_{dword}_previous_time"]: dword for dword in range(2 * field.dwords * elements)}
    found: set[int] = set()
    for interaction in table.interactions:
        if interaction.bus == MEMORY:
            _, *limbs, time = interaction.affine_message()
            (dword,) = (times.get(column) for column in time.columns) if len(time.columns) == 1 else (None,)
            if dword is not None and dword in middle:
                found.add(dword)
                assert all(not limb.columns and not limb.constant for limb in limbs)
    assert found == set(middle)
