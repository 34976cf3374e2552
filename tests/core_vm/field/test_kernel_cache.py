"""Compiled kernels are never used after something that was compiled into them has changed."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from core_vm.field import kernel_cache


def test_kernels_take_njit_from_the_cache_module() -> None:
    offenders = [
        str(path)
        for package in kernel_cache.PACKAGES
        for path in (kernel_cache.ROOT / package).rglob("*.py")
        if path.name != "kernel_cache.py"
        and re.search(r"^from numba import .*\bnjit\b", path.read_text(encoding="utf-8"), re.MULTILINE)
    ]
    assert offenders == []


def test_kernels_live_in_files_that_the_digest_knows() -> None:
    known = set(kernel_cache.kernel_files())
    strangers = [
        str(path)
        for package in kernel_cache.PACKAGES
        for path in (kernel_cache.ROOT / package).rglob("*.py")
        if re.search(r"^@(njit|intrinsic)\b", path.read_text(encoding="utf-8"), re.MULTILINE) and path not in known
    ]
    assert strangers == []


def test_a_change_below_a_kernel_module_gives_it_another_digest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "core_vm"
    package.mkdir()
    kernel = package / "sum_kernels.py"
    kernel.write_text("from core_vm import (\n    middle as m,\n    side,\n)\n", encoding="utf-8")
    (package / "middle.py").write_text("import core_vm.bottom\n", encoding="utf-8")
    (package / "side.py").write_text("constant = 1\n", encoding="utf-8")
    (package / "bottom.py").write_text("constant = 1\n", encoding="utf-8")
    (package / "elsewhere.py").write_text("constant = 1\n", encoding="utf-8")
    monkeypatch.setattr(kernel_cache, "ROOT", tmp_path)

    def digest() -> str:
        kernel_cache.content_digest.cache_clear()
        return kernel_cache.content_digest(kernel)

    parts = kernel_cache.compiled_into(kernel)
    assert [path.name for path in parts] == ["bottom.py", "middle.py", "side.py", "sum_kernels.py"]
    before = digest()
    (package / "elsewhere.py").write_text("constant = 2\n", encoding="utf-8")
    assert digest() == before
    for name in ("bottom.py", "side.py"):
        (package / name).write_text("constant = 2\n", encoding="utf-8")
        assert digest() != before
        (package / name).write_text("constant = 1\n", encoding="utf-8")
    assert digest() == before
    kernel_cache.content_digest.cache_clear()


def test_a_copy_of_the_checkout_has_the_same_digests(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = [kernel_cache.content_digest(path) for path in kernel_cache.kernel_files()]
    for package in kernel_cache.PACKAGES:
        shutil.copytree(kernel_cache.ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(kernel_cache, "ROOT", tmp_path)
    assert [kernel_cache.content_digest(path) for path in kernel_cache.kernel_files()] == here
