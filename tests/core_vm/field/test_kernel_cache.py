"""Compiled kernels are never used after something that was compiled into them has changed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from core_vm.field import kernel_cache


def test_kernels_take_njit_from_the_cache_module() -> None:
    offenders = [
        str(path)
        for package in kernel_cache.PACKAGES
        for path in (kernel_cache.ROOT / package).rglob("*.py")
        if path.name != "kernel_cache.py"
        and re.search(r"^from numba import .*\bnjit\b", path.read_text(), re.MULTILINE)
    ]
    assert offenders == []


def test_kernels_live_in_files_that_the_digest_knows() -> None:
    known = set(kernel_cache.kernel_files())
    strangers = [
        str(path)
        for package in kernel_cache.PACKAGES
        for path in (kernel_cache.ROOT / package).rglob("*.py")
        if re.search(r"^@(njit|intrinsic)\b", path.read_text(), re.MULTILINE) and path not in known
    ]
    assert strangers == []


def test_a_change_anywhere_below_a_kernel_names_another_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "core_vm"
    package.mkdir()
    (package / "sum_kernels.py").write_text("from core_vm.middle import (\n    thing,\n)\n")
    (package / "middle.py").write_text("import core_vm.bottom\n")
    (package / "bottom.py").write_text("constant = 1\n")
    (package / "elsewhere.py").write_text("constant = 1\n")
    monkeypatch.setattr(kernel_cache, "ROOT", tmp_path)

    def name() -> str:
        kernel_cache.cache_directory.cache_clear()
        return kernel_cache.cache_directory().name

    assert [path.name for path in kernel_cache.compiled_into_kernels()] == ["bottom.py", "middle.py"]
    before = name()
    (package / "elsewhere.py").write_text("constant = 2\n")
    assert name() == before
    (package / "bottom.py").write_text("constant = 2\n")
    assert name() != before
    kernel_cache.cache_directory.cache_clear()
