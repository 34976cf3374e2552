"""Kernels go by content: a copy loads what was compiled elsewhere, a change compiles again what depends on it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from core_vm.host.cache_place import OVERRIDE_VARIABLE, PRIVATE_VARIABLE

KERNELS = """
import numpy as np
from core_vm.host.kernel_cache import callback, njit
from core_vm.host.kernel_types import parse
from numba import types
from constants import SUMMAND

@njit(cache=True)
def inner(x):
    return x * 2

@njit(cache=True, nogil=True)
def outer(x):
    return inner(x) + SUMMAND

@callback(types.int64(types.int64))
def called_from_c(x):
    return x - SUMMAND
"""
MAIN = """
import sys
from kernels import called_from_c, inner, outer
print(outer(20), inner(2.5), called_from_c.ctypes(1), sum(outer._cache_hits.values()), called_from_c.cache_hits)
"""

COMPILE = """
import gc
from core_vm.host.compile_worker import call_nothing
from core_vm.host.kernel_types import parse
from core_vm.host.uncalled import UncalledLibrary
call_nothing()
from kernels import called_from_c, outer
outer.compile_for(parse("int64"))
called_from_c.compile_for(parse("int64"))
libraries = [found for found in gc.get_objects() if isinstance(found, UncalledLibrary)]
names = {library.name: library._compiled for library in libraries}
print(names["outer"], names["called_from_c"], names["inner"])
"""


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """A user's program with kernels of its own."""
    folder = tmp_path / "program"
    folder.mkdir()
    (folder / "kernels.py").write_text(KERNELS, encoding="utf-8")
    (folder / "main.py").write_text(MAIN, encoding="utf-8")
    (folder / "compile.py").write_text(COMPILE, encoding="utf-8")
    (folder / "constants.py").write_text("SUMMAND = 1\n", encoding="utf-8")
    return folder


def run(folder: Path, file: str = "main.py", **variables: str) -> tuple[list[str], str]:
    """What a file of the program prints; of `main.py` three results, and how many of `outer` and `called_from_c` were
    loaded."""
    environment = {key: value for key, value in os.environ.items() if key != PRIVATE_VARIABLE}
    environment |= {OVERRIDE_VARIABLE: str(folder.parent / "cache"), "PYTHONDONTWRITEBYTECODE": "1", **variables}
    done = subprocess.run([sys.executable, folder / file], env=environment, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    return done.stdout.split(), done.stderr


RESULTS = ["41", "5.0", "0"]


def test_a_copy_with_other_times_loads_and_a_changed_constant_compiles_again(program: Path) -> None:
    assert run(program) == ([*RESULTS, "0", "0"], "")
    assert run(program) == ([*RESULTS, "1", "1"], "")
    copy = program.parent / "copy"
    shutil.copytree(program, copy)
    for path in copy.iterdir():
        os.utime(path, (1, 1))
    assert run(copy) == ([*RESULTS, "1", "1"], "")
    times = {path: path.stat() for path in copy.iterdir()}
    (copy / "constants.py").write_text("SUMMAND = 2\n", encoding="utf-8")
    for path, status in times.items():  # neither time nor size betrays the change
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert run(copy) == (["42", "5.0", "-1", "0", "0"], "")
    assert run(program) == ([*RESULTS, "1", "1"], "")


def test_a_loaded_kernel_can_be_compiled_into_another(program: Path) -> None:
    run(program)
    cache = program.parent / "cache" / "kernels"
    for path in cache.glob("kernels.outer-*"):
        path.unlink()
    assert run(program) == ([*RESULTS, "0", "1"], "")  # `inner` came from its file


@pytest.mark.parametrize("garbage", [b"", b"\0" * 10_000, b"cut"])
def test_files_that_are_no_kernels_are_written_again(program: Path, garbage: bytes) -> None:
    run(program)
    for path in (program.parent / "cache" / "kernels").iterdir():
        path.write_bytes(path.read_bytes()[:-1] if garbage == b"cut" else garbage)
    assert run(program) == ([*RESULTS, "0", "0"], "")
    assert run(program) == ([*RESULTS, "1", "1"], "")


def test_numbas_own_runtime_is_compiled_once(program: Path) -> None:
    run(program)
    main = program / "main.py"
    refuse = "from numba.core.runtime import nrtdynmod\nnrtdynmod.create_nrt_module = None\n"
    main.write_text(refuse + main.read_text(encoding="utf-8"), encoding="utf-8")
    assert run(program) == ([*RESULTS, "1", "1"], "")


def test_another_processor_has_kernels_of_its_own(program: Path) -> None:
    run(program)
    assert run(program, NUMBA_CPU_NAME="nehalem", NUMBA_CPU_FEATURES="")[0] == [*RESULTS, "0", "0"]
    assert run(program)[0] == [*RESULTS, "1", "1"]


def test_a_program_runs_where_nothing_can_be_kept(program: Path) -> None:
    (program.parent / "cache").write_text("no directory", encoding="utf-8")
    results, told = run(program)
    assert results == [*RESULTS, "0", "0"]
    assert "compiled kernels are kept for this command alone" in told
    assert told.count("CacheWarning") == 1


def test_without_compiled_code_there_is_one_clear_line(tmp_path: Path) -> None:
    environment = {**os.environ, "NUMBA_DISABLE_JIT": "1"}
    for command in (["warmup"], ["--help"]):
        done = subprocess.run(
            [sys.executable, "-m", "core_vm.cli.main", *command], env=environment, capture_output=True, encoding="utf-8"
        )
        if command == ["--help"]:
            assert done.returncode == 0
        else:
            assert done.returncode == 1
            assert done.stderr.startswith("quire: NUMBA_DISABLE_JIT is set")
            assert len(done.stderr.splitlines()) == 1


def test_what_a_process_compiles_that_calls_nothing_is_called_elsewhere(program: Path) -> None:
    """Machine code is made of what is kept, and not of what is inlined into it."""
    kernels = KERNELS.replace("@njit(cache=True)\ndef inner", "@njit\ndef inner")
    (program / "kernels.py").write_text(kernels, encoding="utf-8")
    compiled, complaints = run(program, "compile.py")
    assert complaints == ""
    assert compiled == ["True", "True", "False"]
    assert run(program)[0] == ["41", "5.0", "0", "1", "1"]
