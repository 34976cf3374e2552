"""The keys that a verifier of final proofs trusts are those of the sources, wherever their bytes come from."""

from __future__ import annotations

from unittest.mock import patch

import pytest

from core_vm.errors import UsageError
from recursion.final import known
from recursion.final.known import built_key, known_key
from recursion.final.pin import TARGET, written
from recursion.final.pinned import FINAL_KEYS
from recursion.final.proof import security_report

LOAD = "recursion.final.known.kernel_store.load"


def test_pinned_keys_are_computed_again() -> None:
    assert {name: built_key(name).digest.hex() for name in FINAL_KEYS} == FINAL_KEYS
    assert written(FINAL_KEYS) == TARGET.read_text(encoding="utf-8")


def test_a_key_is_kept() -> None:
    key = known_key("close")
    assert key.digest.hex() == FINAL_KEYS["close"]
    with patch.object(known, "built_key", side_effect=AssertionError("it is built again")):
        assert known_key("close").digest == key.digest


def test_other_bytes_in_its_place_are_not_taken() -> None:
    data = bytearray(known_key("close").to_bytes())
    data[len(data) // 2] ^= 1
    with patch(LOAD, return_value=[bytes(data)]):
        assert known_key("close").digest.hex() == FINAL_KEYS["close"]


def test_a_pinned_key_that_is_not_of_the_sources_is_said_to_be() -> None:
    with patch.dict(FINAL_KEYS, {"close": "00" * 32}), pytest.raises(UsageError, match="not the one that is known"):
        known_key("close")
    with pytest.raises(UsageError, match="no final proofs of join"):
        known_key("join")


def test_what_is_pinned_reaches_its_target() -> None:
    report = security_report(known_key("close"))
    assert report.check(128).bits >= 128
    assert report.union_bits > 124
    assert report.ungrinded_bits > 108
