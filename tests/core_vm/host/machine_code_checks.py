"""What is asked of kernels that were loaded without numba; each function is run in a process of its own."""

from __future__ import annotations

import ctypes
import gc
import multiprocessing
import os
import sys
import threading
import warnings
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from typing import Any

import numpy as np

from core_vm.host import machine_code
from core_vm.host.kernel_cache import njit
from core_vm.host.room import resident_bytes
from tests.core_vm.host import loaded_kernels as kernels
from tests.core_vm.host.loaded_kernels import Pair

CALLS = 20_000


def words(count: int = 8) -> np.ndarray:
    return np.arange(1, count + 1, dtype=np.uint32)


def raised(function: Callable[..., Any], *arguments: Any) -> tuple[type[Exception] | None, str]:
    """The class and the text of what a call raises; None if nothing."""
    try:
        function(*arguments)
    except Exception as error:
        return type(error), str(error)
    return None, ""


def arguments_keep_their_references() -> None:
    values, pair = words(), Pair(words(), words())
    nested = (7, values)
    results = []

    def calls() -> None:
        results.append(kernels.add_all(values))
        results.append(kernels.of_tuples(pair, nested, None, True))
        results.append(kernels.borrowed(pair, values))
        assert results == [36, 1 + 1 + 7 + 1, 1 + 1 + 1]
        results.clear()

    counted = (values, pair, nested, pair.left, pair.right, None)
    calls()
    before = [sys.getrefcount(each) for each in counted[:-1]]
    for _ in range(CALLS):
        calls()
    assert [sys.getrefcount(each) for each in counted[:-1]] == before
    of_none = sys.getrefcount(None)
    for _ in range(CALLS):
        kernels.of_tuples(pair, nested, None, True)
    assert abs(sys.getrefcount(None) - of_none) < CALLS // 10


def what_is_returned_is_owned_once() -> None:
    values = words()
    before = sys.getrefcount(values)
    returned = [kernels.same(values) for _ in range(100)]
    assert all(np.shares_memory(each, values) for each in returned)
    assert sys.getrefcount(values) == before + 100
    values[0] = 99
    assert returned[0][0] == 99
    del returned
    assert sys.getrefcount(values) == before
    twice = kernels.doubled(values)
    assert (twice == values * 2).all()
    assert sys.getrefcount(twice) == 2
    view = twice[1:]
    del twice  # the view holds what the kernel has allocated
    gc.collect()
    assert (view == values[1:] * 2).all()


def what_is_returned_or_raised_is_freed() -> None:
    values = words(2**18)  # a MiB

    def calls(count: int) -> None:
        for _ in range(count):
            assert kernels.doubled(values)[0] == 2
            assert raised(kernels.quotient, values, -1)[0] is ValueError

    calls(20)
    before = resident_bytes()
    calls(400)
    assert resident_bytes() - before < 64 * 2**20


def exceptions_are_numbas() -> None:
    values = words()
    before = sys.getrefcount(values)
    assert kernels.quotient(values, 2) == 1
    assert "numba" not in sys.modules
    expected = {0: (ZeroDivisionError, "integer division by zero"), -1: (ValueError, "a negative divisor")}
    for _ in range(3):
        assert {divisor: raised(kernels.quotient, values, divisor) for divisor in expected} == expected
    assert sys.getrefcount(values) == before
    compiled_now = njit(kernels.quotient.py_func)  # numba is here since something was raised: it says what
    assert {divisor: raised(compiled_now, values, divisor) for divisor in expected} == expected
    for arguments in ((), (values,), (values, 1, 2)):
        assert raised(kernels.quotient, *arguments)[0] is TypeError


class Tagged(np.ndarray):
    """A subclass."""


def other_arguments_never_meet_the_loaded_form() -> None:
    """What is not aligned, contiguous and of numpy's own class and byte order goes numba's way, whatever that is."""
    plain = words()
    assert kernels.first(plain) == 1
    loaded = dict(kernels.first.forms)
    room = np.zeros(4 * len(plain) + 1, np.uint8)
    unaligned = room[1:].view(np.uint32)
    unaligned[:] = plain
    assert not unaligned.flags.aligned
    frozen = plain.copy()
    frozen.setflags(write=False)
    taken = [plain[::-1], plain[::2], unaligned, frozen, plain.astype(np.int64), np.asfortranarray(np.ones((2, 3)))]
    for argument in (*taken, plain.view(Tagged), np.ma.masked_array(plain)):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            assert kernels.first(argument) == argument.flat[0], argument
    assert raised(kernels.first, np.array([1, "x"], object))[0] is not None
    seen = set(kernels.first.forms)
    raised(kernels.first, plain.astype(">u4"))
    assert set(kernels.first.forms) == seen
    for key, form in kernels.first.forms.items():
        assert (form is loaded.get(key)) == (key in loaded)
    assert kernels.first(plain) == 1


def numbers_are_taken_as_numba_takes_them() -> None:
    values = words()
    for divisor in (1, np.int64(1), np.uint8(1), 1.0):
        assert kernels.quotient(values, divisor) == 2 // divisor
    for too_large in (2**64, -(2**63) - 1):
        assert raised(kernels.quotient, values, too_large)[0] is not None


def threads_run_beside_one_another() -> None:
    """The interpreter goes on while a kernel runs, as it can only if that has released it."""
    state, room = np.zeros(1, np.int64), np.zeros(8, np.int64)
    thread = threading.Thread(target=kernels.work_long, args=(state, room, 400_000_000))
    thread.start()
    seen = set()
    while thread.is_alive():
        seen.add(int(state[0]))
    assert 1 in seen
    assert state[0] == 2


def many_threads_call_first() -> None:
    values = words(10_000)
    barrier = threading.Barrier(8)

    def call(_: int) -> tuple[int, int]:
        barrier.wait()
        return int(kernels.add_all(values)), int(kernels.first(values))

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(call, range(8))) == {(int(values.sum()), 1)}
    assert len(machine_code.linked) == 2


def forked_processes_have_them() -> None:
    values = words()
    assert kernels.add_all(values) == 36
    child = os.fork()
    if not child:
        good = kernels.add_all(values) == 36 and kernels.first(values) == 1  # one loaded before, one now
        os._exit(0 if good and "numba" not in sys.modules else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def _in_spawned() -> int:
    return int(kernels.add_all(words())) + int("numba" in sys.modules)


def spawned_processes_load_them() -> None:
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        assert pool.apply(_in_spawned) == 36


def callbacks_are_called_by_address() -> None:
    call = ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_int64, ctypes.c_int64)(kernels.difference.address)
    assert call(5, 7) == -2


@njit
def _through_a_loaded_one(values):
    return kernels.add_all(values) + 1


def numba_may_come_later() -> None:
    """After kernels were loaded without it; they go on, and what it compiles then calls them too."""
    values = words()
    assert kernels.add_all(values) == 36
    assert "numba" not in sys.modules
    twice = kernels.doubled(values)
    assert _through_a_loaded_one(values) == 37
    assert "numba" in sys.modules
    assert (kernels.doubled(values) == twice).all()
    assert kernels.add_all(values) == 36
    from numba.core.runtime import rtsys

    assert rtsys.library is not None
    from numba import njit as numbas

    assert import_module("numba._dynfunc").Environment is machine_code.extension("numba._dynfunc").Environment
    assert numbas(lambda x: x + 1)(1) == 2
    del twice
    gc.collect()


def what_is_not_there_is_looked_for_first() -> None:
    """LLVM would end the process."""
    sections = kernels.add_all.load("uint32[1]")
    assert sections is not None
    entry = machine_code.Entry("int64", "f", [], ["a_function_that_nobody_has"])
    assert machine_code.load_code(entry, b"never looked at") is None


if __name__ == "__main__":
    globals()[sys.argv[1]]()
    if sys.argv[2] == "without":
        assert not [name for name in sys.modules if name.partition(".")[0] == "numba"]
