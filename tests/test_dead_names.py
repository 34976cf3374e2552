"""No name is defined and never used: what nothing calls is gone, and does not look as if it did something."""

from __future__ import annotations

import ast
import re
import sys
from collections import Counter
from collections.abc import Iterator
from functools import cache

import pytest

from tests.places import ROOT

PACKAGES = ("core_vm", "precompiles", "recursion", "aggregator")
SOURCES = [ROOT / "quire.py", *(path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py")))]
USERS = [*SOURCES, *(path for room in ("benches", "docs", "examples", "tests") for path in (ROOT / room).rglob("*.py"))]

CALLED_BY_DASK = {"dask_setup"}
CALLED = re.compile(r"command|overload|register")
"""Decorators that hand click or numba what they decorate."""


def defined(source: str) -> Iterator[str]:
    """Functions, classes, methods and constants. Not commands, nor what numba is handed, nor methods of classes that
    extend a library's: click and numba call what they know of them."""
    tree = ast.parse(source)
    yield from _defined(tree.body, frozenset(_from_libraries(tree)))


def _from_libraries(tree: ast.Module) -> Iterator[str]:
    """Names that are imported, from what is neither Python's own nor ours."""
    own = {*sys.stdlib_module_names, *PACKAGES}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] not in own:
            yield from (alias.asname or alias.name for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.asname or alias.name for alias in node.names if alias.name.split(".")[0] not in own)


def _defined(body: list[ast.stmt], libraries: frozenset[str]) -> Iterator[str]:
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            if not any(CALLED.search(ast.unparse(decorator)) for decorator in node.decorator_list):
                yield node.name
        if isinstance(node, ast.ClassDef) and libraries & {ast.unparse(base).split(".")[0] for base in node.bases}:
            continue
        if isinstance(node, ast.ClassDef | ast.If | ast.Try):
            yield from _defined(node.body, libraries)
        if isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            yield from (name.id for target in targets for name in ast.walk(target) if isinstance(name, ast.Name))


def used(source: str) -> Iterator[str]:
    """Names that are read, and the words of strings that are no docstrings: commands and kernels are named by some."""
    tree = ast.parse(source)
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            yield node.id
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
            yield node.attr
        elif isinstance(node, ast.alias) and node.asname:
            yield node.name
        elif isinstance(node, ast.keyword) and node.arg:
            yield node.arg
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield from node.value.replace(":", " ").replace(".", " ").split()


@cache
def all_used() -> frozenset[str]:
    toml = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    by_entry_points = toml.replace('"', ":").split(":")
    return frozenset(name for path in USERS for name in used(path.read_text(encoding="utf-8"))).union(by_entry_points)


@cache
def all_defined() -> Counter[str]:
    return Counter(name for path in SOURCES for name in defined(path.read_text(encoding="utf-8")))


def test_every_name_is_used() -> None:
    names = {name for name in all_defined() if not name.startswith("__")}
    assert sorted(names - all_used() - CALLED_BY_DASK) == []


@pytest.mark.parametrize(
    "source",
    [
        "def dead(): pass",
        "class dead: pass",
        "dead = 1",
        "dead: int = 1",
        "class A:\n    def dead(self): pass",
        "a, dead = 1, 2",
    ],
)
def test_a_dead_name_is_seen(source: str) -> None:
    assert "dead" in set(defined(source)) - set(used(source))
