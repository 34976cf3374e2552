"""Tests know a module by its public names, and no test knows another: what they need of one another lies in helpers."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.places import ROOT

FILES = sorted((ROOT / "tests").rglob("*.py"))
PRIVATE = re.compile(r"_[a-zA-Z]\w*")
PATCHES = {"setattr", "delattr", "patch", "object"}
OF_OTHERS = {"_exit", "_multiprocessing"}
"""Python's own: `os._exit` ends a forked process, `_multiprocessing.SemLock` fails where there are no semaphores."""


def private_names(path: Path) -> list[str]:
    """Private names that are imported, read from something else than `self`, or patched."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [f"{path.name}:{node.lineno}: {name}" for node in ast.walk(tree) for name in _private_names_of(node)]


def _private_names_of(node: ast.AST) -> list[str]:
    if isinstance(node, ast.ImportFrom):
        names = [part for alias in node.names for part in (alias.name, *(node.module or "").split("."))]
    elif isinstance(node, ast.Attribute) and not _is_own(node.value):
        names = [node.attr]
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute | ast.Name) and _last(node.func) in PATCHES:
        texts = [a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
        names = [part for text in texts for part in text.split(".")]
    else:
        names = []
    return [name for name in names if PRIVATE.fullmatch(name) and name not in OF_OTHERS]


def _is_own(value: ast.expr) -> bool:
    """`self`, `cls`, or what `super()` gives."""
    if isinstance(value, ast.Call):
        return isinstance(value.func, ast.Name) and value.func.id == "super"
    return isinstance(value, ast.Name) and value.id in ("self", "cls")


def _last(function: ast.Attribute | ast.Name) -> str:
    return function.attr if isinstance(function, ast.Attribute) else function.id


def imported_tests(path: Path) -> list[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    modules = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    return [module for module in modules if module.split(".")[-1].startswith("test_")]


def test_tests_use_public_names() -> None:
    assert [name for path in FILES for name in private_names(path)] == []


def test_no_test_is_imported() -> None:
    assert [(path.name, module) for path in FILES for module in imported_tests(path)] == []


@pytest.mark.parametrize(
    "line",
    [
        "from core_vm.a import _b",
        "import core_vm.a as a\na._b()",
        "x.run()._state",
        "monkeypatch.setattr(a, '_b', 1)",
        "patch('core_vm.a.B._c')",
        "patch.object(a, '_b', 1)",
    ],
)
def test_a_private_name_is_seen(line: str, tmp_path: Path) -> None:
    file = tmp_path / "file.py"
    file.write_text(line, encoding="utf-8")
    assert len(private_names(file)) == 1


def test_own_names_are_fine(tmp_path: Path) -> None:
    file = tmp_path / "file.py"
    file.write_text("class A:\n    def f(self):\n        super()._g()\n        return self._h", encoding="utf-8")
    assert private_names(file) == []
