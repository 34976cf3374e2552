"""Our kernels beside Plonky3's (Rust, 0.8.0) on this processor and one core: field, extension, hash and transform.

`NUMBA_CPU_NAME` chooses the processor for which both are compiled, so that what they make of AVX2 can be compared on
one that has AVX-512: with `NUMBA_CPU_FEATURES` as in `kernels`, or ours have eight lanes and still the instructions of
AVX-512. Needs cargo, and the crates' registry when it is first run.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benches import kernels
from core_vm.field.packed import LANES

SOURCE = Path(__file__).parent / "plonky3"
BUILT = SOURCE.parents[1] / "build" / "plonky3"


def report(console: Console, scale: float) -> None:
    """Ours are measured before and after theirs, and the better time counts, as of all runs. The scale changes
    nothing: it would change ours alone."""
    try:
        program = _compiled(os.environ.get("NUMBA_CPU_NAME") or "native")
    except (OSError, subprocess.CalledProcessError) as error:
        console.print(f"Plonky3's kernels were not compiled, nothing is compared: {error}")
        return
    ours = _ours()
    theirs = _theirs(program)
    again = _ours()
    table = Table(title=f"Kernels, one core, {LANES} lanes, nanoseconds", title_justify="left")
    for column in ("kernel", "Quire", "Plonky3", "ratio"):
        table.add_column(column, justify="left" if column == "kernel" else "right")
    for name, nanoseconds in theirs.items():
        own = min(ours[name], again[name])
        table.add_row(name, f"{own:.2f}", f"{nanoseconds:.2f}", f"{own / nanoseconds:.2f}")
    console.print(table)


def _compiled(processor: str) -> Path:
    target = BUILT / processor
    command = ["cargo", "build", "--release", "--quiet", "--locked", "--target-dir", str(target)]
    subprocess.run(command, cwd=SOURCE, env=os.environ | {"RUSTFLAGS": f"-C target-cpu={processor}"}, check=True)
    return target / "release" / "plonky3-kernels"


def _theirs(program: Path) -> dict[str, float]:
    """By name; of several ways to do the same the best."""
    times: dict[str, float] = {}
    for line in subprocess.run([program], check=True, stdout=subprocess.PIPE, encoding="utf-8").stdout.splitlines():
        name, nanoseconds = line.split("\t")
        times[name] = min(float(nanoseconds), times.get(name, float("inf")))
    return times


def _ours() -> dict[str, float]:
    return {one.name: one.nanoseconds for one in kernels.measured(kernels.LOG_ROWS)}
