"""How much memory the executing process may still take: the limit, less what is promised to those that prove."""

from __future__ import annotations

import os
import resource
import sys

from core_vm.errors import ResourceError

PROCESS_BYTES = 350 * 2**20
"""What a process of ours holds before it works: Python, numpy, the compiler's library and the loaded kernels."""


def resident_bytes() -> int:
    """Memory of this process that is in use now; where the system does not say, the most there ever was."""
    try:
        with open("/proc/self/statm", "rb") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return peak_memory_bytes()


def peak_memory_bytes() -> int:
    """The largest resident size this process has had.

    Linux counts what the process was before it became this program into the resource usage, and not into VmHWM.
    """
    try:
        with open("/proc/self/status", "rb") as file:
            return next(int(line.split()[1]) * 1024 for line in file if line.startswith(b"VmHWM:"))
    except (OSError, StopIteration):
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak if sys.platform == "darwin" else peak * 1024


class MemoryRoom:
    """`limit` bytes for all processes together, of which `promised` are for proving, in whatever process.

    What the caller's own process held before it called us is none of ours.
    """

    def __init__(self, limit: int, promised: int) -> None:
        self._limit, self._promised = limit, promised
        self._ignored = max(0, resident_bytes() - PROCESS_BYTES)

    def lend(self, count: int) -> None:
        """So many bytes that this process holds are for proving, and promised already."""
        self._ignored += count

    def left(self) -> int:
        """Bytes that this process may still take; negative when it holds too much."""
        return self._limit - self._promised - (resident_bytes() - self._ignored)

    def check(self, count: int = 0) -> None:
        """Raises ResourceError unless `count` bytes more fit."""
        if self.left() >= count:
            return
        held = resident_bytes() - self._ignored + count
        raise ResourceError(
            f"the run itself needs {held / 2**30:.2f} GiB or more for the memory that the guest touches, and the limit "
            f"of {self._limit / 2**30:.2f} GiB leaves {(self._limit - self._promised) / 2**30:.2f} GiB beside the "
            "proving: give a higher --memory-limit, fewer --workers or a smaller --shard-cells"
        )
