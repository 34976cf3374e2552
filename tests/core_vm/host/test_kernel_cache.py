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
from constants import SUMMAND

@njit(cache=True)
def inner(x):
    return x * 2

@njit(cache=True, nogil=True)
def outer(x):
    return inner(x) + SUMMAND

@callback("int64")
def called_from_c(x):
    return x - SUMMAND
"""
MAIN = """
import ctypes, sys
from core_vm.host import kernel_store
made, save = [], kernel_store.save
kernel_store.save = lambda name, sections: (made.append(name), save(name, sections))
from kernels import called_from_c, inner, outer
call = ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_int64)(called_from_c.address)
print(outer(20), inner(2.5), call(1))
assert outer.bound(20)() == outer(20)
print(*sorted({name.split("-")[0].removeprefix("kernels.") for name in made if "runtime" not in name}))
assert made or not inner.kept or "numba" not in sys.modules
"""

COMPILE = """
import gc
from core_vm.host.compile_worker import call_nothing
from core_vm.host.uncalled import UncalledLibrary
call_nothing()
from kernels import called_from_c, outer
outer.compile_for("int64")
called_from_c.compile_for("int64")
libraries = [found for found in gc.get_objects() if type(found) is UncalledLibrary]
names = {library.name: library._compiled for library in libraries}
print(names["outer"], names["called_from_c"], names["inner"])
wrapped = {library.name for library in libraries for f in library._final_module.functions if "cpython" in f.name}
print("outer" in wrapped, "inner" in wrapped)
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
    """What a file of the program prints; of `main.py` three results, and the names of what had to be compiled."""
    environment = {key: value for key, value in os.environ.items() if key != PRIVATE_VARIABLE}
    environment |= {OVERRIDE_VARIABLE: str(folder.parent / "cache"), "PYTHONDONTWRITEBYTECODE": "1", **variables}
    done = subprocess.run([sys.executable, folder / file], env=environment, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    return done.stdout.split(), done.stderr


RESULTS = ["41", "5.0", "0"]
ALL = ["called_from_c", "inner", "outer"]


def test_a_copy_with_other_times_loads_and_a_changed_constant_compiles_again(program: Path) -> None:
    assert run(program) == ([*RESULTS, *ALL], "")
    assert run(program) == (RESULTS, "")
    copy = program.parent / "copy"
    shutil.copytree(program, copy)
    for path in copy.iterdir():
        os.utime(path, (1, 1))
    assert run(copy) == (RESULTS, "")
    times = {path: path.stat() for path in copy.iterdir()}
    (copy / "constants.py").write_text("SUMMAND = 2\n", encoding="utf-8")
    for path, status in times.items():  # neither time nor size betrays the change
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert run(copy) == (["42", "5.0", "-1", *ALL], "")
    assert run(program) == (RESULTS, "")


def test_a_loaded_kernel_can_be_compiled_into_another(program: Path) -> None:
    run(program)
    cache = program.parent / "cache" / "kernels"
    for path in cache.glob("kernels.outer-*"):
        path.unlink()
    assert run(program) == ([*RESULTS, "outer"], "")  # `inner` came from its file


def test_what_lies_beside_a_kernel_for_others_is_made_again_where_it_is_lost(program: Path) -> None:
    run(program)
    for path in (program.parent / "cache" / "kernels").glob("*.inlined.kernel"):
        path.unlink()
    assert run(program) == (RESULTS, "")  # nobody asks for it
    for path in (program.parent / "cache" / "kernels").glob("kernels.outer-*"):
        path.unlink()
    assert run(program) == ([*RESULTS, "inner", "outer"], "")


@pytest.mark.parametrize("garbage", [b"", b"\0" * 10_000, b"cut"])
def test_files_that_are_no_kernels_are_written_again(program: Path, garbage: bytes) -> None:
    run(program)
    for path in (program.parent / "cache" / "kernels").iterdir():
        path.write_bytes(path.read_bytes()[:-1] if garbage == b"cut" else garbage)
    assert run(program) == ([*RESULTS, *ALL], "")
    assert run(program) == (RESULTS, "")


def test_numbas_own_runtime_is_compiled_once(program: Path) -> None:
    run(program)
    for path in (program.parent / "cache" / "kernels").glob("kernels.*"):
        path.unlink()
    main = program / "main.py"
    refuse = "from numba.core.runtime import nrtdynmod\nnrtdynmod.create_nrt_module = None\n"
    main.write_text(refuse + main.read_text(encoding="utf-8"), encoding="utf-8")
    assert run(program) == ([*RESULTS, *ALL], "")


def test_another_processor_has_kernels_of_its_own(program: Path) -> None:
    run(program)
    assert run(program, NUMBA_CPU_NAME="nehalem", NUMBA_CPU_FEATURES="")[0] == [*RESULTS, *ALL]
    assert run(program)[0] == RESULTS


@pytest.mark.parametrize("variable", ["NUMBA_OPT", "NUMBA_BOUNDSCHECK", "NUMBA_DEBUGINFO"])
def test_what_is_compiled_otherwise_is_kept_apart(program: Path, variable: str) -> None:
    run(program)
    assert run(program, **{variable: "1"})[0] == [*RESULTS, *ALL]
    assert run(program)[0] == RESULTS


def test_a_program_runs_where_nothing_can_be_kept(program: Path) -> None:
    (program.parent / "cache").write_text("no directory", encoding="utf-8")
    results, told = run(program)
    assert results == [*RESULTS, *ALL]
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
    """Machine code, and wrappers that Python calls, are made of what is kept, and not of what is inlined into it."""
    kernels = KERNELS.replace("@njit(cache=True)\ndef inner", "@njit\ndef inner")
    (program / "kernels.py").write_text(kernels, encoding="utf-8")
    compiled, complaints = run(program, "compile.py")
    assert complaints == ""
    assert compiled == ["True", "True", "False", "True", "False"]
    assert run(program) == (RESULTS, "")
