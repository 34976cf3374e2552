"""The tables of curves under the attacks that every table goes through, and under lies of their own."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from core_vm.air.table import Table
from core_vm.errors import WitnessError
from core_vm.field.koalabear import P
from core_vm.machine.precompile import PrecompileEvents
from core_vm.machine.shard import ShardEvents
from core_vm.witness.check import violations
from precompiles.curve.curves import BN254, CURVES, OPERATIONS, SECP256K1, SECP256R1, Curve, curves_of
from tests.conformance.checking import Shard, shards_of
from tests.core_vm.tables.intervals import wraps
from tests.precompiles.curve.calls import Case, cases, compute, module_of, name_of, on_curve, rows
from tests.precompiles.curve.forger import CARRIES, REDUCED, SLOPE, Row
from tests.precompiles.curve.guest import input_of, program
from tests.precompiles.curve.sizes import each_size, smaller_size_first
from tests.precompiles.shared.forged import decided_below, objections
from tests.precompiles.shared.forged_calls import FORGERIES
from tests.soundness.column_mutations import mutate
from tests.soundness.row_search import lookups_hold
from tests.soundness.suite import check_changed_cells, check_deletions, check_determined, check_filling_row

each_operation = pytest.mark.parametrize("operation", OPERATIONS)
each_curve = pytest.mark.parametrize("curve", CURVES, ids=lambda curve: curve.name)
MEASURED = {
    ("add", 256): (489, 286),
    ("double", 256): (446, 288),
    ("add", 384): (724, 426),
    ("double", 384): (660, 430),
}
"""Columns and interactions."""
WEIGHTS = "x1_is_not_x2_weight"


def case_of(operation: str, curve: Curve, seed: int = 1) -> Case:
    generator = random.Random(seed)
    return operation, curve, on_curve(generator, curve), on_curve(generator, curve)


def is_weight(table: Table, row: np.ndarray, column: str) -> bool:
    """Any weights will do that show two numbers to be different."""
    return column.startswith(WEIGHTS)


@each_size
@each_operation
def test_honest_rows_are_accepted(operation: str, bits: int) -> None:
    table, honest = module_of(operation, bits).table, rows(cases(operation, bits, 100))
    assert (table.width, len(table.interactions)) == MEASURED[operation, bits]
    assert not violations(table, honest)
    assert lookups_hold(table, honest).all()


@each_size
@each_operation
def test_the_forger_agrees_with_honest_rows(operation: str, bits: int) -> None:
    honest = [Row(case) for case in random.Random(3).sample(cases(operation, bits, 100), 10)]
    before = [list(row.values) for row in honest]
    assert [row.solve().values for row in honest] == before
    assert not any(objections(honest))


@each_curve
@each_operation
def test_no_constraint_reaches_p(operation: str, curve: Curve) -> None:
    """By other code than the table's own, from what is looked up, curve by curve."""
    given = {f"is_{name_of(operation, other)}": (int(other == curve),) * 2 for other in curves_of(curve.bits)}
    meant_modulo_p = {"add": "x1_is_not_x2", "double": "y_is_not_zero"}
    assert wraps(module_of(operation, curve.bits).table, given) == (set(), {meant_modulo_p[operation]})


@pytest.mark.parametrize(
    ("operation", "bits"),
    [("add", 256), *(pytest.param(*other, marks=pytest.mark.slow) for other in list(MEASURED)[1:])],
)
def test_every_changed_cell_is_noticed(operation: str, bits: int) -> None:
    table, honest = module_of(operation, bits).table, rows([case_of(operation, c) for c in curves_of(bits)])
    check_changed_cells(mutate(table, honest, range(honest.shape[1]), spread=True), is_weight)
    check_filling_row(table, honest, [0])


@pytest.mark.slow
@each_size
@each_operation
def test_what_a_row_gives_is_determined_by_what_it_takes(operation: str, bits: int) -> None:
    honest = rows([case_of(operation, curves_of(bits)[0])])
    check_determined(module_of(operation, bits).table, [honest[:, 0]], (WEIGHTS,))


@each_curve
@each_operation
def test_a_result_that_is_not_reduced_is_refused(operation: str, curve: Curve) -> None:
    """For nothing but that: larger by the modulus, where that is a coordinate's size."""
    room = 2**curve.bits - curve.modulus
    for name, place in (("x3", 0), ("y3", 1)):
        larger = []
        for case in cases(operation, curve.bits, 10):
            value = (compute(case) or (0, 0))[place]
            if case[1] == curve and value < room:
                larger.append(Row(case).set_number(name, value + curve.modulus).solve(result=False))
        for found in objections(larger) if larger else []:
            assert found
            assert all(n == "lookup" or n.startswith(f"{name}_is_reduced") for n in found), found
        assert len(larger) > 3 or room < 2**225


@each_curve
def test_an_operand_that_is_not_reduced_frees_no_slope(curve: Curve) -> None:
    """x2 = x1 + m is another number, and the same modulo m: every slope is one of a chord, if y2 = y1."""
    generator, size = random.Random(5), 2**curve.bits
    x = generator.randrange(min(size - curve.modulus, curve.modulus))
    y = generator.randrange(curve.modulus)
    for unreduced in ("x1", "x2"):
        row = Row(case_of("add", curve))
        row.set_number("x1", x).set_number("x2", x).set_number("y1", y).set_number("y2", y)
        row.set_number(unreduced, x + curve.modulus)
        row.set_balanced("slope", generator.randrange(2**200)).solve()
        found = row.objections()
        assert found
        assert all(name == "lookup" or name.startswith(f"{unreduced}_is_reduced") for name in found), found


@each_curve
def test_a_point_and_itself_have_no_chord(curve: Curve) -> None:
    """Any slope satisfies its equation."""
    case = case_of("add", curve)
    (x, y) = case[2]
    row = Row(case).set_number("x2", x).set_number("y2", y)
    for slope in (0, 1, 2**200 + 7):
        assert row.set_balanced("slope", slope).solve().objections() == {"x1_is_not_x2"}


@each_curve
def test_where_y_is_zero_there_is_no_tangent(curve: Curve) -> None:
    """3 x^2 + a = q m, and any t: with x = 0 where a is 0. And y = m, which is not reduced."""
    case = case_of("double", curve)
    for y in (0, curve.modulus):
        row = Row(case).set_number("x", _root_of_a_third_of_minus_a(curve)).set_number("y", y)
        found = row.set_balanced("twice_the_slope", 5).solve().objections()
        if y:
            assert all(name == "lookup" or name.startswith("y_is_reduced") for name in found), found
        else:
            assert found - {"lookup"} == {"y_is_not_zero"}
        assert found


def _root_of_a_third_of_minus_a(curve: Curve) -> int:
    """x with 3 x^2 + a = 0."""
    m = curve.modulus
    square = curve.minus_a * pow(3, -1, m) % m
    root = pow(square, (m + 1) // 4, m)
    assert root * root % m == square
    return root


@each_size
@each_operation
def test_lies_with_right_carries_are_refused(operation: str, bits: int) -> None:
    """A digit of the result, of the slope or of a quotient."""
    generator, lies = random.Random(4), []
    for case in generator.sample(cases(operation, bits, 30), 5):
        for name in ("x3", "y3", SLOPE[operation], "quotient_0", "quotient_1", "quotient_2"):
            row = Row(case)
            digit = f"{name}_{generator.randrange(len(row.digits(name)))}"
            row.set({digit: row[digit] ^ 1 << generator.randrange(7)})
            lies.append(row.compare().repair())
    assert all(objections(lies))


@each_size
@each_operation
def test_another_slope_with_all_that_follows_from_it_is_refused(operation: str, bits: int) -> None:
    """Its own equation refuses it, and no other."""
    first, lies = CARRIES[operation][0], [Row(case) for case in cases(operation, bits, 5)]
    for row in lies:
        row.set_balanced(SLOPE[operation], row.number(SLOPE[operation]) + 1).solve()
    for found in objections(lies):
        assert found
        assert all(name.startswith(first) for name in found - {"lookup"}), found


@each_size
@each_operation
def test_quotients_larger_by_p_or_one_are_refused(operation: str, bits: int) -> None:
    case, lies = case_of(operation, curves_of(bits)[0]), []
    for k in range(3):
        for other in (P, 1, -1, case[1].modulus):
            row = Row(case)
            lies.append(row.set_balanced(f"quotient_{k}", row.number(f"quotient_{k}") + other).repair())
    assert all(objections(lies))


@each_operation
def test_a_slope_larger_by_the_modulus_gives_the_same_point(operation: str) -> None:
    """Of a modulus that leaves room, a slope has several forms: they are all that is not determined."""
    case = case_of(operation, BN254)
    row = Row(case)
    slope = row.number(SLOPE[operation])
    other = slope + (BN254.modulus if slope < 0 else -BN254.modulus)
    row.set_balanced(SLOPE[operation], other).solve()
    assert not row.objections()
    assert (row.number("x3"), row.number("y3")) == compute(case)


@each_operation
def test_limbs_are_not_split_anew(operation: str) -> None:
    """A limb b0 + 256 b1 as (b0 - 256, b1 + 1) or (b0 + 256, b1 - 1): not bytes any more."""
    for name in ("x1", "x2", "x3") if operation == "add" else ("x", "y", "x3"):
        for step in (1, -1):
            row = Row(case_of(operation, SECP256K1))
            row.set({f"{name}_4": row[f"{name}_4"] - 256 * step, f"{name}_5": row[f"{name}_5"] + step})
            assert "lookup" in row.repair().objections()


@each_operation
def test_a_row_of_one_curve_is_none_of_another(operation: str) -> None:
    """Nor of both, nor of half of each."""
    names = {curve: f"is_{name_of(operation, curve)}" for curve in curves_of(256)}
    case = case_of(operation, SECP256K1)
    assert Row(case).set({names[SECP256K1]: 0, names[SECP256R1]: 1}).repair().compare().objections()
    assert "at_most_one_call_a_row" in Row(case).set({names[SECP256R1]: 1}).objections()
    half = (P + 1) // 2
    found = Row(case).set({names[SECP256K1]: half, names[SECP256R1]: half}).objections()
    assert f"{names[SECP256K1]}_is_a_bit" in found


def shard() -> Shard:
    """A guest that adds and doubles."""
    generator = random.Random(6)
    (only,) = shards_of(program(), input_of(BN254, on_curve(generator, BN254), on_curve(generator, BN254)))
    return only


@pytest.mark.parametrize("forge", FORGERIES, ids=lambda forge: forge.__name__)
def test_a_forged_call_is_refused(forge: Callable[[PrecompileEvents], None]) -> None:
    def forged(events: ShardEvents) -> None:
        forge(events.precompiles["curve_add_bn254"])

    with pytest.raises(WitnessError):
        shard().check(forged)


def test_a_call_of_another_curve_is_refused() -> None:
    def forged(events: ShardEvents) -> None:
        calls = events.precompiles
        calls["curve_add_bn254"], calls["curve_add_secp256k1"] = (
            calls["curve_add_secp256k1"],
            calls["curve_add_bn254"],
        )

    with pytest.raises(WitnessError):
        shard().check(forged)


@smaller_size_first
@each_operation
def test_every_constraint_of_an_equation_is_missed_when_deleted(operation: str, bits: int) -> None:
    """Rows in which an equation is wrong by a power of its base: one group alone is."""
    for place, name in enumerate(CARRIES[operation]):
        case = case_of(operation, curves_of(bits)[place % len(curves_of(bits))])
        last = len(Row(case).digits(f"{name}_carry"))
        size = 8 if name == "slope_of_the_tangent" else 16
        names = [*(f"{name}_group_{i}_is_carried_on" for i in range(last)), f"{name}_adds_up_to_zero"]
        errors = [tuple(2 ** (size * group) * (k == place) for k in range(3)) for group in range(last + 1)]
        found = objections([Row(case).solve(errors=error) for error in errors])
        assert found == [{constraint} for constraint in names]


def with_number(operation: str, curve: Curve, name: str, value: int) -> Row:
    """A row in which a coordinate is `value`, also where that is not reduced, and all else follows."""
    generator, m = random.Random(name), curve.modulus
    row = Row(case_of(operation, curve))
    if name == "x1":
        row.set_number("y1", (row.number("y2") - row.number("slope") * (row.number("x2") - value)) % m)
    elif name == "x2":
        row.set_number("y2", (row.number("y1") + row.number("slope") * (value - row.number("x1"))) % m)
    elif name == "y":
        row.set_balanced("twice_the_slope", (3 * row.number("x") ** 2 - curve.minus_a) * pow(value, -1, m) % m)
    elif operation == "add":
        slope = generator.randrange(m)
        x3 = value if name == "x3" else generator.randrange(m)
        x1, y3 = generator.randrange(m), value if name == "y3" else generator.randrange(m)
        x2, y1 = (slope * slope - x1 - x3) % m, (slope * (x1 - x3) - y3) % m
        row.set_balanced("slope", slope).set_number("x3", x3).set_number("y3", y3)
        row.set_number("x1", x1).set_number("y1", y1).set_number("x2", x2)
        return row.set_number("y2", (y1 + slope * (x2 - x1)) % m).solve(result=False)
    else:
        t, x = _tangent_to(generator, curve, name, value)
        x3 = value if name == "x3" else (t * t * pow(4, -1, m) - 2 * x) % m
        y = (3 * x * x - curve.minus_a) * pow(t, -1, m) % m
        row.set_balanced("twice_the_slope", t).set_number("x", x).set_number("y", y).set_number("x3", x3)
        y3 = value if name == "y3" else (t * (x - x3) * pow(2, -1, m) - y) % m
        return row.set_number("y3", y3).solve(result=False)
    return row.set_number(name, value).solve()


def _tangent_to(generator: random.Random, curve: Curve, name: str, value: int) -> tuple[int, int]:
    """t and x of a double whose x3, or y3, is `value` modulo m. With y = (3 x^2 + a) / t and x3 = t^2 / 4 - 2 x,
    2 y3 = t (3 x - t^2 / 4) - 2 y is quadratic in x; all moduli leave 3 modulo 4."""
    m, a = curve.modulus, -curve.minus_a
    while True:
        t = generator.randrange(1, m)
        if name == "x3":
            return t, (t * t - 4 * value) * pow(8, -1, m) % m
        # 6 x^2 - 3 t^2 x + t^4 / 4 + 2 a + 2 t y3 = 0
        square = (9 * t**4 - 24 * (t**4 * pow(4, -1, m) + 2 * a + 2 * t * value)) % m
        root = pow(square, (m + 1) // 4, m)
        if root * root % m == square:
            return t, (3 * t * t + root) * pow(12, -1, m) % m


@each_curve
@each_operation
def test_every_limb_above_the_deciding_one_is_missed_when_its_constraint_is_deleted(
    operation: str, curve: Curve
) -> None:
    """Numbers that differ from the modulus in one limb, in which they are larger if they can be, and pretend that a
    lower one decides."""
    lies, expected = [], []
    for name in REDUCED[operation]:
        for limb in range(1, curve.bits // 16):
            value, lower = decided_below(curve.modulus, curve.bits, limb)
            lies.append(with_number(operation, curve, name, value).decide(name, lower))
            expected.append({f"{name}_is_reduced_limbs_{limb}_agree_above_the_deciding_one"})
    assert objections(lies) == expected


@each_size
@each_operation
def test_every_other_constraint_is_missed_when_deleted(operation: str, bits: int) -> None:
    """With two selectors set, two limbs of a coordinate are marked, and above the lower one it agrees with the sum of
    two moduli, whose highest limb is above 2^16: so comparisons imply that at most one is. Where there is one selector
    alone, it is a bit by two constraints."""
    table = module_of(operation, bits).table
    kept = replace(table, constraints=tuple(c for c in table.constraints if not c.identity))
    honest = list(rows([case_of(operation, c) for c in curves_of(bits)]).T)
    zeros = np.zeros(table.width, np.int64)
    above = [c.name for c in kept.constraints if c.name.endswith("_agree_above_the_deciding_one")]
    implied = [*above, "at_most_one_call_a_row"]
    if len(honest) == 1:
        implied.append(f"is_{name_of(operation, curves_of(bits)[0])}_is_a_bit")
    check_deletions(kept, [zeros, *honest], [zeros, *honest], implied)
