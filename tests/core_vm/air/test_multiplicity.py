"""A machine's tables send each message at most once a row, or the machine is refused."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from core_vm.air.expression import Expression
from core_vm.air.multiplicity import BitRules, check_multiplicities
from core_vm.air.table import Bus
from core_vm.air.table_builder import TableBuilder
from core_vm.errors import TableDefinitionError
from core_vm.field.koalabear import P
from core_vm.machine.machine import Machine
from core_vm.witness.module import TableModule
from precompiles.standard.machine import standard_machine

BUS = Bus("bus", 1, ("a",))
PERMUTATION = Bus("permutation", 2, ("a",), permutation=True)
Declaration = Callable[[TableBuilder], Expression]


def two_bits(t: TableBuilder, exclusive: bool = False) -> Expression:
    total = t.bit("x") + t.bit("y")
    if exclusive:
        t.constrain("at_most_one", total * (total - 1))
    return total


def single(t: TableBuilder) -> Expression:
    return t.bit("x")


def exclusive(t: TableBuilder) -> Expression:
    return two_bits(t, exclusive=True)


def nested(t: TableBuilder) -> Expression:
    """x - y is 0 or 1 where y implies x."""
    x, y = t.bit("x"), t.bit("y")
    t.constrain("y_only_with_x", y * (1 - x))
    return x - y


def builder(multiplicity: Declaration, counted: bool = False) -> TableBuilder:
    t = TableBuilder("table")
    (t.receive_counted if counted else t.send)(BUS, [0], multiplicity(t))
    return t


@pytest.mark.parametrize(
    "multiplicity",
    [single, lambda t: -t.bit("x"), exclusive, nested],
    ids=["bit", "receive", "exclusive", "nested"],
)
def test_a_message_at_most_once_a_row_is_accepted(multiplicity: Declaration) -> None:
    check_multiplicities(builder(multiplicity).build())


@pytest.mark.parametrize(
    ("multiplicity", "reason"),
    [
        (lambda t: t.column("x"), "no constraint makes x a bit"),
        (lambda t: t.bit("x") + t.column("y"), "no constraint makes y a bit"),
        (two_bits, "[0, 1, 2]"),
        (lambda t: t.bit("x") - t.bit("y"), f"[0, 1, {P - 1}]"),
        (lambda t: 2 * t.bit("x"), "[0, 2]"),
    ],
    ids=["free", "half_free", "both", "either_sign", "twice"],
)
def test_a_message_more_than_once_a_row_is_refused(multiplicity: Declaration, reason: str) -> None:
    table = builder(multiplicity).build()
    profile = Machine((TableModule(table),)).everything
    with pytest.raises(TableDefinitionError) as caught:
        _ = profile.tables
    assert reason in str(caught.value)


@pytest.mark.parametrize("receives", [False, True])
@pytest.mark.parametrize("multiplicity", [single, exclusive, nested])
def test_on_a_permutation_bus_a_send_is_no_negated_receive(multiplicity: Declaration, receives: bool) -> None:
    """Which product a message goes into is declared, and its bit says only whether it is there."""
    for sign, accepted in ((1, True), (-1, False)):
        t = TableBuilder("table")
        (t.receive if receives else t.send)(PERMUTATION, [0], sign * multiplicity(t))
        if accepted:
            check_multiplicities(t.build())
        else:
            with pytest.raises(TableDefinitionError, match="not at most once"):
                check_multiplicities(t.build())


@pytest.mark.parametrize("receives", [False, True])
@pytest.mark.parametrize(
    ("multiplicity", "reason"),
    [
        (lambda t: t.column("x"), "no constraint makes x a bit"),
        (two_bits, "times, not at most once"),
        (lambda t: t.bit("x") - t.bit("y"), "times, not at most once"),
        (lambda t: t.fixed("x"), "no fixed column"),
        (lambda t: t.bit("x") + t.fixed("y"), "no fixed column"),
    ],
    ids=["free", "both", "either_sign", "fixed", "half_fixed"],
)
def test_on_a_permutation_bus_a_message_is_there_by_a_bit(
    multiplicity: Declaration, reason: str, receives: bool
) -> None:
    t = TableBuilder("table")
    (t.receive if receives else t.send)(PERMUTATION, [0], multiplicity(t))
    with pytest.raises(TableDefinitionError, match=reason):
        check_multiplicities(t.build())


def test_a_permutation_bus_is_no_lookup() -> None:
    """Nobody counts there, and no closed-form column is a message."""
    counted = builder(lambda t: t.column("x"))
    counted.receive_counted(PERMUTATION, [0], counted.column("y"))
    with pytest.raises(TableDefinitionError, match="no row counts"):
        counted.build()
    keyed = TableBuilder("table", log_height=6)
    keyed.send(PERMUTATION, [keyed.key("low", lambda bits: bits[0])], keyed.bit("x"))
    with pytest.raises(TableDefinitionError, match="looks them up"):
        keyed.build()


@pytest.mark.parametrize(("other", "allowed"), [(1, {0, 1}), (2, {0, 2}), (3, {0})])
def test_what_a_rule_allows_is_known_by_what_it_says(other: int, allowed: set[int]) -> None:
    """The same rule on other columns allows the same, and another rule on the same columns what it allows."""
    for shift in (0, 3, 1):
        t = TableBuilder("table")
        t.columns("before", shift)
        for number, (factor, expected) in enumerate(((1, {0, 1}), (other, allowed))):
            total = t.bit(f"x{number}") + t.bit(f"y{number}")
            t.constrain(f"rule_{number}", total * (total - factor))
            t.send(BUS, [0], total)
            table = t.build()
            rules = BitRules([constraint.expression for constraint in table.constraints])
            assert rules.values(table.interactions[-1].affine_multiplicity()) == expected


def test_what_is_counted_may_be_received_any_number_of_times() -> None:
    check_multiplicities(builder(lambda t: t.column("x"), counted=True).build())


def test_a_constraint_that_only_looks_like_one_makes_no_bit() -> None:
    t = TableBuilder("table")
    x, y = t.column("x"), t.column("y")
    for number, expression in enumerate([x * (x - 2), x * (y - 1), x * x, x - y]):
        t.constrain(f"number_{number}", expression)
    assert BitRules([c.expression for c in t.build().constraints]).bits == set()


def test_only_these_receives_of_the_standard_machine_are_counted() -> None:
    """Of each it is argued beside the table why a row that is not in use offers nothing that anybody takes."""
    counted = {
        (table.name, interaction.bus.name)
        for table in standard_machine().everything.tables.tables
        for interaction in table.interactions
        if interaction.counted and table.log_height is None
    }
    assert counted == {
        ("program", "program"),
        ("compression", "compress"),
        ("curve_chain_point_256", "chain_table"),
        ("curve_chain_digit_256", "chain_digit"),
    }
