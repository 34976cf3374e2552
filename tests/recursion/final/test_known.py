"""The key that a verifier of final proofs trusts is that of the sources, wherever its bytes come from."""

from __future__ import annotations

import subprocess
import sys
from unittest.mock import patch

import pytest

from core_vm.errors import UsageError
from recursion.final import known
from recursion.final.known import built_key, known_key
from recursion.final.pin import TARGET, written
from recursion.final.pinned import FINAL_KEY
from recursion.hiding.circuits import security_report as hiding_report
from recursion.hiding.known import known_shape
from tests.recursion.final.plain import security_report

LOAD = "recursion.final.known.kernel_store.load"


def test_the_pinned_key_is_computed_again() -> None:
    assert built_key().digest.hex() == FINAL_KEY
    assert written(FINAL_KEY) == TARGET.read_text(encoding="utf-8")


def test_numpy_alone_makes_it() -> None:
    """A verifier that has no key and no compiler."""
    code = """
import sys
sys.modules["numba"] = sys.modules["llvmlite"] = None
from recursion.final.known import built_key
print(built_key().digest.hex())
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=False)
    assert done.stdout == FINAL_KEY + "\n", done.stderr


def test_a_key_is_kept() -> None:
    key = known_key()
    assert key.digest.hex() == FINAL_KEY
    with patch.object(known, "built_key", side_effect=AssertionError("it is built again")):
        assert known_key().digest == key.digest


def test_other_bytes_in_its_place_are_not_taken() -> None:
    data = bytearray(known_key().to_bytes())
    data[len(data) // 2] ^= 1
    with patch(LOAD, return_value=[bytes(data)]):
        assert known_key().digest.hex() == FINAL_KEY


def test_a_pinned_key_that_is_not_of_the_sources_is_said_to_be() -> None:
    with patch.object(known, "FINAL_KEY", "00" * 32), pytest.raises(UsageError, match="not the one that is known"):
        known_key()


def test_what_is_pinned_reaches_its_target() -> None:
    for report in (security_report(known_key()), hiding_report(known_shape())):
        assert report.check(128).bits >= 128
        assert report.union_bits > 124
        assert report.ungrinded_bits > 109


def test_the_shape_has_room_for_what_hides() -> None:
    """Every segment of data has a random tile: more cells than the first oracle is asked for."""
    places = known_shape().places
    assert places.reserved == 1
    assert places.data_runs <= places.room
