"""How long all kernels take to compile from nothing: `quire warmup` with an empty cache, on all cores."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time

from rich.console import Console

from core_vm.field.packed.lanes import LANES

# With AVX-512, whose kernels are of half as many instructions, and without.
TARGET_SECONDS = {16: 60, 8: 90}


def report(console: Console, scale: float) -> None:
    """`scale` does not apply."""
    with tempfile.TemporaryDirectory() as cache:
        start, used = time.perf_counter(), _seconds_of_children()
        environment = {**os.environ, "NUMBA_CACHE_DIR": cache}
        subprocess.run(
            [sys.executable, "-m", "core_vm.cli.main", "warmup"], env=environment, check=True, capture_output=True
        )
        seconds, used = time.perf_counter() - start, _seconds_of_children() - used
    console.print(
        f"\n[bold]Cold start[/bold]: all kernels from nothing in {seconds:.1f} s by the clock "
        f"(target on two cores: {TARGET_SECONDS[LANES]} s), {used:.1f} s of processors"
    )


def _seconds_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
