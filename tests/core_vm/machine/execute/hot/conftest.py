"""Tests of compiled code say for themselves what is compiled."""

import pytest


@pytest.fixture(autouse=True)
def compile_after() -> None:
    """In place of the one that has every test run twice."""
