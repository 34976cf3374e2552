"""Where compiled kernels are kept. Kernel modules take `njit` from here, so that it is settled before the first one.

numba by itself keeps a kernel under the path of its file and notices when *that file* changes. Both are wrong here: a
second checkout would compile everything again, and an intrinsic, an inlined function or a constant from another module
would go stale unseen. So a module's kernels lie in a directory whose name is a digest of what they are made of: the
module's source and that of every module of ours that it imports, directly or not, wherever the checkout lies.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import Any

import llvmlite
import numba
from numba import njit
from platformdirs import user_cache_path

from core_vm.errors import UsageError

__all__ = ["borrowing_njit", "cache_directory", "njit"]

if numba.config.DISABLE_JIT:
    raise UsageError("NUMBA_DISABLE_JIT is set, and kernels are machine code or nothing: unset it")

# For functions that allocate nothing: the arrays that they are given are not reference-counted. Otherwise a named tuple
# of arrays costs a call for every array in it, each time it is passed on or looked into.
borrowing_njit = partial(njit, _nrt=False)

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("core_vm", "precompiles", "recursion")
KERNEL_FILES = ("*kernels.py", "packed*.py")
_OURS = rf"(?:{'|'.join(PACKAGES)})[\w.]*"
_IMPORT = re.compile(rf"^(?:import ({_OURS})|from ({_OURS}) import (?:\(([^)]*)\)|(.*)))", re.MULTILINE)


def kernel_files() -> list[Path]:
    """Every file that defines kernels or what they are made of, by its name."""
    return sorted(path for package in PACKAGES for name in KERNEL_FILES for path in (ROOT / package).rglob(name))


def imported_files(path: Path) -> set[Path]:
    """The files of ours that the module at `path` imports at its top level."""
    found: set[Path] = set()
    for plain, package, several, few in _IMPORT.findall(path.read_text(encoding="utf-8")):
        base = ROOT.joinpath(*(plain or package).split("."))
        names = [words[0] for words in map(str.split, (several or few).split(",")) if words]
        candidates = [base.with_suffix(".py"), base / "__init__.py", *(base / f"{name}.py" for name in names)]
        found.update(candidate for candidate in candidates if candidate.is_file())
    return found


def compiled_into(path: Path) -> list[Path]:
    """The module at `path` and every file of ours of which something may be inside its kernels."""
    pending, known = [path], {path}
    while pending:
        new = imported_files(pending.pop()) - known
        known |= new
        pending += new
    return sorted(known)


@cache
def content_digest(path: Path) -> str:
    """16 hexadecimal digits that change with anything that is compiled into the kernels of the module at `path`."""
    digest = hashlib.sha256(f"{numba.__version__} {llvmlite.__version__}".encode())
    for part in compiled_into(path):
        name = part.relative_to(ROOT).as_posix() if part.is_relative_to(ROOT) else part.name
        digest.update(name.encode() + b"\0" + part.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


@cache
def cache_directory() -> Path:
    """The directory of all compiled kernels, under $NUMBA_CACHE_DIR or the user's cache."""
    base = os.environ.get("NUMBA_CACHE_DIR")
    return (Path(base) if base else user_cache_path("quire")) / "kernels"


class ContentLocator:
    """Tells numba where a function's cache files lie: by content. numba asks for these methods, and for `_py_file`."""

    def __init__(self, path: Path, line: int) -> None:
        self._py_file, self._line = str(path), line
        self._digest = content_digest(path)

    @classmethod
    def from_function(cls, function: Callable[..., Any], file: str) -> ContentLocator | None:
        """A locator for a function of ours or of a module that builds on ours; numba's own serve all others."""
        path = Path(file).resolve()
        if not path.is_file() or not (path.is_relative_to(ROOT) or imported_files(path)):
            return None
        return cls(path, function.__code__.co_firstlineno)

    def get_cache_path(self) -> str:
        return str(cache_directory() / f"{Path(self._py_file).stem}-{self._digest}")

    def ensure_cache_path(self) -> None:
        os.makedirs(self.get_cache_path(), exist_ok=True)

    def get_source_stamp(self) -> str:
        return self._digest

    def get_disambiguator(self) -> str:
        return str(self._line)


numba.config.CACHE_LOCATOR_CLASSES = ",".join(
    (f"{__name__}.{ContentLocator.__name__}", "InTreeCacheLocator", "UserWideCacheLocator", "IPythonCacheLocator")
)
