"""Every test here runs twice: with the interpreter alone, and with the whole program compiled before it begins."""

from __future__ import annotations

import pytest

from core_vm.machine.execute.hot import hot_code


@pytest.fixture(autouse=True, params=[None, 0], ids=["interpreted", "compiled"])
def compile_after(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int | None:
    """What `hot_code.COMPILE_AFTER` is."""
    monkeypatch.setattr(hot_code, "COMPILE_AFTER", request.param)
    return request.param
