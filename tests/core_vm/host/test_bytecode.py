"""Bytecode is kept where it can be, and nobody complains where it cannot."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from core_vm.host.bytecode import OUR_DIRECTORIES, keep_bytecode


def test_all_our_packages_are_meant() -> None:
    assert {directory.name for directory in OUR_DIRECTORIES} == {"core_vm", "precompiles", "recursion", "aggregator"}
    assert all((directory / "__init__.py").is_file() for directory in OUR_DIRECTORIES)


def test_bytecode_is_kept_even_where_imports_keep_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.dont_write_bytecode", True)
    inner = tmp_path / "package" / "inner"
    inner.mkdir(parents=True)
    module, broken = inner / "module.py", inner / "broken.py"
    module.write_text("x = 1\n", encoding="utf-8")
    broken.write_text("x =\n", encoding="utf-8")

    keep_bytecode([tmp_path / "package"])
    (kept,) = (inner / "__pycache__").iterdir()
    assert kept.name.startswith("module.")
    before = kept.stat().st_mtime_ns
    keep_bytecode([tmp_path / "package"])
    assert kept.stat().st_mtime_ns == before
    module.write_text("xyz = 12\n", encoding="utf-8")
    os.utime(module, (before / 1e9 + 5, before / 1e9 + 5))
    keep_bytecode([tmp_path / "package"])
    assert kept.stat().st_mtime_ns > before


def test_a_directory_that_takes_none_is_left_alone(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "module.py").write_text("x = 1\n", encoding="utf-8")
    (tmp_path / "__pycache__").write_text("in the way", encoding="utf-8")
    keep_bytecode([tmp_path])
    assert (tmp_path / "__pycache__").read_text(encoding="utf-8") == "in the way"
    assert capfd.readouterr() == ("", "")
