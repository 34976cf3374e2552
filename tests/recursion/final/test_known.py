"""The key that a verifier of final proofs trusts is that of the sources, wherever its bytes come from."""

from __future__ import annotations

import subprocess
import sys
from unittest.mock import patch

import pytest

from core_vm.air.table import TILE
from core_vm.errors import UsageError
from recursion.final import known
from recursion.final.known import built_key, known_key
from recursion.final.pin import TARGET, written
from recursion.final.pinned import FINAL_KEYS
from recursion.hiding.circuits import security_report as hiding_report
from recursion.hiding.known import known_shape
from recursion.hiding.places import SPARE_CELLS
from recursion.regime import Regime
from tests.recursion.final.plain import security_report

FINAL_KEY = FINAL_KEYS["list"]
LOAD = "recursion.final.known.kernel_store.load"


def test_the_pinned_keys_are_computed_again() -> None:
    assert {regime: built_key(regime).digest.hex() for regime in Regime} == FINAL_KEYS
    assert len(set(FINAL_KEYS.values())) == len(Regime)
    assert written(FINAL_KEYS) == TARGET.read_text(encoding="utf-8")


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
    wrong = dict.fromkeys(FINAL_KEYS, "00" * 32)
    with patch.object(known, "FINAL_KEYS", wrong), pytest.raises(UsageError, match="not the one that is known"):
        known_key()


@pytest.mark.parametrize("regime", Regime)
def test_what_is_pinned_reaches_its_target(regime: Regime) -> None:
    for report in (security_report(known_key(regime)), hiding_report(known_shape(regime))):
        assert report.check(128).bits >= 128
        assert report.union_bits > 124
        assert report.ungrinded_bits > 109
        assert bool(report.readings) == (regime is Regime.LIST)


@pytest.mark.parametrize("regime", Regime)
def test_the_shapes_have_room_for_what_hides(regime: Regime) -> None:
    """Every segment of data has random tiles: more cells than the first oracle is asked for."""
    shape = known_shape(regime)
    assert TILE * shape.places.reserved >= shape.opening.rounds[0].num_queries + SPARE_CELLS
    assert shape.places.data_runs <= shape.places.room
