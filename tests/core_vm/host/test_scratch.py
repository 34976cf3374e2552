"""Scratch is one buffer that grows where it lies: what a smaller user touched costs a larger one no page faults."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest

from core_vm.errors import ResourceError
from core_vm.host import scratch
from core_vm.host.scratch import recycled_words, scratch_words

GROWING = """
import resource
from core_vm.host.scratch import recycled_words, scratch_words

def faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt

events = recycled_words(1 << 21)
events[::256] = 1
fresh = faults()
del events
with scratch_words(1 << 23) as memory:
    before = faults()
    memory[: 1 << 22 : 512] = 2
    again = faults() - before
    memory[1 << 22 :: 512] = 2
    assert faults() - before > again + 1
assert again <= 4, (again, fresh)
"""


@pytest.fixture(autouse=True)
def none_free(monkeypatch: pytest.MonkeyPatch) -> None:
    """Buffers of other tests stay out of it."""
    monkeypatch.setattr(scratch, "free_buffers", [])


def address(array: np.ndarray) -> int:
    return array.ctypes.data


def test_a_larger_user_finds_the_pages_of_a_smaller_one() -> None:
    subprocess.run([sys.executable, "-c", GROWING], check=True, timeout=60)


def test_users_at_a_time_have_buffers_of_their_own() -> None:
    events = recycled_words(100)
    part = events[10:20]
    del events
    part[:] = 7
    with scratch_words(1000) as first, scratch_words(1000) as second:
        assert not np.shares_memory(first, second)
        first[:], second[:] = 1, 2
        assert (part == 7).all()
        assert (first == 1).all()
    of_part = address(part) - 80
    del part
    with scratch_words(5) as third:
        assert address(third) == of_part  # what was freed last


def test_after_an_error_the_buffer_is_free() -> None:
    with scratch_words(10) as words:
        place = address(words)

    def fail() -> None:
        with scratch_words(10):
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with scratch_words(10) as words:
        assert address(words) == place


def test_where_address_space_is_short_a_buffer_is_as_large_as_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = scratch.lazy_mapping

    def short(size: int) -> object:
        if size > 1 << 22:
            raise ResourceError("no address space")
        return whole(size)

    monkeypatch.setattr(scratch, "lazy_mapping", short)
    with scratch_words(1 << 20) as words:
        assert len(words) == 1 << 20
    with scratch_words(1 << 10) as words:  # it fits the one that is there
        assert len(words) == 1 << 10
    with pytest.raises(ResourceError), scratch_words((1 << 20) + 1):
        pass


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no forks here")
def test_a_forked_process_has_buffers_of_its_own() -> None:
    code = (
        "import os\nfrom core_vm.host import scratch\nwith scratch.scratch_words(9):\n    pass\n"
        "child = os.fork()\nif not child:\n    os._exit(len(scratch.free_buffers))\n"
        "assert os.waitpid(child, 0)[1] == 0 and len(scratch.free_buffers) == 1"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
