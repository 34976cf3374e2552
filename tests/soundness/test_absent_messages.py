"""Where an honest row neither sends nor receives a message of a permutation bus, the message is zero in all columns.

It is the prover who needs it: what such a row puts into the product is 1 then, and no honest run fails to be proved.
"""

from __future__ import annotations

import pytest

from core_vm.air.table import Interaction, Table
from core_vm.tables.standard import BASE_MODULES
from core_vm.witness.check import stray_messages
from core_vm.witness.module import TableModule
from precompiles.standard.machine import standard_machine
from tests.soundness.honest_rows import all_rows

PRECOMPILES = standard_machine().everything.tables.tables[len(BASE_MODULES) :]
SOME_LACK = {"keccak_lanes"}
"""Rows in use of these may lack a message: their own tests look at honest rows."""


def permuted(table: Table) -> list[Interaction]:
    return [interaction for interaction in table.interactions if interaction.bus.permutation]


@pytest.mark.parametrize("module", [m for m in BASE_MODULES if permuted(m.table)], ids=lambda module: module.table.name)
def test_a_message_that_is_not_there_is_zero(module: TableModule) -> None:
    rows = all_rows(module)
    assert rows.shape[1]
    assert stray_messages(module.table, rows) == []


def test_rows_of_precompiles_have_all_their_messages_or_none() -> None:
    """They are in use, which is what each counts, or are filled with zeros."""
    lacking = set[str]()
    for table in PRECOMPILES:
        times = {
            frozenset(i.affine_multiplicity().times(-1 if i.receives else 1).columns.items()) for i in permuted(table)
        }
        if len(times) > 1:
            lacking.add(table.name)
    assert lacking == SOME_LACK
