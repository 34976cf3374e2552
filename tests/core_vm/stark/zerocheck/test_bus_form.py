"""The prover's weights of the bus form against the verifier's form."""

from __future__ import annotations

import random

import pytest

from core_vm.air.table_set import TableSet
from core_vm.field.extension import K, inner_planes, to_planes
from core_vm.stark.config import NUM_BETA
from core_vm.stark.gkr.verifier import Fingerprint
from core_vm.stark.zerocheck.bus_form import bus_weights
from core_vm.stark.zerocheck.verifier import RowStatement, bus_value
from core_vm.transcript.numbers import NUMBERS
from precompiles.standard.machine import standard_machine
from tests.core_vm.stark.toys import idle, toy_tables
from tests.elements import random_point


def _statement(tables: TableSet, rng: random.Random) -> RowStatement[list[K]]:
    alpha, kappa, rho, claim, *weights = random_point(rng, 4 + 2**NUM_BETA)
    shares = random_point(rng, 1 << max(len(tables.interactions) - 1, 0).bit_length())
    return RowStatement([], shares, Fingerprint(alpha, weights), kappa, rho, claim)


@pytest.mark.parametrize("which", ["toys", "one table", "standard"])
def test_columns_times_weights_are_the_bus_form(which: str) -> None:
    machine = {"toys": toy_tables, "one table": lambda: TableSet((idle(),))}
    tables = machine[which]() if which in machine else standard_machine().profile_tables[0]
    rng = random.Random(which)
    statement = _statement(tables, rng)
    columns = random_point(rng, tables.num_columns)
    shares = to_planes(statement.shares[: len(tables.interactions)])
    in_planes = RowStatement([], shares, statement.fingerprint, statement.kappa, statement.rho, statement.claim)
    weights = bus_weights(tables, in_planes)
    assert inner_planes(weights, to_planes(columns)) == bus_value(NUMBERS, tables, statement, columns)
