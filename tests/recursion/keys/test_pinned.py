"""The keys that a verifier trusts are those of the sources."""

from __future__ import annotations

import pytest

from precompiles.standard.machine import standard_machine
from recursion.keys.catalogue import CircuitName, Program, catalogue
from recursion.keys.circuits import circuit
from recursion.keys.pin import computed_keys, computed_shrink_key, key_of, shard_bits, written
from recursion.keys.pinned import KEYS, SHARD_BITS
from recursion.keys.standard import digest_of, shrink_key, standard_keys, text_of
from recursion.regime import Regime
from tests.places import ROOT

PROFILES = standard_machine().profile_tables
QUICK = [CircuitName(Program.LIFT, 0, 13, 1), CircuitName(Program.CLOSE)]


def test_every_circuit_of_the_machine_is_pinned_in_order() -> None:
    assert list(KEYS) == [str(name) for name in catalogue(len(PROFILES))]
    assert len(set(KEYS.values())) == len(KEYS)
    assert all(text_of(digest_of(text)) == text for text in KEYS.values())
    assert [text_of(digest) for digest in standard_keys().digests] == list(KEYS.values())


@pytest.mark.parametrize("name", QUICK, ids=str)
def test_some_keys_are_computed_again(name: CircuitName) -> None:
    """The tables of the core, the verifier and the lowering show in these."""
    assert text_of(key_of(name, PROFILES)) == KEYS[str(name)]


def test_the_shrink_s_key_is_computed_again() -> None:
    """In the shape of the other regime it is the same: the first oracles have one rate."""
    assert computed_shrink_key() == shrink_key()
    assert circuit(CircuitName(Program.SHRINK, regime=Regime.UNIQUE), None).key.verifying == shrink_key()


@pytest.mark.slow
def test_all_keys_are_computed_again() -> None:
    keys = {str(name): text_of(digest) for name, digest in computed_keys(PROFILES)}
    assert keys == KEYS
    assert shard_bits(PROFILES) == SHARD_BITS
    assert written(keys, shrink_key(), SHARD_BITS) == (ROOT / "recursion" / "keys" / "pinned.py").read_text(
        encoding="utf-8"
    )
