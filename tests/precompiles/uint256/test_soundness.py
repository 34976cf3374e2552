"""The tables of 256-bit integers under the attacks that every table goes through, and under lies of their own."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from core_vm.errors import WitnessError
from core_vm.field.koalabear import P, inverse
from core_vm.machine.precompile import PrecompileEvents
from core_vm.machine.shard import ShardEvents
from core_vm.witness.check import violations
from precompiles.uint256.reference import PRODUCTS, SUMS
from tests.conformance.checking import Shard, shards_of
from tests.core_vm.tables.intervals import wraps
from tests.precompiles.shared.forged import ForgedRow, decided_below, objections
from tests.precompiles.shared.forged_calls import FORGERIES
from tests.precompiles.uint256.calls import MOST, Case, cases, module_of, plain_cases, result_of, rows
from tests.precompiles.uint256.forger import LIMBS, ProductRow, SumRow
from tests.precompiles.uint256.guest import input_of, program
from tests.soundness.column_mutations import mutate
from tests.soundness.row_search import lookups_hold
from tests.soundness.suite import check_changed_cells, check_deletions, check_determined, check_filling_row

each_table = pytest.mark.parametrize("operations", [SUMS, PRODUCTS], ids=["sums", "products"])
MEASURED = {SUMS: (96, 53), PRODUCTS: (215, 142)}
"""Columns and interactions."""
APART = "operand_1_is_apart_from_operand_2"
APART_INVERSE = f"{APART}_inverse"


def case_of(operation: str) -> Case:
    operations = SUMS if operation in SUMS else PRODUCTS
    return next(case for case in plain_cases(operations) if case[0] == operation)


@each_table
def test_honest_rows_are_accepted(operations: tuple[str, ...]) -> None:
    table, honest = module_of(operations[0]).table, rows(cases(operations, 150))
    assert (table.width, len(table.interactions)) == MEASURED[operations]
    assert not violations(table, honest)
    assert lookups_hold(table, honest).all()


def test_the_forger_agrees_with_honest_rows() -> None:
    for honest in (
        [SumRow(case) for case in [*plain_cases(SUMS), *random.Random(3).sample(cases(SUMS, 150), 20)]],
        [ProductRow(case) for case in [*plain_cases(PRODUCTS), *random.Random(3).sample(cases(PRODUCTS, 150), 20)]],
    ):
        before = [list(row.values) for row in honest]
        assert [row.repair().values for row in honest] == before
        assert not any(objections(honest))


@pytest.mark.parametrize("operation", [*SUMS, *PRODUCTS])
def test_no_constraint_reaches_p(operation: str) -> None:
    """By other code than the tables' own, from what is looked up, operation by operation. That pointers are apart is
    said modulo p: by what is zero, or has an inverse."""
    operations = SUMS if operation in SUMS else PRODUCTS
    given = {f"is_uint256_{other}": (int(other == operation),) * 2 for other in operations}
    if operation in PRODUCTS and operation != "divide":
        given["divides"] = (0, 0)
    table = module_of(operation).table
    apart = {c.name for c in table.constraints if c.name.startswith(APART)}
    assert wraps(table, given) == (set(), apart)


@each_table
def test_every_changed_cell_is_noticed(operations: tuple[str, ...]) -> None:
    table, honest = module_of(operations[0]).table, rows(plain_cases(operations))
    check_changed_cells(mutate(table, honest, range(honest.shape[1]), spread=operations is PRODUCTS))
    check_filling_row(table, honest, [0])


def test_what_a_row_of_a_sum_gives_is_determined_by_what_it_takes() -> None:
    check_determined(module_of("add").table, list(rows(plain_cases(SUMS)).T))


@pytest.mark.slow
@pytest.mark.parametrize("operation", PRODUCTS)
def test_what_a_row_of_a_product_gives_is_determined_by_what_it_takes(operation: str) -> None:
    check_determined(module_of(operation).table, [rows([case_of(operation)])[:, 0]])


def test_every_constraint_of_a_sum_is_missed_when_deleted() -> None:
    table, honest = module_of("add").table, list(rows(plain_cases(SUMS)).T)
    zeros = np.zeros(table.width, np.int64)
    shown = [c.name for c in table.constraints if c.name.endswith("_agree_above_the_deciding_one")]
    check_deletions(table, [zeros, *honest], [zeros, *honest], shown)


def wrong_by(error: int) -> ProductRow:
    """A product that is too small by a power of the base."""
    _, x, y, z = case = case_of("multiply_add")
    high, low = divmod(x * y + z - error, 2**256)
    return ProductRow(case).set_results(low, high).repair()


def test_every_constraint_of_the_equation_is_missed_when_deleted() -> None:
    """Rows in which it is wrong by a power of its base: one group alone is."""
    names = [c.name for c in module_of("multiply").table.constraints if c.identity]
    assert len(names) == 2 * LIMBS
    wrong = [wrong_by(2 ** (16 * group)) for group in range(len(names))]
    assert objections(wrong) == [{name} for name in names]


def test_every_limb_above_the_deciding_one_is_missed_when_its_constraint_is_deleted() -> None:
    """A remainder that differs from the divisor in one limb, in which it is larger if it can be, and pretends that a
    lower one decides."""
    divisor, lies, expected = MOST // 3, [], []
    for limb in range(1, LIMBS):
        rest, lower = decided_below(divisor, 256, limb)
        row = ProductRow(("divide", rest, divisor, 0)).set_results(0, rest).repair()
        lies.append(row.decide_below(lower))
        expected.append({f"rest_is_less_limbs_{limb}_agree_above_the_deciding_one"})
    assert objections(lies) == expected


def test_every_other_constraint_of_a_product_is_missed_when_deleted() -> None:
    table = module_of("multiply").table
    kept = replace(table, constraints=tuple(c for c in table.constraints if not c.identity))
    shown = [c.name for c in kept.constraints if c.name.endswith("_agree_above_the_deciding_one")]
    for row, missed in ((two_at_once(), "at_most_one_call_a_row"), (divides_nothing(), "only_a_division_divides")):
        assert row.objections() == {missed}
        shown.append(missed)
    # Where `divides` is neither 0 nor 1, y is zero and with it the remainder, and the distance is its negative. The
    # bit's own constraint says at a glance what the count of a lookup has to be.
    implied = [*shown, "divides_is_a_bit"]
    division, by_zero = rows([case_of("divide"), ("divide", 7, 0, 5)]).T
    check_deletions(kept, [np.zeros(table.width, np.int64), division, by_zero], [division, by_zero], implied)


def two_at_once() -> ProductRow:
    """A row of both kinds of products."""
    row = ProductRow(("multiply", 0, 0, 0)).set({"is_uint256_multiply_add": 1}).repair()
    return row.set({APART_INVERSE: 2 * row[APART_INVERSE] % P})


def divides_nothing() -> ProductRow:
    """A filling row that looks up a distance: nothing in it is bound to be a byte or a limb."""
    row = ProductRow(("multiply", 0, 0, 0)).set({"is_uint256_multiply": 0, "divides": 1, "y_0": 1, "y_1": -1})
    return row.set({"z_after_0": -256, "x_before_0": -256, "x_after_0": 256, APART_INVERSE: 0}).repair()


def test_a_remainder_larger_by_the_divisor_is_refused() -> None:
    """For nothing but that."""
    tried = 0
    for case in cases(("divide",), 100):
        _, x, y, _ = case
        if y and x >= y and x % y + y <= MOST:
            row = ProductRow(case).set_results(x // y - 1, x % y + y).repair()
            found = row.objections()
            assert found, case
            assert all(name == "lookup" or name.startswith("rest_is_less") for name in found), found
            tried += 1
    assert tried > 20


def test_a_product_or_quotient_larger_by_two_to_the_256_is_refused() -> None:
    """A high half less by one, and a low half larger by all that it has no limbs for; a quotient that goes around."""
    _, x, y, _ = case = case_of("multiply")
    high, low = divmod(x * y, 2**256)
    top = 2**256 - 2**240
    lies = [ProductRow(case).set_results(low, high - 1), ProductRow(case).set_results(low, high - 1)]
    lies[1].set({f"x_after_{LIMBS - 1}": (low >> 240) + 2**16})
    _, a, b, _ = division = case_of("divide")
    lies.append(ProductRow(division).set_results((a + 2**256) // b % 2**256, (a + 2**256) % b))
    lies.append(ProductRow(division).set_results(a // b, a % b).set_number("factor", (a // b) ^ top))
    assert all(objections([row.repair() for row in lies]))


def test_lies_with_right_carries_are_refused() -> None:
    """A digit of an operand's factor, of y, or of what is written; on rows of every call."""
    generator, lies = random.Random(4), []
    for case in [*plain_cases(PRODUCTS), *generator.sample(cases(PRODUCTS, 150), 15)]:
        for name in ("factor", "y", "x_after", "z_after"):
            row = ProductRow(case)
            digit = f"{name}_{generator.randrange(len(row.digits(name)))}"
            row.set({digit: row[digit] ^ 1 << generator.randrange(7)})
            if name != "y" or row.number("x_after") or row.number("factor"):  # 0 times anything is 0: memory binds y
                lies.append(row.repair())
    assert all(objections(lies))


def test_what_is_divided_by_zero_is_zero_and_nothing_else_is() -> None:
    by_zero, honest = ("divide", 77, 0, 5), case_of("divide")
    for x, z in ((1, 0), (0, 1), (0, 77), (77, 0)):
        row = ProductRow(by_zero).set_results(x, z).repair()
        assert "what_is_divided_by_zero_is_zero" in row.objections()
    assert ProductRow(by_zero).set({"divides": 1}).repair().objections()
    row = ProductRow(by_zero).set({"divides": 1}).set_results(0, 77).repair()
    assert row.objections() >= {"lookup"}
    row = ProductRow(honest).set({"divides": 0}).set_results(0, 0).repair()
    assert row.objections() == {"what_does_not_divide_is_zero"}


def test_limbs_are_not_split_anew() -> None:
    """A limb b0 + 256 b1 as (b0 - 256, b1 + 1) or (b0 + 256, b1 - 1): not bytes any more."""
    for name in ("factor", "y"):
        for step in (1, -1):
            row = ProductRow(case_of("multiply"))
            row.set({f"{name}_4": row[f"{name}_4"] - 256 * step, f"{name}_5": row[f"{name}_5"] + step})
            assert "lookup" in row.repair().objections()


@pytest.mark.parametrize("operation", ["add", "subtract"])
def test_another_carry_of_a_limb_is_refused(operation: str) -> None:
    """A limb of the result larger or smaller by 2^16, with the carry that would be right for it."""
    lies = []
    for place in range(LIMBS):
        for step in (2**16, -(2**16)):
            row = SumRow(case_of(operation))
            row.set({f"x_after_{place}": row[f"x_after_{place}"] + step})
            carry = f"carry_{place + 1}"
            lies.append(row.set({carry: row[carry] - (step >> 16) * (1 if operation == "add" else -1)}))
    assert all("lookup" in found for found in objections(lies))


def test_a_sum_whose_limbs_are_lies_is_refused() -> None:
    """A limb of x, y or the result: carries computed anew, the first one from memory too."""
    generator, lies = random.Random(6), []
    for case in [*plain_cases(SUMS[:2]), *cases(SUMS[:2], 10)]:
        for name in ("x_before", "y", "x_after"):
            row, place = SumRow(case), generator.randrange(LIMBS)
            lies.append(row.set({f"{name}_{place}": row[f"{name}_{place}"] ^ 1 << generator.randrange(15)}).repair())
        first = SumRow(case)
        lies.append(first.set({"carry_0": 1 - first["carry_0"]}).repair())
    assert all(objections(lies))


def close_cases() -> list[Case]:
    """Comparisons of numbers that are the same, or differ by one, or in one limb, which may be any, either way."""
    generator = random.Random(8)
    some = [0, 1, MOST, generator.getrandbits(256), 0xFFFF << 64]
    pairs = (
        [(x, x) for x in some]
        + [(x, x - 1) for x in some if x]
        + [(x, x ^ 1 << 16 * i) for x in some for i in range(LIMBS)]
    )
    return [("compare", *pair, carry) for x, y in pairs for pair in ((x, y), (y, x)) for carry in range(2)]


def test_a_comparison_has_one_borrow_whatever_decides() -> None:
    """Every limb tried, and none, and with each what it says is borrowed and the contrary: one is accepted."""
    for case in close_cases():
        tried = [SumRow(case).decide_by(limb).claim(borrow) for limb in range(LIMBS) for borrow in range(2)]
        accepted = [row for row, found in zip(tried, objections(tried), strict=True) if not found]
        assert [row[f"carry_{LIMBS}"] for row in accepted] == [result_of(case)[1]], case


def test_a_comparison_leaves_x_alone() -> None:
    """Not one limb of it becomes another, be it that of the difference."""
    lies = []
    for case in [*plain_cases(SUMS[2:]), *cases(SUMS[2:], 10)]:
        for limb in range(LIMBS):
            row, other = SumRow(case), SumRow(("subtract", *case[1:]))
            for value in (row[f"x_before_{limb}"] ^ 1, other[f"x_after_{limb}"]):
                if value != row[f"x_before_{limb}"]:
                    lies.append((limb, SumRow(case).set({f"x_after_{limb}": value})))
    assert objections([row for _, row in lies]) == [{f"limb_{limb}_is_carried_on"} for limb, _ in lies]


def test_every_limb_above_the_deciding_one_of_a_comparison_is_missed_when_its_constraint_is_deleted() -> None:
    """Numbers that differ in one limb, of which a lower one is said to decide."""
    numbers, lies, expected = MOST // 3, [], []
    for limb in range(1, LIMBS):
        x, lower = decided_below(numbers, 256, limb)
        lies.append(SumRow(("compare", x, numbers, 0)).decide_by(lower))
        expected.append({f"limbs_{limb}_agree_above_the_deciding_one"})
    assert objections(lies) == expected


def test_two_limbs_of_a_comparison_do_not_decide() -> None:
    """Marked twice, limb 0 counts with the wrong sign: y is larger by limb 2, and would be smaller by limb 0."""
    row = SumRow(("compare", 0, 1 << 32 | 0xFFFF, 0)).set({"carry_1": 1, "carry_2": 1})
    assert row.claim(0).objections() == {"one_limb_decides_or_the_lowest"}


@each_table
def test_a_row_of_one_operation_is_none_of_another(operations: tuple[str, ...]) -> None:
    for case in map(case_of, operations):
        for other in operations:
            if other == case[0]:
                continue
            row = SumRow(case).become(other) if operations is SUMS else ProductRow(case).become(other)
            assert row.repair().objections(), (case[0], other)
        names, half = [f"is_uint256_{operation}" for operation in operations[:2]], (P + 1) // 2
        row = SumRow(case) if operations is SUMS else ProductRow(case)
        assert row.set(dict.fromkeys(names, half)).objections() >= {f"{name}_is_a_bit" for name in names}


@cache
def shard() -> Shard:
    """A guest that makes every call."""
    _, x, y, z = case_of("multiply_add")
    (only,) = shards_of(program(), input_of(x, y, z, 1))
    return only


def other_last_operand(calls: PrecompileEvents) -> None:
    calls.before[2][0, 0] ^= np.uint64(1)


def other_last_result(calls: PrecompileEvents) -> None:
    calls.after[2][0, 0] ^= np.uint64(1)


def other_first_result(calls: PrecompileEvents) -> None:
    calls.after[1][0, 3] ^= np.uint64(1) << np.uint64(63)


def other_second_operand(calls: PrecompileEvents) -> None:
    calls.before[0][0, 3] ^= np.uint64(1)


KINDS = [f for f in FORGERIES if f.__name__ != "other_second_operand"]
KINDS += [other_second_operand, other_last_operand, other_last_result, other_first_result]


@pytest.mark.parametrize("name", ["uint256_subtract", "uint256_divide"])
@pytest.mark.parametrize("forge", KINDS, ids=lambda forge: forge.__name__)
def test_a_forged_call_is_refused(forge: Callable[[PrecompileEvents], None], name: str) -> None:
    def forged(events: ShardEvents) -> None:
        forge(events.precompiles[name])

    with pytest.raises(WitnessError):
        shard().check(forged)


@pytest.mark.parametrize(("one", "other"), [("add", "subtract"), ("subtract", "compare"), ("multiply", "divide")])
def test_a_call_of_another_operation_is_refused(one: str, other: str) -> None:
    def forged(events: ShardEvents) -> None:
        calls, names = events.precompiles, (f"uint256_{one}", f"uint256_{other}")
        first, second = (calls[name] for name in names)
        calls[names[0]], calls[names[1]] = second, first

    with pytest.raises(WitnessError):
        shard().check(forged)


def test_results_are_those_of_the_reference() -> None:
    """What rows say is what was called."""
    for case in plain_cases(PRODUCTS):
        row = ProductRow(case)
        assert (row.number("x_after"), row.number("z_after")) == result_of(case)


@each_table
def test_operands_that_are_written_have_no_dword_in_common(operations: tuple[str, ...]) -> None:
    """Results would depend on themselves, and could have several: the executor traps. One pointer is moved."""
    last = 1 if operations is SUMS else 4
    honest = rows([case_of(operations[0])])[:, 0]
    for distance in range(-last - 1, 7):
        row = moved(honest, operations, distance)
        overlaps = -last < distance < 4
        assert objections([row]) == [{APART} if overlaps else set()]


def moved(honest: np.ndarray, operations: tuple[str, ...], distance: int) -> ForgedRow:
    """The carry or z so many dwords behind x, all that depends on it computed anew: an inverse where there is one."""
    row = ForgedRow(module_of(operations[0]).table, honest, 256, 2**256, ())
    row.set({"x10_dwords": 100, "x12_dwords": 100 + distance, "x12_high": row["x10_high"]})
    product, done = 1, 0
    values = [0, 1, 2, 3] if operations is SUMS else sorted(range(-3, 4), key=abs)
    for value in values:
        product, done = product * (distance - value) % P, done + 1
        if f"{APART}_product_{done}" in row.at:
            row.set({f"{APART}_product_{done}": product})
    return row.set({APART_INVERSE: inverse(product) if product else 0})
