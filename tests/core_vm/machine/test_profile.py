"""Which tables a shard is proved with."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core_vm.errors import UsageError
from core_vm.machine.machine import Machine
from core_vm.tables.standard import BASE_MODULES
from precompiles.sha256.precompile import PRECOMPILE as SHA256
from precompiles.standard.machine import standard_machine

OTHER = replace(SHA256, name="other", number=0x1234, make_tables=tuple)


def test_the_core_of_a_machine_without_precompiles_is_everything() -> None:
    (core,) = Machine(BASE_MODULES).profiles
    assert core.modules == BASE_MODULES


def test_by_default_there_is_the_core_and_everything() -> None:
    machine = Machine(BASE_MODULES, (SHA256, OTHER))
    assert [(profile.number, profile.name) for profile in machine.profiles] == [(0, "core"), (1, "all")]
    assert machine.profile_for({"sha256": 0, "other": 0}).name == "core"
    assert machine.profile_for({"sha256": 0, "other": 2}).name == "all"
    assert machine.everything.modules == (*BASE_MODULES, *SHA256.tables)


def test_the_first_profile_that_holds_all_calls_is_taken() -> None:
    listed = (("core", ()), ("hashes", ("sha256",)), ("all", ("sha256", "other")))
    machine = Machine(BASE_MODULES, (SHA256, OTHER), listed)
    chosen = [machine.profile_for(calls).name for calls in ({}, {"sha256": 1}, {"other": 1}, {"sha256": 1, "other": 1})]
    assert chosen == ["core", "hashes", "all", "all"]


@pytest.mark.parametrize(
    "subsets", [(("core", ()),), (("core", ()), ("all", ("sha256", "absent")))], ids=["less", "more"]
)
def test_the_last_profile_holds_everything(subsets: tuple) -> None:
    with pytest.raises(UsageError, match="the last one has all"):
        Machine(BASE_MODULES, (SHA256,), subsets)


def test_the_standard_machine() -> None:
    machine = standard_machine()
    assert [profile.name for profile in machine.profiles] == ["core", "hashes", "curves", "all"]
    widths = [tables.num_columns for tables in machine.profile_tables]
    assert widths[0] < widths[1] // 2
    assert len({tables.digest for tables in machine.profile_tables}) == len(widths)


def test_what_no_proof_names_is_not_put_together() -> None:
    """Neither by a verifier nor by what the executor asks: a core shard costs the same whatever else a machine has."""
    machine = Machine(BASE_MODULES, (replace(SHA256, make_tables=lambda: pytest.fail("made for nothing")),))
    core = machine.profile_tables[0]
    assert [tables.num_columns for tables in machine.profile_tables[:1]] == [core.num_columns]
    assert machine.profile_for({"sha256": 0}).tables is core
    assert set(machine.row_cells) >= {"add"}
