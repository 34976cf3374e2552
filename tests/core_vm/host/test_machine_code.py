"""Kernels that are loaded without numba behave as numba's do: references, exceptions, threads, other processes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from numba import typeof
from numba.core.registry import cpu_target

from core_vm.host import kernel_compiler
from core_vm.host.argument_types import UndescribedError, describe_key, key_of
from core_vm.host.cache_place import OVERRIDE_VARIABLE, PRIVATE_VARIABLE
from core_vm.host.kernel_cache import usual_settings
from core_vm.host.kernel_store import pack, unpack
from core_vm.host.kernel_types import describe
from core_vm.host.machine_code import Entry, Variable, pack_entry, unpack_entry
from tests.core_vm.host.loaded_kernels import Pair
from tests.places import ROOT

WITHOUT_NUMBA = (
    "arguments_keep_their_references",
    "threads_run_beside_one_another",
    "many_threads_call_first",
    "forked_processes_have_them",
    "spawned_processes_load_them",
    "callbacks_are_called_by_address",
    "what_is_not_there_is_looked_for_first",
)
# An array that is returned has its class unpickled by numba, and so has what is raised.
WITH_NUMBA = (
    "what_is_returned_is_owned_once",
    "what_is_returned_or_raised_is_freed",
    "exceptions_are_numbas",
    "other_arguments_never_meet_the_loaded_form",
    "numbers_are_taken_as_numba_takes_them",
    "numba_may_come_later",
)


def process(cache: Path, *command: str, **variables: str) -> None:
    environment = {key: value for key, value in os.environ.items() if key != PRIVATE_VARIABLE}
    environment |= {OVERRIDE_VARIABLE: str(cache), "PYTHONPATH": str(ROOT), **variables}
    done = subprocess.run([sys.executable, *command], env=environment, cwd=ROOT, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the kernels are that the checks call."""
    place = tmp_path_factory.mktemp("cache")
    process(place, "-c", "from tests.core_vm.host.loaded_kernels import prepare; prepare()")
    return place


@pytest.mark.parametrize("check", [*WITHOUT_NUMBA, *WITH_NUMBA])
def test_a_loaded_kernel(cache: Path, check: str) -> None:
    without = "without" if check in WITHOUT_NUMBA else "with"
    process(cache, "-m", "tests.core_vm.host.machine_code_checks", check, without)


def test_what_cannot_be_linked_here_is_compiled(cache: Path, tmp_path: Path) -> None:
    """A kernel that refers to what is not there: numba loads or compiles it."""
    place = tmp_path / "kernels"
    place.mkdir(mode=0o700)
    for path in (cache / "kernels").iterdir():
        sections = unpack(path.read_bytes())
        assert sections is not None
        if path.name.startswith("loaded_kernels.add_all-") and ".inlined" not in path.name:
            entry = unpack_entry(sections[0])
            sections[0] = pack_entry(Entry(*entry[:3], [*entry.refers_to, "a_function_that_nobody_has"]))
        (place / path.name).write_bytes(pack(sections))
    script = (
        "import sys, numpy as np; from tests.core_vm.host.loaded_kernels import add_all\n"
        "assert add_all(np.ones(3, np.uint32)) == 3 and 'numba' in sys.modules"
    )
    process(tmp_path, "-c", script)


VALUES = [
    np.zeros(3, np.uint32),
    np.zeros((2, 3, 4), np.int8),
    np.zeros(0, np.float64),
    np.zeros((), np.bool_),
    np.frombuffer(bytes(8), np.uint64),
    5,
    -(2**63),
    2**63 - 1,
    True,
    None,
    1.5,
    np.uint32(5),
    np.int64(5),
    np.bool_(True),
    (1, np.zeros(1, np.uint64)),
    (1, 2),
    Pair(np.zeros(1, np.uint32), (True, None)),
]


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_values_are_described_as_numba_types_them(value: object) -> None:
    described = describe_key(key_of([value, value]))
    kind = typeof(value)
    assert described == describe([kind, kind])


class Whole(int):
    """Not what numba takes for an integer."""


class Several(tuple):
    """No named tuple."""


UNDESCRIBED = [
    np.zeros(4, np.uint32)[::2],
    np.asfortranarray(np.zeros((2, 2), np.uint32)),
    np.zeros(9, np.uint8)[1:].view(np.uint64),
    np.zeros(4, np.uint32).view(np.recarray),
    np.ma.masked_array(np.zeros(4, np.uint32)),
    np.zeros(4, ">u4"),
    np.zeros(4, np.complex64),
    np.zeros(4, [("a", np.uint32)]),
    2**63,
    -(2**63) - 1,
    Whole(1),
    Several((1, 2)),
    (),
    (1, ()),
    "text",
    [1],
    np.complex64(1),
]


@pytest.mark.parametrize("value", UNDESCRIBED, ids=repr)
def test_anything_else_is_left_to_numba(value: object) -> None:
    with pytest.raises(UndescribedError):
        describe_key(key_of([value]))


def test_arguments_of_other_forms_have_other_keys() -> None:
    frozen = np.zeros(3, np.uint32)
    frozen.setflags(write=False)
    values = [np.zeros(3, np.uint32), np.zeros((3, 1), np.uint32), np.zeros(3, np.int32), frozen, 1, True, 1.0, None]
    values += [(1, 2), (1, True), (1, 2, 3), ((1, 2), 3), (1, (2, 3)), Pair(1, 2), np.int64(1), np.uint64(1)]
    texts = [describe_key(key_of([value])) for value in values]
    for value, text in zip(values, texts, strict=True):
        equal = [other for other, its in zip(values, texts, strict=True) if its == text]
        assert [other for other in values if key_of([other]) == key_of([value])] == equal
    assert len(set(texts)) == len(texts) - 1  # int and numpy.int64


def test_an_entry_is_read_without_numba_or_is_none() -> None:
    entry = Entry("int64", "f", [Variable("v", "m", [np.dtype(np.uint32), "text", None])], ["g"])
    assert unpack_entry(pack_entry(entry)) == entry
    assert pack_entry(Entry("int64", "f", [Variable("v", "m", [cpu_target])], [])) == b""


def test_where_numba_is_told_nothing_its_settings_are_known() -> None:
    """Or a kernel would have one name in processes that import numba, and another in those that do not."""
    assert usual_settings() == kernel_compiler.settings()
