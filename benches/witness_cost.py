"""What the witness of a circuit costs on one core, once it is compiled: loading it, running it on hints, filling rows.

The hints are random words: a circuit does the same on all of them, and no proof is needed.
"""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

import numpy as np
from rich.console import Console
from rich.table import Table

from core_vm.field.koalabear import P, Words
from core_vm.host.memory import keep_freed_memory
from recursion.circuit.lowering.lower import Lowered
from recursion.prover import compiled_trace, key_of
from recursion.witness.compile import compile_circuit
from recursion.witness.compiled import CompiledCircuit

REPETITIONS = 15
AIMS = {"lift": (10, 50), "join": (20, 80)}
LOADING = 200


def report(console: Console, circuits: dict[str, Lowered]) -> None:
    """Of each circuit, by name."""
    keep_freed_memory()
    table = Table(title="Witnesses on random hints, one core", caption=_caption())
    for heading in ("circuit", "compiled", "file", "loaded", "run and checked", "filled"):
        table.add_column(heading, justify="left" if heading == "circuit" else "right")
    for name, lowered in circuits.items():
        table.add_row(name, *_measured(lowered))
    console.print(table)


def _caption() -> str:
    aims = ", ".join(f"{name} aim {aim} ms, meet {meet} ms" for name, (aim, meet) in AIMS.items())
    return f"running and filling: {aims}; loading: {LOADING} ms"


def _measured(lowered: Lowered) -> list[str]:
    start = perf_counter()
    compiled = compile_circuit(lowered)
    compiling = perf_counter() - start
    data = compiled.to_bytes()
    loading = _milliseconds(lambda: CompiledCircuit.from_bytes(data))
    hints = np.random.default_rng(0).integers(0, P, compiled.num_hints, np.uint32)
    values, key = compiled.evaluate(hints), key_of(compiled.fixed)
    trace = compiled_trace(key, compiled, values)
    running = _milliseconds(lambda: _run_and_check(compiled, hints))
    filling = _milliseconds(lambda: compiled.fill(values, trace))
    times = [f"{time:.1f} ms" for time in (loading, running, filling)]
    return [f"{compiling:.1f} s", f"{len(data) / 1e6:.1f} MB", *times]


def _run_and_check(compiled: CompiledCircuit, hints: Words) -> None:
    """As `run`, which raises what the check returns."""
    compiled.checks.first_failure(compiled.evaluate(hints))


def _milliseconds(run: Callable[[], object]) -> float:
    """The best of several."""
    times = []
    for _ in range(REPETITIONS):
        start = perf_counter()
        run()
        times.append(perf_counter() - start)
    return 1000 * min(times)
