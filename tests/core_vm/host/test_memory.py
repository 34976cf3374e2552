"""Freed buffers are reused: the second allocation of the same size touches no fresh pages."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

PROGRAM = """
import resource
import numpy as np
from core_vm.host.memory import keep_freed_memory
assert keep_freed_memory()
faults = []
for _ in range(3):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    buffer = np.empty(1 << 23, np.uint32)
    buffer[::256] = 1
    del buffer
    faults.append(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
assert faults[0] > 8 and max(faults[1:]) <= faults[0] // 4, faults
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="the policy is glibc's")
def test_a_freed_buffer_is_reused_without_page_faults() -> None:
    subprocess.run([sys.executable, "-c", PROGRAM], check=True, timeout=60)
