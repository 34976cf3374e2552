"""How long all kernels take to compile from nothing: `quire warmup` with an empty cache, in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time

from rich.console import Console

TARGET_SECONDS = 90


def report(console: Console, scale: float) -> None:
    """`scale` does not apply."""
    with tempfile.TemporaryDirectory() as cache:
        start = time.perf_counter()
        environment = {**os.environ, "NUMBA_CACHE_DIR": cache}
        subprocess.run(
            [sys.executable, "-m", "core_vm.cli.main", "warmup"], env=environment, check=True, capture_output=True
        )
        seconds = time.perf_counter() - start
    console.print(f"\n[bold]Cold start[/bold]: all kernels from nothing in {seconds:.1f} s (target {TARGET_SECONDS} s)")
