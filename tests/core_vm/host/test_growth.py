"""Memory that was freed by smaller work is given back before larger work, and kept before work of the same size."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

PROGRAM = """
import numpy as np
from core_vm.host.growth import begin_work
from core_vm.host.memory import keep_freed_memory
from core_vm.host.room import resident_bytes
from core_vm.host.scratch import scratch_words
SIZE = 1 << 24
assert keep_freed_memory()

def work():
    begin_work(SIZE)
    buffers = [np.ones(SIZE, np.uint8) for _ in range(8)]
    with scratch_words(SIZE // 4) as memory:
        memory[:] = 1
    return buffers[-1]

before = resident_bytes()
last = work()  # which stays in use, above what is free
kept = resident_bytes() - before
assert kept > 8 * SIZE, kept
begin_work(SIZE + SIZE // 4)
assert resident_bytes() - before > kept - SIZE // 4
begin_work(2 * SIZE)
left = resident_bytes() - before
assert left < 3 * SIZE, left  # the last, and the scratch, which grows where it lies
begin_work(2 * SIZE)
assert last.all()
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="the policy is glibc's")
def test_larger_work_starts_without_what_smaller_work_left() -> None:
    subprocess.run([sys.executable, "-c", PROGRAM], check=True, timeout=60)
