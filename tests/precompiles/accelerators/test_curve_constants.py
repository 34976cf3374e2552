"""The headers of constants are what their generator writes."""

from __future__ import annotations

import pytest

from precompiles.accelerators.curve_constants import HERE, headers

WRITTEN = headers()


@pytest.mark.parametrize("name", WRITTEN)
def test_headers_are_up_to_date(name: str) -> None:
    assert HERE.joinpath(name).read_text(encoding="utf-8") == WRITTEN[name]
