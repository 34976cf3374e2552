"""A kernel's name changes with anything that is compiled into it, and with nothing else."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from core_vm.host import kernel_sources
from core_vm.host.kernel_sources import (
    PACKAGES,
    ROOT,
    Source,
    compiled_into,
    file_digest,
    imported,
    names_in,
    source_digest,
    source_of,
)

KERNEL_FILES = ("*kernels.py", "packed*.py", "packed/*.py")
"""Names of files that define kernels, or what they are made of: pyproject.toml keeps pyright away from these."""


@pytest.fixture(autouse=True)
def forget() -> Iterator[None]:
    """Files change while a test runs, as they never do while a program does."""
    yield
    forget_sources()


def forget_sources() -> None:
    for remembered in (imported, source_digest, file_digest, names_in):
        remembered.cache_clear()


def kernel_files() -> list[Path]:
    return sorted(path for package in PACKAGES for name in KERNEL_FILES for path in (ROOT / package).rglob(name))


def files_with(pattern: str) -> set[Path]:
    sources = [path for package in PACKAGES for path in (ROOT / package).rglob("*.py")]
    return {path for path in sources if re.search(pattern, path.read_text(encoding="utf-8"), re.MULTILINE)}


def test_only_what_compiles_imports_numba() -> None:
    """Kernel modules are imported to be called, and take from `kernel_cache` and `kernel_language` what they need."""
    compiling = ("core_vm/host/kernel_compiler", "core_vm/host/kernel_types", "core_vm/host/uncalled")
    expected = {ROOT / f"{name}.py" for name in (*compiling, "core_vm/field/packed/kinds")}
    assert files_with(r"^(from|import) numba\b") == expected


def test_kernels_live_in_files_that_are_named_so() -> None:
    assert files_with(r"^@(njit|borrowing_njit|intrinsic|compute_kernel)\b") <= set(kernel_files())


def write(root: Path, **files: str) -> None:
    for name, text in files.items():
        path = root / f"{name.replace('__', '/')}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def digest_after_change(source: Source, path: Path) -> tuple[bytes, bytes]:
    """Before a change of the file at `path`, and after it."""
    before, text = source_digest(source), path.read_text(encoding="utf-8")
    path.write_text(text + "changed = 2\n", encoding="utf-8")
    forget_sources()
    after = source_digest(source)
    path.write_text(text, encoding="utf-8")
    forget_sources()
    return before, after


def test_a_change_below_a_kernel_module_gives_it_another_digest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kernel_sources, "ROOT", tmp_path)
    write(
        tmp_path,
        core_vm__sum_kernels="from core_vm import (\n    # why, and\n    middle as m,\n    side,  # what\n)\n",
        core_vm__middle='import core_vm.bottom\nlow = lazily("core_vm.lowest")\n',
        core_vm__lowest="constant = 1\n",
        core_vm__side="constant = 1\n",
        core_vm__bottom="constant = 1\n",
        core_vm__elsewhere="constant = 1\n",
    )
    source = source_of(tmp_path / "core_vm/sum_kernels.py", "core_vm.sum_kernels")
    names = [part.path.name for part in compiled_into(source)]
    assert names == ["bottom.py", "lowest.py", "middle.py", "side.py", "sum_kernels.py"]
    for name in ("bottom", "lowest", "side", "sum_kernels"):
        before, after = digest_after_change(source, tmp_path / f"core_vm/{name}.py")
        assert before != after, name
    before, after = digest_after_change(source, tmp_path / "core_vm/elsewhere.py")
    assert before == after


@pytest.mark.parametrize(
    ("module", "files", "followed"),
    [
        ("kernels", {"kernels": "from constants import C\n", "constants": "C = 1\n"}, {"constants.py"}),
        ("mine.kernels", {"mine__kernels": "from . import c\n", "mine__c": "C = 1\n"}, {"mine/c.py"}),
        ("mine.a.k", {"mine__a__k": "from ..b.c import C\n", "mine__b__c": "C = 1\n"}, {"mine/b/c.py"}),
        ("mine.k", {"mine__k": "import os, mine.c as c\n", "mine__c": "C = 1\n"}, {"mine/c.py"}),
    ],
)
def test_modules_of_users_are_followed_too(
    tmp_path: Path, module: str, files: dict[str, str], followed: set[str]
) -> None:
    write(tmp_path, **files)
    source = source_of(tmp_path / f"{module.replace('.', '/')}.py", module)
    assert {part.name for part in compiled_into(source)} - {source.name} == followed


def test_beside_an_installed_module_only_its_own_package_is_its_own(tmp_path: Path) -> None:
    root = tmp_path / "site-packages"
    write(root, mine__k="import mine.c\nimport numpy\n", mine__c="C = 1\n", numpy__version="", numpy____init__="")
    source = source_of(root / "mine/k.py", "mine.k")
    assert [part.name for part in compiled_into(source)] == ["mine/c.py", "mine/k.py"]


def test_a_copy_of_the_checkout_has_the_same_digests(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = [path.relative_to(ROOT) for path in kernel_files()]
    assert files

    def digests(root: Path) -> list[bytes]:
        return [source_digest(Source(root / path, root)) for path in files]

    here = digests(ROOT)
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(kernel_sources, "ROOT", tmp_path)
    assert digests(tmp_path) == here
