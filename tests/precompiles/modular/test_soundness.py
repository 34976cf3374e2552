"""The tables of modular arithmetic under the attacks that every table goes through, and under lies of their own."""

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
from precompiles.modular.precompile import SIZES
from precompiles.modular.reference import OPERATIONS, compute, modulus_of
from tests.conformance.checking import Shard, shards_of
from tests.core_vm.tables.intervals import wraps
from tests.precompiles.modular.calls import PRIMES, SECP256K1_P, Case, cases, module_of, rows
from tests.precompiles.modular.forger import Row
from tests.precompiles.modular.guest import input_of, program
from tests.precompiles.shared.forged_calls import other_place, other_time
from tests.soundness.column_mutations import mutate
from tests.soundness.row_search import lookups_hold
from tests.soundness.suite import check_changed_cells, check_deletions, check_determined, check_filling_row

each_size = pytest.mark.parametrize("bits", SIZES)
smaller_size_first = pytest.mark.parametrize("bits", [256, pytest.param(384, marks=pytest.mark.slow)])
"""Both are the same code: the larger one where time is no matter."""
each_operation = pytest.mark.parametrize("operation", OPERATIONS)
MEASURED = {256: (250, 161), 384: (366, 238)}
"""Columns and interactions."""


def plain_cases(bits: int) -> list[Case]:
    """One of each operation modulo a prime, of random operands; an inverse of zero, and a product modulo 2^bits."""
    generator, prime = random.Random(bits), PRIMES[bits][0]
    found = [(operation, *(generator.randrange(prime) for _ in range(2)), prime) for operation in OPERATIONS]
    return [*found, ("invert", 7, prime, prime), ("multiply", generator.randrange(2**bits), 2**bits - 3, 0)]


def case_of(operation: str, bits: int) -> Case:
    return next(case for case in plain_cases(bits) if case[0] == operation)


@each_size
def test_honest_rows_are_accepted(bits: int) -> None:
    table, honest = module_of(bits).table, rows(cases(bits, 100), bits)
    assert (table.width, len(table.interactions)) == MEASURED[bits]
    assert not violations(table, honest)
    assert lookups_hold(table, honest).all()


@each_size
def test_the_forger_agrees_with_honest_rows(bits: int) -> None:
    for case in [*plain_cases(bits), *random.Random(3).sample(cases(bits, 100), 30)]:
        row = Row(case, bits)
        values = list(row.values)
        assert row.repair().compare().values == values
        assert not row.objections()


@each_size
@each_operation
def test_no_constraint_reaches_p(operation: str, bits: int) -> None:
    """By other code than the table's own, from what is looked up, operation by operation."""
    kinds = {f"is_modular_{bits}_{other}": (int(other == operation),) * 2 for other in OPERATIONS}
    given = {**kinds, "sign_of_root": (-1, 1) if operation == "root" else (0, 0)}
    if operation != "invert":
        given["is_inverse_of_zero"] = (0, 0)
    assert wraps(module_of(bits).table, given) == (set(), set())


@smaller_size_first
def test_every_changed_cell_is_noticed(bits: int) -> None:
    table, honest = module_of(bits).table, rows(plain_cases(bits), bits)
    check_changed_cells(mutate(table, honest, range(honest.shape[1])))
    check_filling_row(table, honest, [0])


@smaller_size_first
def test_what_a_row_gives_is_determined_by_what_it_takes(bits: int) -> None:
    honest = rows(plain_cases(bits), bits)
    check_determined(module_of(bits).table, [honest[:, 0]])


def deleted(bits: int, group: int) -> Row:
    """A row that is wrong in one group of the equation alone: a carry too high, which the next group makes good."""
    limbs = bits // 16
    for case in cases(bits, 100):
        if case[0] not in ("multiply", "add") or case[3]:
            continue
        row, following = Row(case, bits), group + 1
        if group == len(row.numbers("equation_carry")):
            row.set({f"quotient_{bits // 8}": row[f"quotient_{bits // 8}"] + 1})
        elif following < limbs:
            name = f"x_after_{following}"
            row.set({name: row[name] + 1, f"equation_carry_{group}": row[f"equation_carry_{group}"] + 1}).compare()
        else:
            name = f"quotient_{2 * (following - limbs)}"
            row.set({name: row[name] + 1, f"equation_carry_{group}": row[f"equation_carry_{group}"] + 1})
        if "lookup" not in row.objections():
            return row
    raise AssertionError(f"no row for group {group}")


@each_size
def test_every_constraint_of_the_equation_is_missed_when_deleted(bits: int) -> None:
    names = [constraint.name for constraint in module_of(bits).table.constraints if constraint.identity]
    for group, name in enumerate(names):
        assert deleted(bits, group).objections() == {name}, name


@smaller_size_first
def test_every_other_constraint_is_missed_when_deleted(bits: int) -> None:
    table = module_of(bits).table
    kept = replace(table, constraints=tuple(c for c in table.constraints if not c.identity))
    honest = list(rows([*plain_cases(bits), *cases(bits, 4)], bits).T)
    zeros = np.zeros(table.width, np.int64)
    no_bit = Row(("add", 0, 0, 5), bits)  # three selectors that add up to one, and a sign whose square is -1
    no_bit.set(
        {f"is_modular_{bits}_root": -1, f"is_modular_{bits}_multiply": 1, "sign_of_root": pow(3, (P - 1) // 4, P)}
    )
    starts = [np.array(no_bit.values, np.int64) % P] * len(honest)
    # Where a modulus wraps, its limbs are zero: none of them is more than the result's, so that none can be marked.
    implied = [f"result_is_reduced_limbs_{bits // 16}_agree_above_the_deciding_one"]
    check_deletions(kept, [zeros, *honest], [zeros, *honest, *starts], implied)


def larger_by_the_modulus(case: Case, bits: int) -> Row | None:
    """The result plus the modulus, where that is an operand's size, with all else right."""
    operation, _, y, m = case
    result, modulus = compute(*case, bits), modulus_of(m, bits)
    if result is None or result + modulus >= 2**bits:
        return None
    row, other = Row(case, bits), result + modulus
    row.set_result(other)
    if operation == "invert" and not row["is_inverse_of_zero"]:
        row.set_quotient((other * y - 1) // modulus)
    elif operation == "root":
        row.set_quotient((other * other - row["sign_of_root"] * y) // modulus)
    elif operation != "invert":
        x = case[1]
        total = {"multiply": x * y, "add": x + y, "subtract": x - y}[operation]
        row.set_quotient((total - other) // modulus)
    return row.repair()


@each_size
def test_a_result_that_is_not_reduced_is_refused(bits: int) -> None:
    """For nothing but that."""
    tried = 0
    for case in cases(bits, 30):
        row = larger_by_the_modulus(case, bits)
        if row is not None and not row["is_inverse_of_zero"]:
            found = row.objections()
            assert found, case
            assert all(name == "lookup" or name.startswith("result_is_reduced") for name in found), found
            tried += 1
    assert tried > 40


@each_size
def test_lies_with_right_carries_are_refused(bits: int) -> None:
    """A digit of the result, of the factor or of the quotient."""
    generator = random.Random(4)
    for case in generator.sample(cases(bits, 30), 20):
        for name in ("x_after", "factor", "quotient"):
            row = Row(case, bits)
            digit = f"{name}_{generator.randrange(len(row.numbers(name)))}"
            row.set({digit: row[digit] ^ 1 << generator.randrange(7)})
            assert row.compare().repair().objections(), (case, digit)


@each_size
def test_another_quotient_is_refused(bits: int) -> None:
    """Larger by p, and larger by 2^(8 digits): the same modulo p, the same modulo what its digits can hold."""
    for case in plain_cases(bits):
        row = Row(case, bits)
        quotient = sum(digit << 8 * k for k, digit in enumerate(row.numbers("quotient")))
        for other in (quotient + P, quotient + 1, quotient - 1, quotient + modulus_of(case[3], bits)):
            assert Row(case, bits).set_quotient(other).repair().objections()


@each_size
def test_cells_larger_by_p_are_the_same_cells_and_limbs_are_not_split_anew(bits: int) -> None:
    """A limb b0 + 256 b1 as (b0 - 256, b1 + 1) or (b0 + 256, b1 - 1): not bytes any more."""
    for name in ("factor", "y", "m"):
        for step in (1, -1):
            row = Row(case_of("multiply", bits), bits)
            row.set({f"{name}_4": row[f"{name}_4"] - 256 * step, f"{name}_5": row[f"{name}_5"] + step})
            assert "lookup" in row.repair().objections()


@each_size
def test_the_odd_root_is_refused(bits: int) -> None:
    case = case_of("root", bits)
    root = compute(*case, bits)
    assert root
    row, other = Row(case, bits), case[3] - root
    row.set_result(other).set_quotient((other * other - row["sign_of_root"] * case[2]) // case[3])
    assert row.repair().objections() == {"lookup"}


@each_size
def test_a_sign_of_a_root_that_is_neither(bits: int) -> None:
    """0 or 2 would make a root of what has none; any sign of another operation would add y to it."""
    for sign in (0, 2, -2, -Row(case_of("root", bits), bits)["sign_of_root"]):
        assert Row(case_of("root", bits), bits).set({"sign_of_root": sign}).repair().objections()
    for operation in OPERATIONS[:4]:
        row = Row(case_of(operation, bits), bits).set({"sign_of_root": 1})
        assert "the_sign_of_a_root_is_one_or_minus_one" in row.repair().objections()


@each_size
def test_zero_is_the_inverse_of_multiples_of_the_modulus_alone(bits: int) -> None:
    """Of a number that has an inverse, and of one that has none, of which nothing is provable."""
    prime = PRIMES[bits][0]
    for y, m in ((5, prime), (6, 9), (2, 0)):
        row = Row(("invert", 0, 1, 3), bits)
        row.set_digits("y", y).set_digits("m", m).set({"modulus_wraps": int(m == 0), "is_inverse_of_zero": 1})
        row.set_result(0).set_quotient(y // modulus_of(m, bits)).repair()
        assert row.objections() == {"equation_adds_up_to_zero"} or any("group" in n for n in row.objections())
    row = Row(case_of("multiply", bits), bits).set({"is_inverse_of_zero": 1})
    assert "only_an_inverse_is_one_of_zero" in row.repair().objections()
    row = Row(("invert", 7, prime, prime), bits).set_result(1).repair()
    assert "the_inverse_of_zero_is_zero" in row.objections()


@each_size
def test_there_is_no_inverse_where_there_is_none(bits: int) -> None:
    """Whatever the result, no quotient fits: the nearest ones do not."""
    for result in range(9):
        row = Row(("invert", 0, 1, 9), bits).set_digits("y", 6).set({"is_inverse_of_zero": 0})
        row.set_result(result).set_quotient((6 * result - 1) // 9)
        assert row.repair().objections()


@each_size
def test_a_modulus_of_zero_and_only_that_one_wraps(bits: int) -> None:
    row = Row(("add", 5, 6, 0), bits).set({"modulus_wraps": 0}).set_quotient(0)
    assert row.compare().repair().objections()
    row = Row(("add", 5, 6, 7), bits).set({"modulus_wraps": 1}).set_result(11).set_quotient(0)
    assert row.repair().objections() == {"a_wrapping_modulus_is_zero"}


@each_size
def test_a_product_whose_quotient_does_not_fit_has_no_proof(bits: int) -> None:
    x, m = 2**bits - 1, 3
    row = Row(("multiply", x, 1, m), bits).set_digits("y", x)
    assert compute("multiply", x, x, m, bits) is None
    row.set_result(x * x % m).set_quotient(x * x // m)
    assert row.repair().objections()


def shard(bits: int = 256) -> Shard:
    """A guest that makes calls of every operation."""
    numbers = input_of(bits, 2**bits - 19, 2**255 - 19, SECP256K1_P)
    (only,) = shards_of(program(), bytes([bits // 64, 0, 0, 0, 0, 0, 0, 0]) + numbers)
    return only


def other_result(calls: PrecompileEvents) -> None:
    calls.after[2][0, 1] += np.uint64(1)


def other_modulus(calls: PrecompileEvents) -> None:
    calls.before[1][0, 0] += np.uint64(2)


def other_x(calls: PrecompileEvents) -> None:
    calls.before[2][0, 0] ^= np.uint64(1)


def from_the_future(calls: PrecompileEvents) -> None:
    calls.previous_times[2][0, 0] = calls.times[0] + 1


FORGERIES = (other_result, other_modulus, other_x, other_place, from_the_future, other_time)


@pytest.mark.parametrize("forge", FORGERIES, ids=lambda forge: forge.__name__)
def test_a_forged_call_is_refused(forge: Callable[[PrecompileEvents], None]) -> None:
    def forged(events: ShardEvents) -> None:
        forge(events.precompiles["modular_256_invert"])

    with pytest.raises(WitnessError):
        shard().check(forged)


def test_a_call_of_another_number_is_refused() -> None:
    """The same operands, as a difference instead of a sum."""

    def forged(events: ShardEvents) -> None:
        calls = events.precompiles
        calls["modular_256_add"], calls["modular_256_subtract"] = (
            calls["modular_256_subtract"],
            calls["modular_256_add"],
        )

    with pytest.raises(WitnessError):
        shard().check(forged)
