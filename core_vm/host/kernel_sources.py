"""What a kernel is made of: the source of its module and of all that this module imports, wherever they lie.

numba notices when the file of a function changes, but not when an intrinsic, an inlined function or a constant that it
took from another module does. A stale kernel is not a slow one but a wrong one.
"""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("core_vm", "precompiles", "recursion")
# Modules that say where and when kernels are compiled, not what they are.
NOT_COMPILED = "core_vm/host/"
INSTALLED = ("site-packages", "dist-packages")

_IMPORT = re.compile(r"^(?:import (.+)|from ([\w.]+) import (?:\(([^)]*)\)|(.*)))", re.MULTILINE)
_LAZILY = re.compile(r'^\w+ = lazily\("([\w.]+)"\)', re.MULTILINE)
_COMMENT = re.compile(r"#.*")


@dataclass(frozen=True, slots=True)
class Source:
    """A file, and the directory that its module's full name starts from."""

    path: Path
    root: Path

    @property
    def name(self) -> str:
        """The same in every checkout."""
        return _name(self)


@cache
def _name(source: Source) -> str:
    return source.path.relative_to(source.root).as_posix()


def source_of(path: Path, module: str) -> Source:
    """The file at `path`, which was imported as `module`."""
    depth = module.count(".") + (path.name == "__init__.py")
    return Source(path, path.parents[min(depth, len(path.parents) - 1)])


@cache
def imported(source: Source) -> frozenset[Source]:
    """The files that a module imports at its top level, at once or lazily: ours, and its neighbours if it is somebody
    else's."""
    found: set[Source] = set()
    text = source.path.read_text(encoding="utf-8")
    for plain, package, several, few in _IMPORT.findall(text):
        for module in _first_words(plain) or [package]:
            found |= _files_of(module, _first_words(several or few), source)
    for module in _LAZILY.findall(text):
        found |= _files_of(module, [], source)
    return frozenset(part for part in found if not part.name.startswith(NOT_COMPILED))


def _first_words(names: str) -> list[str]:
    """The names in `a, b as c`, which may be several lines with comments."""
    return [words[0] for words in map(str.split, _COMMENT.sub("", names).split(",")) if words]


def _files_of(module: str, names: list[str], importer: Source) -> set[Source]:
    """The files of a module and of those of its names that are modules."""
    base, root = _locate(module, importer)
    if root is None:
        return set()
    there = names_in(base)
    inside = [base / f"{name}.py" for name in ("__init__", *names) if f"{name}.py" in there]
    beside = [base.with_suffix(".py")] if f"{base.name}.py" in names_in(base.parent) else []
    return {Source(path, root) for path in (*inside, *beside)}


@cache
def names_in(directory: Path) -> frozenset[str]:
    """What lies in a directory; nothing where there is none."""
    return frozenset(os.listdir(directory)) if directory.is_dir() else frozenset()


def _locate(module: str, importer: Source) -> tuple[Path, Path | None]:
    """Where `module` would lie without its suffix, and its root; None for a root that we do not follow."""
    dots = len(module) - len(module.lstrip("."))
    if dots:
        parts = [part for part in module.split(".") if part]
        return importer.path.parents[dots - 1].joinpath(*parts), importer.root
    return _locate_absolute(module, importer.root, importer.name.partition("/")[0])


@cache
def _locate_absolute(module: str, root: Path, own: str) -> tuple[Path, Path | None]:
    """The same for a full name, as a module below `root` in the package `own` imports it."""
    parts = module.split(".")
    if parts[0] in PACKAGES:
        return ROOT.joinpath(*parts), ROOT
    # Beside an installed module lies everything that is installed; only its own package is its own.
    followed = root != ROOT and (parts[0] == own or root.name not in INSTALLED)
    return root.joinpath(*parts), root if followed else None


def compiled_into(source: Source) -> list[Source]:
    """The module and every file of which something may be inside its kernels, by name."""
    pending, known = [source], {source}
    while pending:
        new = imported(pending.pop()) - known
        known |= new
        pending += new
    return sorted(known, key=lambda part: (part.name, part.path))


@cache
def file_digest(path: Path) -> bytes:
    """SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).digest()


@cache
def source_digest(source: Source) -> bytes:
    """32 bytes that change with anything that is compiled into the kernels of a module, and with nothing else."""
    digest = hashlib.sha256()
    for part in compiled_into(source):
        digest.update(part.name.encode() + b"\0" + file_digest(part.path))
    return digest.digest()
