"""The headers of constants are what their generators write."""

from __future__ import annotations

import pytest

from precompiles.accelerators import kzg_constants
from precompiles.accelerators.curve_constants import HERE
from precompiles.accelerators.pairing_constants import HEADERS


@pytest.mark.parametrize("name", HEADERS)
def test_constants_of_the_curves(name: str) -> None:
    assert HERE.joinpath(name).read_text(encoding="utf-8") == HEADERS[name]()


def test_points_of_openings() -> None:
    assert HERE.joinpath("kzg_constants.h").read_text(encoding="utf-8") == kzg_constants.header()
