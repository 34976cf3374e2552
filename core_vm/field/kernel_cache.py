"""Where compiled kernels are kept. Kernel modules take `njit` from here, so that it is settled before the first one.

numba keeps one cache file per function and notices when the file of *that function* changes, but not when something it
was compiled with does: an intrinsic, an inlined function, a constant from another module. Therefore the directory's
name carries a digest of every module that a kernel module imports, directly or not; a change there starts a fresh
directory instead of running stale code.
"""

from __future__ import annotations

import hashlib
import os
import re
from functools import cache, partial
from pathlib import Path

import llvmlite
import numba
from numba import njit
from platformdirs import user_cache_path

__all__ = ["borrowing_njit", "cache_directory", "njit"]

# For functions that allocate nothing: the arrays that they are given are not reference-counted. Otherwise a named tuple
# of arrays costs a call for every array in it, each time it is passed on or looked into.
borrowing_njit = partial(njit, _nrt=False)

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("core_vm", "precompiles", "recursion")
KERNEL_FILES = ("*kernels.py", "packed*.py")
_IMPORT = re.compile(rf"^(?:from|import) ((?:{'|'.join(PACKAGES)})[\w.]*)(?: import \(?([\w, ]*))?", re.MULTILINE)


def kernel_files() -> list[Path]:
    """Every file that defines kernels or what they are made of, by its name."""
    return sorted(path for package in PACKAGES for name in KERNEL_FILES for path in (ROOT / package).rglob(name))


def imported_files(path: Path) -> set[Path]:
    """The files of ours that the module at `path` imports at its top level."""
    found: set[Path] = set()
    for module, names in _IMPORT.findall(path.read_text()):
        base = ROOT.joinpath(*module.split("."))
        candidates = [base.with_suffix(".py"), *(base / f"{name.strip()}.py" for name in names.split(","))]
        found.update(candidate for candidate in candidates if candidate.is_file())
    return found


def compiled_into_kernels() -> list[Path]:
    """Every file of which something may be inside a compiled kernel, other than a kernel's own file."""
    pending, known = kernel_files(), set[Path]()
    while pending:
        new = imported_files(pending.pop()) - known
        known |= new
        pending += new
    return sorted(known)


@cache
def cache_directory() -> Path:
    """One directory per version of what kernels are compiled with, under $NUMBA_CACHE_DIR or the user's cache."""
    digest = hashlib.sha256(f"{numba.__version__} {llvmlite.__version__}".encode())
    for path in compiled_into_kernels():
        digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    base = os.environ.get("NUMBA_CACHE_DIR") or user_cache_path("quire")
    return Path(base) / f"kernels-{digest.hexdigest()[:16]}"


numba.config.CACHE_DIR = str(cache_directory())
