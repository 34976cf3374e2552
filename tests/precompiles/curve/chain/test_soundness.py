"""The tables of chains under the attacks that every table goes through, and under lies of their own."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from core_vm.air.expression import column, constant
from core_vm.air.table import Table
from core_vm.errors import WitnessError
from core_vm.field.koalabear import P
from core_vm.machine.precompile import PrecompileEvents
from core_vm.machine.shard import ShardEvents
from core_vm.witness.check import violations
from precompiles.curve.chain.buses import DIGIT, TABLE
from precompiles.curve.curves import BN254, CURVES, SECP256K1, Curve, curves_of
from tests.conformance.checking import Shard, shards_of
from tests.core_vm.tables.intervals import wraps
from tests.precompiles.curve.chain.calls import (
    MODULES,
    Chain,
    exceptional_chain,
    module_of,
    program,
    random_chain,
    rows,
)
from tests.precompiles.curve.chain.forger import CARRIES, REDUCED, ExceptionRow, StepRow
from tests.precompiles.curve.sizes import each_size, smaller_size_first
from tests.precompiles.shared.forged import ForgedRow, decided_below, objections
from tests.soundness.column_mutations import mutate
from tests.soundness.row_search import lookups_hold
from tests.soundness.suite import check_changed_cells, check_deletions, check_determined, check_filling_row

each_table = pytest.mark.parametrize("table", MODULES)
each_curve = pytest.mark.parametrize("curve", CURVES, ids=lambda curve: curve.name)
MEASURED = {
    ("call", 256): (180, 80),
    ("digit", 256): (85, 17),
    ("point", 256): (88, 48),
    ("step", 256): (623, 327),
    ("exception", 256): (276, 118),
    ("call", 384): (250, 104),
    ("digit", 384): (83, 17),
    ("point", 384): (126, 71),
    ("step", 384): (927, 490),
    ("exception", 384): (407, 177),
}
"""Columns and interactions."""
WEIGHTS = ("x_is_not_xq_weight", "middle_is_not_x_weight")
RECEIVED = {
    r"(x|xq|last_x)_\d+": (0, 255),
    r"(y|yq|last_y)_\d+": (0, 2**16 - 1),
    r"sign|sign_if_opposite": (-1, 1),
    r"uses|uses_of_step_\d+": (0, 2**26),
}
"""Of columns whose range is that of a message which another table sends, and how often a shard's rows can ask."""
MEANT_MODULO_P = {"step": {"x_is_not_xq", "middle_is_not_x"}, "exception": {"x_is_not_xq"}}


@cache
def chains(bits: int) -> tuple[Chain, ...]:
    """For each curve: points on it and others, and steps of both kinds without a result."""
    generator, found = random.Random(bits), []
    for curve in curves_of(bits):
        found += [random_chain(generator, curve), random_chain(generator, curve, is_on_curve=False)]
        found += [exceptional_chain(generator, curve, place, place % 2 == 1) for place in (0, 3, 62, 63)]
    return tuple(found)


@cache
def honest(table: str, bits: int) -> np.ndarray:
    return rows(table, chains(bits))


def some(table: str, bits: int) -> np.ndarray:
    """A few of them: of steps one a curve, three at least; of exceptions one of each kind."""
    found, count = honest(table, bits), max(3, len(curves_of(bits)))
    if table == "exception":
        return found[:, :2]
    return found[:, :: found.shape[1] // count][:, :count]


def as_asked(table: Table) -> Table:
    """With what a row looks up in the tables of points and digits as what it takes, and not as what it gives; and with
    what it offers there as given once, as how often others ask is not the row's to say."""
    selectors = [
        column(table.columns.index(f"is_{curve.name}")) for curve in CURVES if f"is_{curve.name}" in table.columns
    ]
    real = sum(selectors, constant(0))
    flipped = [
        replace(i, multiplicity=real if i.counted else -i.multiplicity, counted=False) if i.bus in (TABLE, DIGIT) else i
        for i in table.interactions
    ]
    return replace(table, interactions=tuple(flipped))


def is_weight_or_uses(table: Table, row: np.ndarray, column: str) -> bool:
    """Any weights will do that show two numbers to be different."""
    return column.startswith((*WEIGHTS, "uses"))


@each_size
@each_table
def test_honest_rows_are_accepted(table: str, bits: int) -> None:
    declared, values = module_of(table, bits).table, honest(table, bits)
    assert (declared.width, len(declared.interactions)) == MEASURED[table, bits]
    assert values.shape[1] >= 2
    assert not violations(declared, values)
    assert lookups_hold(declared, values).all()


@each_size
def test_the_forger_agrees_with_honest_rows(bits: int) -> None:
    forged = [StepRow(chain, place) for chain in chains(bits)[::6] for place in (0, 40)]
    before = [list(row.values) for row in forged]
    assert [row.solve().values for row in forged] == before
    assert not any(objections(forged))
    opposite = ExceptionRow(next(c for c in chains(bits)[3::6]))
    before = [list(opposite.values)]
    assert [opposite.solve().values] == before
    assert not opposite.objections()


@each_curve
@each_table
def test_no_constraint_reaches_p(table: str, curve: Curve) -> None:
    """By other code than the tables' own, from what is looked up, curve by curve."""
    prefix = "is_curve_chain_" if table == "call" else "is_"
    given = {f"{prefix}{other.name}": (int(other == curve),) * 2 for other in curves_of(curve.bits)}
    declared = module_of(table, curve.bits).table
    received = {
        name: bounds for name in declared.columns for pattern, bounds in RECEIVED.items() if re.fullmatch(pattern, name)
    }
    assert wraps(declared, given | received) == (set(), MEANT_MODULO_P.get(table, set()))


@pytest.mark.parametrize(
    ("table", "bits"),
    [
        *((table, 256) for table in ("point", "digit", "exception")),
        *(pytest.param(table, 256, marks=pytest.mark.slow) for table in ("call", "step")),
        *(pytest.param(table, 384, marks=pytest.mark.slow) for table in MODULES),
    ],
)
def test_every_changed_cell_is_noticed(table: str, bits: int) -> None:
    declared, values = as_asked(module_of(table, bits).table), some(table, bits)
    found = mutate(declared, values, range(values.shape[1]), spread=table != "digit")  # of bits there are few mutants
    check_changed_cells(found, is_weight_or_uses)
    check_filling_row(declared, values, [0])


@pytest.mark.slow
@pytest.mark.parametrize("table", ["step", "exception", "point"])
def test_what_a_row_gives_is_determined_by_what_it_takes(table: str) -> None:
    """But y after a step, which may be larger by the modulus: see below."""
    last = honest(table, 256)[:, -1]
    check_determined(as_asked(module_of(table, 256).table), [last], (*WEIGHTS, "uses"))


@each_curve
def test_x_after_a_step_is_reduced_and_y_may_not_be(curve: Curve) -> None:
    """A y that is larger by the modulus is the same in all that follows; the call takes none at the end."""
    room = 2**curve.bits - curve.modulus
    found = {"middle": 0, "x3": 0, "y3": 0}
    for place in range(64):
        for name in found:
            row = StepRow(chains(curve.bits)[6 * curves_of(curve.bits).index(curve)], place)
            if found[name] > 1 or row.number(name) >= room:
                continue
            kept = ("middle", "second", "x3", "y3")
            objected = row.set_number(name, row.number(name) + curve.modulus).solve(kept).objections()
            assert bool(objected) == (name != "y3")
            assert all(o == "lookup" or o.startswith(f"{name}_is_reduced") for o in objected), objected
            found[name] += 1
    assert min(found.values()) > 1 or room < 2**225


@each_curve
def test_the_last_y_of_a_call_is_reduced_and_so_is_every_x_that_comes_in(curve: Curve) -> None:
    for table, name, in_limbs in (("call", "last_y", ("last_y", "y")), ("call", "x", ("y",)), ("point", "x", ("y",))):
        declared = module_of(table, curve.bits).table
        values = rows(table, chains(curve.bits)[6 * curves_of(curve.bits).index(curve) :][:1])[:, 0]
        for limb in range(1, curve.bits // 16):
            row = ForgedRow(declared, values, curve.bits, curve.modulus, in_limbs)
            value, lower = decided_below(curve.modulus, curve.bits, limb)
            found = row.set_number(name, value).decide(name, lower).objections()
            assert found == {f"{name}_is_reduced_limbs_{limb}_agree_above_the_deciding_one"}


@each_curve
def test_every_limb_above_the_deciding_one_is_missed_when_its_constraint_is_deleted(curve: Curve) -> None:
    """Numbers that differ from the modulus in one limb, in which they are larger if they can be, and pretend that a
    lower one decides."""
    lies, expected = [], []
    for name in REDUCED:
        for limb in range(1, curve.bits // 16, 1 if curve.bits == 256 else 5):
            value, lower = decided_below(curve.modulus, curve.bits, limb)
            lies.append(with_number(curve, name, value).decide(name, lower))
            expected.append({f"{name}_is_reduced_limbs_{limb}_agree_above_the_deciding_one"})
    assert objections(lies) == expected


def with_number(curve: Curve, name: str, value: int) -> StepRow:
    """A row in which x of the middle point, or x after, is `value`, also where that is not reduced, and all else
    follows."""
    generator, m = random.Random(f"{name} {value}"), curve.modulus
    row = StepRow(chains(curve.bits)[6 * curves_of(curve.bits).index(curve)])
    s, t, x = (generator.randrange(1, m) for _ in range(3))
    middle = value if name == "middle" else (t * t - x - value) % m
    y = -(s + t) * (middle - x) * pow(2, -1, m) % m
    xq = (s * s - x - middle) % m
    row.set_number("x", x).set_number("xq", xq).set_number("y", y).set_balanced("slope", s)
    row.set_number("yq", row.sign * (y + s * (xq - x)) % m).set_number(name, value)
    return row.solve(kept=(name,))


@smaller_size_first
def test_every_constraint_of_an_equation_is_missed_when_deleted(bits: int) -> None:
    """Rows in which an equation is wrong by a power of its base: one group alone is."""
    for place, name in enumerate(CARRIES):
        chain = chains(bits)[6 * (place % len(curves_of(bits)))]
        last = len(StepRow(chain).digits(f"{name}_carry"))
        names = [*(f"{name}_group_{i}_is_carried_on" for i in range(last)), f"{name}_adds_up_to_zero"]
        errors = [tuple(2 ** (16 * group) * (k == place) for k in range(5)) for group in range(last + 1)]
        assert objections([StepRow(chain).solve(errors=error) for error in errors]) == [
            {constraint} for constraint in names
        ]


@each_curve
def test_a_step_is_not_one_where_a_chord_has_no_slope(curve: Curve) -> None:
    """xq = x with yq = y, where any slope would do, and a middle point that is p, where any second slope would."""
    honest_chain = chains(curve.bits)[6 * curves_of(curve.bits).index(curve)]
    row = StepRow(honest_chain)
    row.set_number("xq", row.number("x")).set_number("yq", row.sign * row.number("y") % curve.modulus)
    for slope in (0, 2**200 + 7):
        assert row.set_balanced("slope", slope).solve().objections() == {"x_is_not_xq"}
    # With y = 0 the middle point's chord is satisfied by every slope: q with x' = x.
    row = StepRow(honest_chain)
    x, s, m = row.number("x"), 2**200 + 9, curve.modulus
    xq = (s * s - 2 * x) % m
    row.set_number("y", 0).set_number("xq", xq).set_number("yq", row.sign * s * (xq - x) % m)
    row.set_balanced("slope", s)
    assert row.solve().objections() == {"middle_is_not_x"}


@each_size
def test_lies_with_right_carries_are_refused(bits: int) -> None:
    """A digit of a result, of a slope or of a quotient; a quotient larger by a little, or by p."""
    generator, lies = random.Random(4), []
    for chain in chains(bits)[::6]:
        for name in ("middle", "x3", "y3", "slope", *(f"quotient_{k}" for k in range(5))):
            row = StepRow(chain)
            digit = f"{name}_{generator.randrange(len(row.digits(name)))}"
            lies.append(row.set({digit: row[digit] ^ 1 << generator.randrange(7)}).compare().repair())
            if name.startswith("quotient"):
                for other in (P, 1, -1, chain.curve.modulus):
                    row = StepRow(chain)
                    lies.append(row.set_balanced(name, row.number(name) + other).repair())
    assert all(objections(lies))


@each_curve
def test_another_first_slope_with_all_that_follows_from_it_is_refused(curve: Curve) -> None:
    row = StepRow(chains(curve.bits)[6 * curves_of(curve.bits).index(curve)], 5)
    found = row.set_balanced("slope", row.number("slope") + 1).solve().objections()
    assert found - {"lookup"}
    assert all(name.startswith(CARRIES[0]) for name in found - {"lookup"}), found


@each_curve
def test_a_step_with_a_result_is_no_exception(curve: Curve) -> None:
    """As one of the same x, it is not; as one whose middle point is back at x, it is wrong by what that differs."""
    at = 6 * curves_of(curve.bits).index(curve)
    same, opposite = (ExceptionRow(chains(curve.bits)[at + k]) for k in (2, 3))
    assert same["is_opposite"] == 0
    assert opposite["is_opposite"] == 1
    other_x = same.number("xq") ^ 1
    found = same.set_number("xq", other_x).objections()
    assert found == {"bytes_of_x_from_0_are_those_of_xq_unless_opposite"}
    honest_step = StepRow(chains(curve.bits)[at], 3)
    for name in ("x", "y", "xq", "yq", "slope"):
        digits = honest_step.digits(name)
        opposite.set({f"{name}_{k}": digit for k, digit in enumerate(digits)})
    sign = honest_step.sign
    groups = honest_step.digits("x_is_not_xq_weight")
    opposite.set(
        {"sign": sign, "sign_if_opposite": sign, **{f"x_is_not_xq_weight_{k}": w for k, w in enumerate(groups)}}
    )
    found = opposite.solve().objections() - {"lookup"}
    assert found
    assert all(name.startswith("x_of_the_middle_is_x") for name in found), found
    for error in ((1, 0), (0, 1), (2**128, 0), (0, 2**128)):
        row = ExceptionRow(chains(curve.bits)[at + 3]).solve(error)
        assert row.objections()


def test_a_row_of_one_curve_is_none_of_another() -> None:
    chain = chains(256)[0]
    assert chain.curve == SECP256K1
    assert StepRow(chain).set({"is_secp256k1": 0, "is_secp256r1": 1}).repair().compare().objections()
    assert "at_most_one_curve_a_row" in StepRow(chain).set({"is_secp256r1": 1}).objections()
    half = (P + 1) // 2
    assert "is_secp256k1_is_a_bit" in StepRow(chain).set({"is_secp256k1": half, "is_bn254": half}).objections()


@pytest.mark.slow
@smaller_size_first
@each_table
def test_every_other_constraint_is_missed_when_deleted(table: str, bits: int) -> None:
    """Those of equations and of comparisons have tests of their own."""
    declared = module_of(table, bits).table
    kept = replace(declared, constraints=tuple(c for c in declared.constraints if not c.identity))
    honest_rows = [*some(table, bits).T, *honest(table, bits)[:, -2:].T]
    zeros = np.zeros(declared.width, np.int64)
    implied = [c.name for c in kept.constraints if c.name.endswith("_agree_above_the_deciding_one")]
    implied += ["at_most_one_curve_a_row", "at_most_one_call_a_row"]
    if (
        table == "exception"
    ):  # is_opposite is real, or all groups of bytes are 0, and with them what weights make of them
        implied += ["is_opposite_is_a_bit", "only_a_row_in_use_is_opposite"]
    if len(curves_of(bits)) == 1:  # real is the one selector: a bit by two constraints
        implied += [name for name in (c.name for c in kept.constraints) if name.endswith("bls12_381_is_a_bit")]
    check_deletions(kept, [zeros, *honest_rows], [zeros, *honest_rows], implied)


@cache
def shard(fails: bool) -> Shard:
    """Of a guest that makes a call."""
    generator = random.Random(6)
    chain = exceptional_chain(generator, BN254, 20, is_opposite=True) if fails else random_chain(generator, BN254)
    (only,) = shards_of(program(), chain.input)
    return only


def other_result(calls: PrecompileEvents) -> None:
    calls.after[2][0, 1] += np.uint64(1)


def other_start(calls: PrecompileEvents) -> None:
    calls.before[2][0, 0] ^= np.uint64(1)


def other_point(calls: PrecompileEvents) -> None:
    calls.before[0][0, 9] ^= np.uint64(1)


def other_digits(calls: PrecompileEvents) -> None:
    calls.before[1][0, 3] ^= np.uint64(1)


def no_result(calls: PrecompileEvents) -> None:
    calls.after[2][0, :] = 0


def other_place(calls: PrecompileEvents) -> None:
    calls.arguments[0, 1] += np.uint64(8)


def from_the_future(calls: PrecompileEvents) -> None:
    calls.previous_times[0][0, 63] = calls.times[0] + 1


def other_time(calls: PrecompileEvents) -> None:
    calls.times[0] += 4


FORGERIES = (other_result, other_start, other_point, other_digits, other_place, from_the_future, other_time, no_result)


@pytest.mark.parametrize("forge", FORGERIES, ids=lambda forge: forge.__name__)
def test_a_forged_call_is_refused(forge: Callable[[PrecompileEvents], None]) -> None:
    def forged(events: ShardEvents) -> None:
        forge(events.precompiles["curve_chain_bn254"])

    with pytest.raises(WitnessError):
        shard(fails=False).check(forged)


def test_a_chain_that_fails_has_no_other_result() -> None:
    def forged(events: ShardEvents) -> None:
        events.precompiles["curve_chain_bn254"].after[2][0, 0] = 1

    with pytest.raises(WitnessError):
        shard(fails=True).check(forged)
