"""Compiling many kernels at once: by processes that share the work, tell how far they are and end with their parent."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from core_vm.host import compilation
from core_vm.host.cache_place import OVERRIDE_VARIABLE, PRIVATE_VARIABLE
from core_vm.host.compilation import ListedKernel, listed_kernels, listed_sizes, report, reporting, tasks_of
from core_vm.host.kernel_types import describe, parse

# The three of ours that compile fastest, on two processes.
COMPILE_THREE = """
import os
from core_vm.host.kernel_cache import kept_name
from core_vm.host import compilation
from core_vm.host.compilation import expect_everything, listed_kernels, reporting
from core_vm.host.kernel_store import kept, kernel_directory

names = ("scale_tile", "double_eq_table", "fold_halves")
numbers = [n for n, kernel in enumerate(listed_kernels()) if kernel.function in names]
compilation.tried.update(set(range(len(listed_kernels()))) - set(numbers))
print(os.getpid(), flush=True)
expect_everything()
compilation.available_cores = lambda: 2
if "FULL" in os.environ:  # where each file should lie, there lies a directory
    for number in numbers:
        (kernel_directory() / f"{kept_name(listed_kernels()[number])}.kernel").mkdir()
with reporting(lambda done, total: print(done, total, flush=True)):
    compilation.compile_missing()
print(*(kept(kept_name(listed_kernels()[number])) for number in numbers))
"""


def start(place: Path, **variables: str) -> subprocess.Popen[str]:
    environment = {key: value for key, value in os.environ.items() if key != PRIVATE_VARIABLE}
    environment |= {OVERRIDE_VARIABLE: str(place), **variables}
    return subprocess.Popen(
        [sys.executable, "-c", COMPILE_THREE],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )


def check(told: str) -> None:
    """From none to all of three kernels, and all of them kept."""
    _, *progress, kept = told.splitlines()
    assert (progress[0], progress[-1], kept) == ("0 3", "3 3", "True True True")
    assert progress == sorted(set(progress))


def test_processes_share_the_work_and_tell_how_far_they_are(tmp_path: Path) -> None:
    first, second = start(tmp_path), start(tmp_path)  # two commands at once: they wait for each other's kernels
    for process in (first, second):
        told, complaints = process.communicate()
        assert complaints == ""
        check(told)
    assert len(list((tmp_path / "kernels").iterdir())) == 2 * 3 + 1  # the other one is numba's runtime


@pytest.mark.parametrize("full", [False, True])
def test_what_cannot_be_kept_is_kept_for_the_command(tmp_path: Path, full: bool) -> None:
    if not full:
        (tmp_path / "kernels").write_text("no directory", encoding="utf-8")
    told, complaints = start(tmp_path, **({"FULL": "1"} if full else {})).communicate()
    check(told)
    assert complaints.count("kept for this command alone") == 1


def test_a_compiling_process_ends_with_its_parent(tmp_path: Path) -> None:
    parent = start(tmp_path)
    assert parent.stdout is not None
    number = parent.stdout.readline().strip()
    assert parent.stdout.readline() == "0 3\n"
    children = _wait_for(lambda: _children(number), 60)
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait()
    assert children
    assert _wait_for(lambda: not any(_compiles(child) for child in children), 60)


def _children(parent: str) -> list[str]:
    return Path(f"/proc/{parent}/task/{parent}/children").read_text(encoding="utf-8").split()


def _compiles(process: str) -> bool:
    try:
        return b"compile_worker" in Path(f"/proc/{process}/cmdline").read_bytes()
    except OSError:
        return False


def _wait_for(condition, seconds: float):
    deadline = time.monotonic() + seconds
    while not (result := condition()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return result


def test_the_innermost_listener_is_told() -> None:
    told: list[tuple[str, int, int]] = []
    with reporting(lambda done, total: told.append(("outer", done, total))):
        with reporting(lambda done, total: told.append(("inner", done, total))):
            report(1, 2)
        report(2, 2)
    report(3, 3)
    assert told == [("inner", 1, 2), ("outer", 2, 2)]


def test_what_takes_longest_is_compiled_first() -> None:
    order = [kernel.function for kernel in listed_kernels()]
    for long in ("store_rounds", "first_fold_and_sum"):
        assert order.index(long) < order.index("store_columns")


@pytest.mark.parametrize("processes", [1, 2, 3, 8])
def test_a_task_is_of_one_package_and_leaves_work_for_the_others(processes: int) -> None:
    """What a package's kernels share is compiled by as few processes as there can be without one being idle."""
    sizes = listed_sizes()
    tasks = tasks_of(listed_kernels(), processes)
    assert sorted(map(str, (kernel for task in tasks for kernel in task))) == sorted(map(str, listed_kernels()))
    loads = [sum(sizes[kernel] for kernel in task) for task in tasks]
    assert loads == sorted(loads, reverse=True)
    for task, load in zip(tasks, loads, strict=True):
        assert len({kernel.module.rpartition(".")[0] for kernel in task}) == 1
        assert len(task) == 1 or load <= sum(loads) / processes
    packages = {kernel.module.rpartition(".")[0] for kernel in listed_kernels()}
    assert len(tasks) <= len(packages) + 2 * processes


IMPORT_EACH = """
import sys
from importlib import import_module
from core_vm.host.compilation import listed_kernels

for name in sorted({kernel.module for kernel in listed_kernels()}):
    for module in [module for module in sys.modules if module.startswith(("core_vm", "precompiles", "recursion"))]:
        del sys.modules[module]
    import_module(name)
"""


def test_modules_of_kernels_can_be_imported_in_any_order() -> None:
    """Each as the first of ours: a circle of imports would show in some orders only."""
    done = subprocess.run([sys.executable, "-c", IMPORT_EACH], capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr


def test_listed_kernels_are_read_as_they_were_written() -> None:
    for kernel in listed_kernels():
        assert ListedKernel.parse(str(kernel)) == kernel
        assert describe(parse(kernel.types)) == kernel.types


@pytest.mark.parametrize("text", ["int64[", "int64]", "))", "(", "int128", "nowhere.Class(int64)"])
def test_other_types_are_refused(text: str) -> None:
    with pytest.raises((ValueError, ImportError)):
        parse(text)


def test_nothing_is_compiled_twice_in_a_process_that_compiles(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(compilation.WORKER_VARIABLE, "1")
    monkeypatch.setattr(compilation, "compile_beside", lambda *_: pytest.fail("a worker started workers"))
    compilation.compile_missing()
