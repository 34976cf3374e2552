"""Scratch lies in one mapping, each buffer as low as there is room, so pages are touched once."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest

from core_vm.errors import ResourceError
from core_vm.host import scratch
from core_vm.host.scratch import Space, recycled, scratch_words, space

PAGE = 4096
GROWING = """
import resource
import numpy as np
from core_vm.host.scratch import recycled, scratch_words

def faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt

events = recycled(1 << 21, np.int64)
events[::256] = 1
del events
with scratch_words(1 << 23) as memory:
    before = faults()
    memory[: 1 << 22 : 512] = 2
    again = faults() - before
    memory[1 << 22 :: 512] = 2
    assert faults() - before > again + 1
assert again <= 4, again
"""


def address(array: np.ndarray) -> int:
    return array.ctypes.data


def test_a_larger_user_finds_the_pages_of_a_smaller_one() -> None:
    subprocess.run([sys.executable, "-c", GROWING], check=True, timeout=60)


def test_room_is_taken_as_low_as_there_is_some() -> None:
    room = Space(16 * PAGE)
    starts = [room.take(size) for size in (1, PAGE + 1, 3 * PAGE, 1)]
    assert starts == [0, PAGE, 3 * PAGE, 6 * PAGE]
    room.free(PAGE)
    assert room.take(2 * PAGE + 1) == 7 * PAGE
    assert room.take(2 * PAGE) == PAGE
    room.free(0)
    room.free(PAGE)
    assert room.take(3 * PAGE) == 0
    assert room.take(7 * PAGE) is None
    assert room.take(6 * PAGE) == 10 * PAGE


def test_users_at_a_time_have_buffers_of_their_own() -> None:
    events = recycled(100, np.int64)
    place, part = address(events), events[10:20]
    del events
    part[:] = 7
    with scratch_words(1000) as first, scratch_words(1000) as second:
        assert not np.shares_memory(first, second)
        first[:], second[:] = 1, 2
        assert set(part.tolist()) == {7}
        assert set(first.tolist()) == {1}
    assert address(recycled(8, np.uint32)) != place
    del part
    assert address(recycled(100, np.int64)) == place


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


@pytest.mark.parametrize("refused", [1 << 20, scratch.RESERVED_BYTES])
def test_where_there_is_no_room_buffers_are_mapped_for_themselves(
    refused: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reserved room may be full, or the system may refuse it."""
    whole = scratch.lazy_mapping

    def mapping(size: int) -> object:
        if size >= refused:
            raise ResourceError("no address space")
        return whole(size)

    monkeypatch.setattr(scratch, "RESERVED_BYTES", 1 << 20)
    monkeypatch.setattr(scratch, "lazy_mapping", mapping)
    monkeypatch.setattr(scratch, "spaces", [])
    held = recycled(1 << 19, np.uint8)
    with scratch_words(1 << 17) as words:
        words[:] = held[:] = 3
        assert len(words) == 1 << 17
        assert not np.shares_memory(words, held)
    other = recycled(1 << 19, np.uint8)
    assert len(other) == 1 << 19
    assert not np.shares_memory(other, held)


def test_nothing_takes_no_room() -> None:
    assert recycled(0, np.int64).shape == (0,)
    with scratch_words(0) as words:
        assert words.shape == (0,)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no forks here")
def test_a_forked_process_has_buffers_of_its_own() -> None:
    code = (
        "import os\nfrom core_vm.host.scratch import scratch_words, spaces\nwith scratch_words(9):\n    pass\n"
        "child = os.fork()\nif not child:\n    os._exit(len(spaces))\n"
        "assert os.waitpid(child, 0)[1] == 0 and len(spaces) == 1"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_a_process_has_one() -> None:
    assert space() is space()
