"""No text is read or written in whatever encoding the locale has: each file that is opened says its own."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.places import ROOT

FOLDERS = ("aggregator", "benches", "core_vm", "docs", "examples", "precompiles", "recursion", "tests")
SOURCES = [ROOT / "quire.py", *(path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.py")))]

# Functions that open text unless their mode says otherwise, and where in the call the mode stands.
OPENERS = {"open": 1, "fdopen": 1, "NamedTemporaryFile": 0, "TemporaryFile": 0, "SpooledTemporaryFile": 1}
ALWAYS_TEXT = {"read_text": 0, "write_text": 1, "TextIOWrapper": 1}
PROCESSES = {"run", "Popen", "check_output", "call", "check_call", "getoutput", "getstatusoutput"}


def unstated_encodings(source: str) -> Iterator[int]:
    """The lines of calls that leave the encoding of a text to the locale."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and _leaves_it_open(node):
            yield node.lineno


def _leaves_it_open(call: ast.Call) -> bool:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    given = {keyword.arg: keyword.value for keyword in call.keywords}
    if "encoding" in given or None in given:
        return False
    if name in PROCESSES:
        return bool({"text", "universal_newlines", "errors"} & given.keys())
    if name in ALWAYS_TEXT:
        return len(call.args) <= ALWAYS_TEXT[name]
    if name not in OPENERS:
        return False
    # A path's own `open` begins with the mode; something else's `open` takes what is no mode.
    place = 0 if name == "open" and isinstance(call.func, ast.Attribute) and _is_no_module(call.func) else OPENERS[name]
    mode = given.get("mode", call.args[place] if len(call.args) > place else None)
    if mode is None:
        return not name.endswith("TemporaryFile")  # these are binary by default
    return isinstance(mode, ast.Constant) and isinstance(mode.value, str) and "b" not in mode.value


def _is_no_module(function: ast.Attribute) -> bool:
    return not (isinstance(function.value, ast.Name) and function.value.id in {"io", "builtins"})


@pytest.mark.parametrize("path", SOURCES, ids=[str(path.relative_to(ROOT)) for path in SOURCES])
def test_every_text_file_is_opened_with_its_encoding(path: Path) -> None:
    assert list(unstated_encodings(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    "call",
    ["open(p)", "open(p, 'w')", "p.open()", "p.open('a')", "p.read_text()", "p.write_text(t)", "os.fdopen(d, 'w')",
     "io.open(p, mode='r')", "subprocess.run(c, text=True)", "NamedTemporaryFile('w')"],
)  # fmt: skip
def test_a_text_of_unstated_encoding_is_found(call: str) -> None:
    assert list(unstated_encodings(call)) == [1]


@pytest.mark.parametrize(
    "call",
    ["open(p, 'rb')", "open(p, encoding='utf-8')", "p.open('wb')", "tree.open([1])", "p.read_text('utf-8')",
     "run(c, capture_output=True)", "NamedTemporaryFile()", "os.open(p, os.O_RDONLY)"],
)  # fmt: skip
def test_bytes_and_stated_encodings_are_fine(call: str) -> None:
    assert list(unstated_encodings(call)) == []
