"""What pages, docstrings and comments name is there: files, modules, names in backticks, commands and their options."""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import click
import pytest

from core_vm.cli.main import main as quire_command
from tests.places import ROOT

PACKAGES = ("core_vm", "precompiles", "recursion", "aggregator")
FOLDERS = (*PACKAGES, "benches", "docs", "examples", "tests")
FILES = [
    *(path for path in ROOT.iterdir() if path.is_file()),
    *(path for folder in FOLDERS for path in (ROOT / folder).rglob("*") if "__pycache__" not in path.parts),
]
PYTHON = [path for path in FILES if path.suffix == ".py"]
C_SOURCES = [path for path in FILES if path.suffix in (".c", ".h", ".S", ".ld")]
PAGES = [path for path in FILES if path.suffix == ".md"]
OTHERS = [ROOT / "pyproject.toml", ROOT / "Makefile"]
GENERATED = "<!-- Written by docs/generate.py"

FILE = re.compile(
    r"(?<![\w/.:<>*-])(?:\.\./)*((?:[\w-]+/)+[\w.-]*\w\.(?:py|md|c|h|S|ld)|\w[\w-]*\.(?:py|md))(?![\w/*])"
)
FOLDER = re.compile(rf"(?<![\w/.:-])((?:{'|'.join(FOLDERS)})/[\w/-]*+)(?![\w.*{{])")
MODULE = re.compile(rf"(?<![\w/.-])((?:{'|'.join((*PACKAGES, 'benches', 'tests'))})(?:\.\w+)+)")
NAME = re.compile(r"`([A-Za-z_]\w*(?:\.\w+)*)(?:\([^`]*\))?`")
COMMAND = re.compile(r"(?<![\w/.-])quire ([a-z]+)\b((?:[^`\n\\;|#]|\\\n)*)")
INDEX = re.compile(r"_([a-z]|\d+|BITS|FIELD|NAME)(?=_|$)")
PLACEHOLDER = re.compile(r"_(?:BITS|FIELD)_")
PLACEHOLDERS = {"NAME", "ROOM"}
MADE_BY_READERS = {"kit/link.ld"}
"""Files that a page has its reader make."""
OUTSIDE = {"soundcalc"}
"""Names of other people's code."""
BEFORE_STATEMENTS = {tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENCODING}
"""A string behind one of these tokens is a docstring."""


def prose(path: Path) -> str:
    """What a file says to people: a page without what it shows of code and consoles, or docstrings and comments."""
    if path.suffix == ".py":
        return read(path)[0]
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".md":
        return re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    if path in C_SOURCES:
        return "\n".join(re.findall(r"/\*.*?\*/|//[^\n]*", text, flags=re.DOTALL))
    return text


@cache
def read(path: Path) -> tuple[str, frozenset[str]]:
    """The docstrings and comments of a Python file, and the words of all else: identifiers, and those of strings, which
    name columns and tables."""
    said, words, starts = list[str](), set[str](), True
    for token in tokenize.generate_tokens(io.StringIO(path.read_text(encoding="utf-8")).readline):
        if token.type == tokenize.COMMENT or (token.type == tokenize.STRING and starts):
            said.append(token.string)
        else:
            words.update(re.findall(r"[A-Za-z_]\w*", token.string))
        starts = token.type in BEFORE_STATEMENTS or (token.type in (tokenize.COMMENT, tokenize.NL) and starts)
    return "\n".join(said), frozenset(words)


# ------------------------------------------------------------------------------------------------ files and modules
@cache
def known_files() -> tuple[str, ...]:
    return tuple(f"/{path.relative_to(ROOT)}" for path in FILES)


def lost_files(text: str) -> list[str]:
    """Files and folders that are named and are nowhere; the end of a path is enough."""
    named = [name for name in FILE.findall(text) if name not in MADE_BY_READERS]
    lost = [name for name in named if not any(known.endswith(f"/{name}") for known in known_files())]
    folders = [name for name in FOLDER.findall(text) if not (ROOT / name).exists()]
    return [name for name in (*lost, *folders) if not PLACEHOLDERS & set(re.split(r"\W", name))]


def lost_modules(text: str) -> list[str]:
    """Dotted names that lead to no module, or to none that says the rest of them."""
    return [name for name in MODULE.findall(text) if not _is_there(name.split("."))]


def _is_there(parts: list[str]) -> bool:
    place, rest = ROOT, list(parts)
    while rest and (place / rest[0]).is_dir():
        place /= rest.pop(0)
    if not rest:
        return True
    module = place / f"{rest[0]}.py"
    if not module.is_file():
        return False
    words = set(re.findall(r"\w+", module.read_text(encoding="utf-8")))
    return all(part in words for part in rest[1:])


@pytest.mark.parametrize("folder", [".", *FOLDERS])
def test_what_is_named_is_there(folder: str) -> None:
    sources = [path for path in (*PYTHON, *C_SOURCES, *PAGES, *OTHERS) if _folder(path) == folder]
    assert sources
    texts = [(str(path.relative_to(ROOT)), prose(path)) for path in sources]
    assert [(path, lost) for path, text in texts for lost in (*lost_files(text), *lost_modules(text))] == []


def _folder(path: Path) -> str:
    return path.relative_to(ROOT).parts[0] if path.parent != ROOT else "."


# ------------------------------------------------------------------------------------------------ names
@cache
def code_words() -> frozenset[str]:
    """Words of all code, of the names of files, and of the pages that are written from code."""
    words = {word for path in FILES for word in re.findall(r"\w+", path.name)}
    for path in (*C_SOURCES, *OTHERS, *(page for page in PAGES if is_generated(page))):
        words.update(re.findall(r"\w+", path.read_text(encoding="utf-8")))
    return frozenset(words.union(*(read(path)[1] for path in PYTHON if path != Path(__file__))))


def is_generated(page: Path) -> bool:
    return page.read_text(encoding="utf-8").startswith(GENERATED)


@cache
def pieces() -> frozenset[str]:
    """What code words begin and end with, up to an underscore: pages leave out what many names have in common, or
    stands at a placeholder's place."""
    cuts = [(word, match) for word in code_words() for match in re.finditer("_", word)]
    return frozenset(piece for word, cut in cuts for piece in (word[: cut.start()], word[cut.end() :]))


def lost_names(text: str) -> list[str]:
    """Names in backticks that no code has. An index at the end (`mask_i`), or what stands for one, may be any."""
    parts = [(name, part) for name in NAME.findall(text) for part in name.split(".") if len(part) > 2]
    return [name for name, part in parts if not {part, INDEX.sub("", part), INDEX.sub("_", part)} & code_words()]


def test_names_on_pages_are_those_of_code() -> None:
    pages = [page for page in PAGES if not is_generated(page)]
    lost = [(str(page.relative_to(ROOT)), name) for page in pages for name in lost_names(prose(page))]
    assert [(page, name) for page, name in lost if not set(PLACEHOLDER.split(name)) <= {*pieces(), *OUTSIDE}] == []


@pytest.mark.parametrize("folder", FOLDERS)
def test_names_in_docstrings_are_those_of_code(folder: str) -> None:
    sources = [path for path in (*PYTHON, *C_SOURCES) if _folder(path) == folder]
    assert [(str(path.relative_to(ROOT)), lost) for path in sources for lost in lost_names(prose(path))] == []


# ------------------------------------------------------------------------------------------------ commands
def wrong_commands(text: str) -> list[str]:
    """Commands of `quire` that there are not, and options that a command does not have."""
    return [f"{name} {option}" for name, rest in COMMAND.findall(text) for option in _wrong_options(name, rest)]


def _wrong_options(name: str, rest: str) -> list[str]:
    with click.Context(quire_command) as context:
        command = quire_command.get_command(context, name)
    if command is None:
        return ["is no command"]
    known = {opt for parameter in command.params for opt in (*parameter.opts, *parameter.secondary_opts)}
    return [option for option in re.findall(r"(?<=\s)--?[a-z][\w-]*", rest) if option not in {*known, "--help"}]


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_pages_show_commands_that_there_are(page: Path) -> None:
    assert wrong_commands("\n".join(_commands_shown(page.read_text(encoding="utf-8")))) == []


def _commands_shown(page: str) -> Iterator[str]:
    """Consoles, and code within sentences."""
    yield from re.findall(r"^```(?:console|sh)\n(.*?)^```", page, flags=re.MULTILINE | re.DOTALL)
    yield from re.findall(r"`(quire [^`]*)`", page)


# ------------------------------------------------------------------------------------------------ what is found
def test_what_is_not_there_is_found() -> None:
    assert lost_files("see `tables/no_such_file.py`, core_vm/nowhere/ and no_page.md, but core_vm/tables/buses.py") == [
        "tables/no_such_file.py", "no_page.md", "core_vm/nowhere/"
    ]  # fmt: skip
    assert lost_modules("recursion.shrinking, core_vm.errors.NoSuchError, core_vm.errors.QuireError") == [
        "recursion.shrinking", "core_vm.errors.NoSuchError"
    ]  # fmt: skip
    assert lost_names("`NoSuchHints` and `ShardShape`, `ShardShape.no_such_field`") == [
        "NoSuchHints", "ShardShape.no_such_field"
    ]  # fmt: skip
    assert wrong_commands("$ quire prove a.elf --no-such -o b\n$ quire nothing") == [
        "prove --no-such",
        "nothing is no command",
    ]
