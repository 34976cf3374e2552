"""The prover's weights of the bus form against the verifier's form."""

from __future__ import annotations

import random

import numpy as np
import pytest

from core_vm.air.table_set import TableSet
from core_vm.field.bulk import eq_words
from core_vm.field.extension import inner_planes, to_planes
from core_vm.stark.config import NUM_BETA
from core_vm.stark.gkr.verifier import Fingerprint
from core_vm.stark.zerocheck.bus_form import bus_weights
from core_vm.stark.zerocheck.bus_value import bus_value
from core_vm.stark.zerocheck.shares import Shares
from core_vm.stark.zerocheck.verifier import RowStatement
from core_vm.transcript.numbers import NUMBERS
from precompiles.standard.machine import standard_machine
from tests.core_vm.stark.toys import idle, toy_tables
from tests.elements import random_point

TABLES = {"toys": toy_tables, "one table": lambda: TableSet((idle(),))}
PROFILES = {profile.name: profile for profile in standard_machine().profiles}


def _tables(which: str) -> TableSet:
    return TABLES[which]() if which in TABLES else PROFILES[which].tables


@pytest.mark.parametrize("which", [*TABLES, *PROFILES])
def test_columns_times_weights_are_the_bus_form(which: str) -> None:
    """The verifier adds up in another order than the prover, in the standard machine's tables of every profile."""
    tables, rng = _tables(which), random.Random(which)
    alpha, kappa, rho, claim, *weights = random_point(rng, 4 + 2**NUM_BETA)
    fingerprint, grouping = Fingerprint(alpha, weights), tables.grouping
    point = random_point(rng, grouping.inner_bits + grouping.group_bits)
    columns = random_point(rng, tables.num_columns)
    of_interactions = np.ascontiguousarray(eq_words(point)[:, list(grouping.positions)])
    statement = RowStatement([], of_interactions, fingerprint, kappa, rho, claim)
    of_columns = inner_planes(bus_weights(tables, statement), to_planes(columns))
    shares = Shares.of(NUMBERS, tables, point, fingerprint, kappa)
    assert of_columns == bus_value(NUMBERS, tables, shares, columns)
