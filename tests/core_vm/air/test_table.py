"""Declarations that would be unsound are refused when they are made; tapes mean what their expressions mean."""

from __future__ import annotations

import random

import numpy as np
import pytest

from core_vm.air.expression import evaluate
from core_vm.air.table import Bus
from core_vm.air.table_builder import TableBuilder
from core_vm.air.table_set import TableSet
from core_vm.air.tape import compile_tape, run_tape
from core_vm.errors import TableDefinitionError
from core_vm.field.koalabear import P
from core_vm.witness.check import violations
from tests.core_vm.air.adder import SUM, adder


@pytest.mark.parametrize(
    ("declare", "message"),
    [
        (lambda t, x: t.constrain("zero_is_one", x - 1), "zero row violates"),
        (lambda t, x: t.constrain("too_high", x * x * x * x), "degree 4"),
        (lambda t, x: t.send(SUM, [x, x, x], x + 1), "zero row sends"),
        (lambda t, x: t.send(SUM, [x, x], x), "2 entries"),
        (lambda t, x: t.send(SUM, [x * x, x, x], x), "affine"),
        (lambda t, x: t.send(SUM, [x, x, x], x * x), "expected an affine"),
        (lambda t, x: t.key("row", lambda bits: bits[0]), "fixed height"),
        (lambda t, x: (t.constrain("same", x), t.constrain("same", x)), "declared twice"),
    ],
)
def test_refused_declarations(declare, message):
    t = TableBuilder("bad")
    x = t.column("x")
    declare(t, x)
    with pytest.raises(TableDefinitionError, match=message):
        t.build()


def test_fixed_columns_stand_behind_the_others():
    t = TableBuilder("keyed")
    x, y = t.columns("x", 2)
    k = t.fixed("k")
    t.constrain("y_is_k_x", y - k * x)
    table = t.build()
    assert (table.columns, table.num_main, table.num_fixed) == (("x_0", "x_1", "k"), 2, 1)
    assert "columns x_0 x_1\nfixed k\n" in table.describe()
    for name, message in (("z", "behind fixed ones"), ("k", "behind fixed ones")):
        with pytest.raises(TableDefinitionError, match=message):
            t.column(name)
    with pytest.raises(TableDefinitionError, match="declared twice"):
        t.fixed("x_1")


def test_what_is_fixed_is_part_of_the_digest():
    def table(declare):
        t = TableBuilder("keyed")
        t.column("x")
        declare(t)("k")
        return TableSet((t.build(),)).digest

    assert table(lambda t: t.column) != table(lambda t: t.fixed)


def random_table(rng):
    t = TableBuilder("random")
    columns = t.columns("c", 5)
    for number in range(6):
        e = rng.choice(columns)
        for _ in range(8):
            other = rng.choice([rng.choice(columns), rng.randrange(P)])
            f = rng.choice([e + other, e - other, other - e, e * other, e * rng.randrange(P)])
            e = f if f.degree <= 3 else e + other
        t.constrain(f"constraint_{number}", e - evaluate(e, [0] * 5))
    return t.build()


@pytest.mark.parametrize("seed", range(20))
def test_tape_is_the_expressions(seed):
    rng = random.Random(seed)
    table = random_table(rng)
    row = [rng.randrange(P) for _ in range(5)]
    got = {}
    run_tape(compile_tape(table), row, lambda n, v: got.__setitem__(n, v % P))
    expected = {n: evaluate(c.expression, row) for n, c in enumerate(table.constraints) if c.expression.degree}
    assert got == expected
    named = dict(violations(table, np.array([row]).T))
    assert set(named) == {table.constraints[n].name for n, v in expected.items() if v}


def test_the_digest_sees_what_becomes_of_a_message():
    """A sum, or which of two products, also where the multiplicity does not say."""

    def digest(permutation: bool, receives: bool) -> tuple[int, ...]:
        t = TableBuilder("table")
        real, bus = t.bit("real"), Bus("bus", 1, ("a",), permutation)
        (t.receive if receives else t.send)(bus, [real], 0 * real)
        return TableSet((t.build(),)).digest

    assert len({digest(False, False), digest(True, False), digest(True, True)}) == 3


def test_digest_sees_every_part():
    base = TableSet((adder(),)).digest
    t = TableBuilder("adder")
    real = t.bit("real")
    a, b, total = t.column("a"), t.column("b"), t.column("total")
    t.constrain("total_is_a_plus_b", real * (a + b - 2 * total))
    t.receive(SUM, [a, b, total], real)
    assert TableSet((t.build(),)).digest != base
