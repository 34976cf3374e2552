"""Compiling many kernels at once: on all cores, each by one process, with word of how far it is.

Which kernels a package has, and for which types, stands in its `kernel_list.txt` (written by `python -m
aggregator.kernel_list`): only so can they be compiled before they are called, and beside one another. The first
kernel that is found missing brings in all that are missing of the modules imported so far. A kernel that no list names
is compiled where it is called.
"""

from __future__ import annotations

import os
import struct
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from importlib import import_module

from core_vm.host.cache_place import private_directory
from core_vm.host.cores import available_cores
from core_vm.host.kernel_sources import PACKAGES, ROOT
from core_vm.host.kernel_store import tell_where

OnCompiled = Callable[[int, int], None]
LIST_NAME = "kernel_list.txt"
# Set in the processes that compile, to the number of the one that they compile for: they start none.
WORKER_VARIABLE = "QUIRE_COMPILES_KERNELS"
# Each starts an interpreter and compiles again what is inlined into its kernels: more than these gain little.
MAX_PROCESSES = 8
TASK = struct.Struct("ii")
"""From which of the kernels that a compiling process is told to which, as it takes them from its standard input."""

_listeners: list[OnCompiled] = []
tried: set[int] = set()
"""Numbers of the listed kernels that this process has had compiled, or tried to."""
_expected: set[str] = set()


@dataclass(frozen=True, slots=True)
class ListedKernel:
    """A function and the types of its arguments, as in `core_vm.poly.ntt_kernels.spread(uint32[1], int64)`."""

    module: str
    function: str
    types: str

    @classmethod
    def parse(cls, text: str) -> ListedKernel:
        """The inverse of `str`."""
        name, _, arguments = text.partition("(")
        module, _, function = name.rpartition(".")
        return cls(module, function, arguments.removesuffix(")"))

    def __str__(self) -> str:
        return f"{self.module}.{self.function}({self.types})"


@cache
def listed_sizes() -> dict[ListedKernel, int]:
    """All kernels of our packages with the KiB of their machine code, the largest first. A line is a size and a kernel.

    Raises ValueError where a list is none.
    """
    texts = [ROOT / package / LIST_NAME for package in PACKAGES]
    lines = [line for path in texts if path.is_file() for line in path.read_text(encoding="utf-8").splitlines()]
    sized = [line.split(maxsplit=1) for line in lines if line and not line.startswith("#")]
    return {ListedKernel.parse(text): int(size) for size, text in sorted(sized, key=lambda pair: -int(pair[0]))}


@cache
def listed_kernels() -> tuple[ListedKernel, ...]:
    """All of our packages, the largest first, as they take longest to compile."""
    return tuple(listed_sizes())


def is_listed(module: str) -> bool:
    """Whether kernels of a module are listed."""
    return any(kernel.module == module for kernel in listed_kernels())


@contextmanager
def reporting(listener: OnCompiled) -> Iterator[None]:
    """Within the block, `listener(done, total)` is called when kernels have to be compiled; the innermost one is."""
    _listeners.append(listener)
    try:
        yield
    finally:
        _listeners.remove(listener)


def report(done: int, total: int) -> None:
    """Tell whoever listens."""
    if _listeners:
        _listeners[-1](done, total)


def expect_everything() -> None:
    """Say that this process will need all listed kernels: if one is missing, all that are missing are compiled."""
    _expected.update(kernel.module for kernel in listed_kernels())


def compile_missing() -> None:
    """Compile the listed kernels of the modules imported so far, and of those expected, that are not kept.

    Returns when they are. What cannot be compiled or kept here is compiled where it is called, and fails there if it
    must.
    """
    from core_vm.host.kernel_cache import is_missing, kept_name

    if WORKER_VARIABLE in os.environ or not sys.executable:
        return
    for module in _expected:
        import_module(module)
    numbers = [
        number
        for number, kernel in enumerate(listed_kernels())
        if kernel.module in sys.modules and number not in tried and is_missing(kernel)
    ]
    tried.update(numbers)
    if numbers:
        with suppress(OSError):
            private_directory()  # for the processes too, should the cache not take what they compile
        with suppress(OSError):  # where no process can be started
            compile_beside(numbers, min(available_cores(), MAX_PROCESSES))
        for number in numbers:
            tell_where(kept_name(listed_kernels()[number]))


def compile_everything() -> int:
    """Compile all listed kernels that are not kept, and return how many those were."""
    expect_everything()
    before = len(tried)
    compile_missing()
    return len(tried) - before


def tasks_of(kernels: Sequence[ListedKernel], processes: int) -> list[list[ListedKernel]]:
    """The kernels in parts for one process each, the largest first.

    What is inlined into the kernels of a package is mostly the same, and every process that has some of them compiles
    it again. So a part is of one package, and as much of it as leaves none of the processes without work.
    """
    sizes = {kernel: listed_sizes()[kernel] for kernel in kernels}
    most = sum(sizes.values()) / processes
    parts: dict[str, list[list[ListedKernel]]] = {}
    for kernel in sorted(kernels, key=lambda kernel: (kernel.module, -sizes[kernel])):
        mine = parts.setdefault(kernel.module.rpartition(".")[0], [[]])
        if sum(sizes[other] for other in mine[-1]) + sizes[kernel] > most:
            mine.append([])
        mine[-1].append(kernel)
    found = [part for several in parts.values() for part in several if part]
    return sorted(found, key=lambda part: -sum(sizes[kernel] for kernel in part))


def compile_beside(numbers: list[int], processes: int) -> None:
    """Every process takes the next task from one pipe, and writes a byte to another for each kernel it is done with."""
    tasks, tasks_end = os.pipe()
    done, done_end = os.pipe()
    order = list[int]()
    with os.fdopen(tasks_end, "wb") as file:
        for task in tasks_of([listed_kernels()[number] for number in numbers], processes):
            file.write(TASK.pack(len(order), len(order) + len(task)))
            order += [listed_kernels().index(kernel) for kernel in task]
    environment = {**os.environ, WORKER_VARIABLE: str(os.getpid()), "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-m", "core_vm.host.compile_worker", *map(str, order)]
    count, workers = 0, list[subprocess.Popen[bytes]]()
    report(0, len(numbers))
    try:
        try:
            for _ in range(min(processes, len(numbers))):
                workers.append(
                    subprocess.Popen(command, stdin=tasks, stdout=done_end, stderr=subprocess.DEVNULL, env=environment)
                )
        finally:
            os.close(done_end)
        while finished := os.read(done, 64):
            count += len(finished)
            report(count, len(numbers))
    finally:
        for worker in workers:
            worker.kill()
            worker.wait()
        os.close(tasks)
        os.close(done)
        if count < len(numbers):  # a worker was killed: no more will come of it
            report(len(numbers), len(numbers))
