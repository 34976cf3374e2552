"""The widths of curves' tables, as tests go through them."""

from __future__ import annotations

import pytest

from tests.precompiles.curve.calls import SIZES

each_size = pytest.mark.parametrize("bits", SIZES)
smaller_size_first = pytest.mark.parametrize("bits", [256, pytest.param(384, marks=pytest.mark.slow)])
"""Both are the same code: the larger one where time is no matter."""
