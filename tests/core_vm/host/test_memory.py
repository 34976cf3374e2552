"""Freed buffers are reused: the second allocation of the same size touches no fresh pages. And pages are small where
huge ones are dear."""

from __future__ import annotations

import platform
import subprocess
import sys
from pathlib import Path

import pytest

from core_vm.host.memory import reports_free_memory

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

HUGE = """
import sys
import numpy as np
from core_vm.host.memory import keep_freed_memory
from core_vm.host.scratch import recycled
keep_freed_memory()
array = recycled(1 << 25, np.uint8) if sys.argv[1] == "scratch" else np.empty(1 << 25, np.uint8)
array[:] = 1
with open("/proc/self/smaps_rollup") as file:
    assert "AnonHugePages:         0 kB" in file.read()
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="the policy is glibc's")
def test_a_freed_buffer_is_reused_without_page_faults() -> None:
    subprocess.run([sys.executable, "-c", PROGRAM], check=True, timeout=60)


@pytest.mark.parametrize(
    ("said", "reports"), [("9\n", True), ("0\n", True), ("-1\n", False), ("4294967295\n", False), ("", False)]
)
def test_free_memory_is_reported_where_the_kernel_says_so(said: str, reports: bool, tmp_path: Path) -> None:
    (tmp_path / "order").write_text(said, "ascii")
    assert reports_free_memory(tmp_path / "order") is reports
    assert not reports_free_memory(tmp_path / "nothing")


@pytest.mark.skipif(not reports_free_memory(), reason="huge pages are left to the system here")
@pytest.mark.parametrize("name", ["scratch", "numpy"])
def test_no_huge_page_where_they_are_dear(name: str) -> None:
    subprocess.run([sys.executable, "-c", HUGE, name], check=True, timeout=60)
