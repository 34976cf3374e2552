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


def test_profiles_may_exclude_one_another() -> None:
    machine = Machine(BASE_MODULES, (SHA256, OTHER), (("core", ()), ("hashes", ("sha256",)), ("others", ("other",))))
    assert machine.called_together == ((), ("sha256",), ("other",))
    assert machine.profile_for({"other": 1}).name == "others"
    with pytest.raises(UsageError, match="no profile holds other, sha256 together"):
        machine.profile_for({"sha256": 1, "other": 1})
    assert machine.everything.modules == (*BASE_MODULES, *SHA256.tables)
    assert machine.everything not in machine.profiles
    assert machine.everything.number == len(machine.profile_tables)


@pytest.mark.parametrize(
    ("subsets", "match"),
    [
        ((("core", ()),), "no profile holds sha256, other"),
        ((("core", ()), ("hashes", ("sha256",))), "no profile holds other"),
        ((("core", ()), ("all", ("sha256", "other", "absent"))), "does not have: absent"),
    ],
    ids=["none", "one_left_out", "one_too_many"],
)
def test_each_precompile_of_the_machine_and_no_other_is_in_a_profile(subsets: tuple, match: str) -> None:
    with pytest.raises(UsageError, match=match):
        Machine(BASE_MODULES, (SHA256, OTHER), subsets)


def test_the_standard_machine() -> None:
    machine = standard_machine()
    core, hashes, curves, of_bn254, of_bls12_381 = (set(profile.precompiles) for profile in machine.profiles)
    names = [profile.name for profile in machine.profiles]
    assert names == ["core", "hashes", "curves", "pairings_bn254", "pairings_bls12_381"]
    assert core < hashes < curves
    assert of_bn254 | of_bls12_381 == set(machine.everything.precompiles)
    both = hashes | {name for name in curves if name.startswith(("modular_", "uint256_"))}
    assert of_bn254 & of_bls12_381 == both < curves
    assert all("_bls12_381" in name for name in of_bls12_381 - both)
    assert not any("_bls12_381" in name for name in of_bn254)
    assert curves - both == {name for name in (of_bn254 | of_bls12_381) - both if name.startswith(("curve_", "fp2_"))}
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
