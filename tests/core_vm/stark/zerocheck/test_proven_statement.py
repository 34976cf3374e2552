"""The prover's row statement is the verifier's."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from functools import partial

import pytest

from core_vm.air.table_set import TableSet
from core_vm.stark.config import NUM_BETA
from core_vm.stark.gkr.verifier import Fingerprint, GkrClaim
from core_vm.stark.shape import ShardShape
from core_vm.stark.zerocheck.proven_statement import proven_statement
from core_vm.stark.zerocheck.verifier import row_statement
from core_vm.transcript.numbers import NUMBERS
from precompiles.standard.machine import standard_machine
from tests.core_vm.stark.toys import idle, toy_tables
from tests.elements import random_point

TABLES: dict[str, Callable[[], TableSet]] = {
    "toys": toy_tables,
    "one table": lambda: TableSet((idle(),)),
    **{profile.name: partial(getattr, profile, "tables") for profile in standard_machine().profiles},
}


@pytest.mark.parametrize("present", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("which", TABLES)
def test_it_is_the_verifiers_whichever_tables_are_there(which: str, present: float) -> None:
    """Also where a table with closed-form columns is not."""
    tables, rng = TABLES[which](), random.Random(f"{which} {present}")
    tiles = [
        (rng.randrange(1, 5) if table.log_height is None else max(1, 2**table.log_height // 64))
        if rng.random() < present
        else 0
        for table in tables.tables
    ]
    shape = ShardShape.of(tables, tiles)
    alpha, kappa, rho, n, e, *weights = random_point(rng, 5 + 2**NUM_BETA)
    gkr = GkrClaim(random_point(rng, shape.gkr_variables), n, e)
    made = proven_statement(tables, shape, Fingerprint(alpha, weights), gkr, rho, kappa)
    expected = row_statement(NUMBERS, tables, shape, Fingerprint(alpha, weights), gkr, rho, kappa)
    assert replace(made, shares=expected.shares) == expected
