"""Folding: what lifts and joins cost, what a whole run does, beside what is to be met and what is aimed at.

At `--scale` 1 the long run has fifty million instructions and takes some minutes of two idle cores. Beside times by the
clock stands for how long processors were busy, which other work on the machine changes less.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from time import perf_counter
from typing import Any

from rich.console import Console
from rich.table import Table

import quire
from aggregator.folds.given import proved_shards
from benches.guests import SMALL, program
from core_vm.field.packed.lanes import LANES
from core_vm.host.cores import available_cores
from core_vm.host.memory import keep_freed_memory
from core_vm.pcs.layout import Layout
from core_vm.statement.proof import RunProof
from precompiles.standard.machine import standard_machine
from recursion.folding import Folding, FoldTask, Proved
from recursion.keys.catalogue import CircuitName, Program
from recursion.keys.circuits import Circuit, Circuits, circuit, graph_of
from recursion.keys.standard import standard_keys
from recursion.prover import compiled_trace
from recursion.tables.standard import TABLES
from recursion.witness.compile import compile_circuit
from recursion.witness.compiled import CompiledCircuit

Row = tuple[str, str, str, str]
LONG_RUN = 50_000_000
CYCLES_A_ROUND = 5  # of the guest fibonacci
LOG_SHARD_CELLS = 24  # segments of 2^17
REPETITIONS = 3
LIFT_SECONDS, JOIN_SECONDS = {16: ("0.3", "0.15"), 8: ("0.6", "0.3")}, {16: ("0.5", "0.23"), 8: ("0.9", "0.45")}


def report(console: Console, scale: float) -> None:
    """One table."""
    keep_freed_memory()
    table = Table(title=f"Folding, {available_cores()} cores of {LANES} lanes")
    for heading in ("", "meet", "aim", "here"):
        table.add_column(heading, justify="right" if heading else "left")
    for rows in (_steps, _small_run, lambda: _long_run(scale), _keys):
        for row in rows():
            table.add_row(*row)
    console.print(table)


def _steps() -> list[Row]:
    """A lift of a shard of H = 17, and a join of two."""
    machine, keys = standard_machine(), standard_keys()
    size = 1 << LOG_SHARD_CELLS
    run = quire.prove(program("fibonacci"), b"450000", kind="shards", shard_cells=size)
    shards = proved_shards(machine.profile_tables, RunProof.from_bytes(run.proof))[:2]
    circuits, tasks = Circuits(machine.profile_tables, keys), Folding(keys)
    lifts = [tasks.lift([shard]) for shard in shards]
    join = tasks.join(*(_proved(circuits, task) for task in lifts))
    height = shards[0].log_segment
    rows = []
    for name, task, cells, seconds, witness in (
        (f"lift of a core shard, H = {height}", lifts[0], ("3.5 M", "3.1 M"), LIFT_SECONDS[LANES], ("50", "10")),
        ("join of two", join, ("6.2 M", "5.0 M"), JOIN_SECONDS[LANES], ("80", "20")),
    ):
        tables = machine.profile_tables[task.circuit.profile] if task.circuit.program is Program.LIFT else None
        made = circuit(task.circuit, tables)
        used = Layout(TABLES.main_widths, made.key.verifying.tiles).used
        rows += [
            (f"{name}: cells", *cells, f"{used / 1e6:.2f} M"),
            (f"{name}: seconds", *seconds, _shown(*_least(lambda task=task: _proved(circuits, task)))),
            (f"{name}: witness, one core, ms", *witness, f"{1000 * _witness(made, task):.0f} of a processor"),
        ]
    return rows


def _proved(circuits: Circuits, task: FoldTask[Any]) -> Proved[Any]:
    return Proved(task.record, circuits.prove(task.circuit, task.hints, task.digest, available_cores()))


def _witness(made: Circuit, task: FoldTask[Any]) -> float:
    """Running the circuit on its hints, with all its assertions, and filling the rows."""
    return _least(lambda: compiled_trace(made.key, made.compiled, made.compiled.run(task.hints)))[1]


def _small_run() -> list[Row]:
    """From the command line, in a process of its own; and in this one, again."""
    with tempfile.TemporaryDirectory() as folder:
        elf, data, proof = (Path(folder) / name for name in ("guest.elf", "input", "proof"))
        elf.write_bytes(program(SMALL.guest).elf)
        data.write_bytes(SMALL.input)
        command = ["prove", "--kind", "folded", str(elf), "--input", str(data), "-o", str(proof), "--json"]
        fresh = _least(lambda: _run(command))
        folded = proof.read_bytes()
    verified = _verified_by_numpy(folded, program(SMALL.guest).program_id)
    again = _least(lambda: quire.prove(program(SMALL.guest), SMALL.input, kind="folded"))
    return [
        ("small guest to one folded proof, again: seconds", "1.2", "0.6", _shown(*again)),
        ("the same, fresh process", "2.5", "1.5", _shown(*fresh)),
        ("folded proof of one shard: KiB", "400", "", f"{len(folded) / 1024:.0f}"),
        ("verified by numpy alone: seconds beyond the start", "1", "", _shown(*verified)),
    ]


def _run(command: list[str]) -> None:
    subprocess.run([sys.executable, "-m", "core_vm.cli.main", *command], check=True, capture_output=True)


def _python(code: str) -> None:
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, env=os.environ)


def _verified_by_numpy(proof: bytes, program_id: str) -> tuple[float, float]:
    """By a process without a compiler: seconds beyond those of its start, by the clock and of processors."""
    with tempfile.NamedTemporaryFile() as file:
        Path(file.name).write_bytes(proof)
        command = ["verify", file.name, "--program-id", program_id]
        code = f"import sys; sys.modules['numba'] = None; from core_vm.cli.main import main; main({command!r})"
        verified, start = _least(lambda: _python(code)), _least(lambda: _python("import core_vm.cli.main"))
    return verified[0] - start[0], verified[1] - start[1]


def _long_run(scale: float) -> list[Row]:
    rounds, used = str(int(LONG_RUN * scale / CYCLES_A_ROUND)).encode(), _processors()
    # In a process of its own, since what this one has held for other rows would count as the run's memory.
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        run = process.submit(_prove_long_run, rounds).result()
    busy = _processors() - used
    verified = _verified_by_numpy(run.proof, run.program_id)
    name = f"run of {run.cycles / 1e6:.1f} million instructions, {run.shards} shards"
    return [
        (f"{name}: seconds", "", "", _shown(run.seconds, busy)),
        ("folding's share of it", "20%", "9%", f"{run.fold_busy_seconds / busy:.0%} of processors"),
        ("its memory, two workers: GiB", "6", "3", f"{run.peak_memory_bytes / 2**30:.1f}"),
        ("its folded proof: KiB", "400", "", f"{len(run.proof) / 1024:.0f}"),
        ("that one verified by numpy alone: seconds beyond the start", "1", "", _shown(*verified)),
    ]


def _prove_long_run(rounds: bytes) -> quire.ProvenRun:
    return quire.prove(program("fibonacci"), rounds, kind="folded", workers=2)


def _keys() -> list[Row]:
    name = CircuitName(Program.JOIN)
    start, used = perf_counter(), _processors()
    compiled = compile_circuit(graph_of(name, None))
    key = Circuit(compiled).key
    nothing = perf_counter() - start, _processors() - used
    data = compiled.to_bytes()
    kept = _least(lambda: Circuit(CompiledCircuit.from_bytes(data)).key)
    assert key.verifying.digest in standard_keys().digests
    return [
        ("key of a join from nothing: seconds", "4", "", _shown(*nothing)),
        ("from what is kept", "0.2", "", _shown(*kept)),
    ]


def _shown(seconds: float, busy: float) -> str:
    return f"{seconds:.2f} ({busy:.2f} of processors)"


def _least(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds of the fastest of some by the clock, and of the least busy one by processors, children's included."""
    clock, busy = [], []
    for _ in range(REPETITIONS):
        start, used = perf_counter(), _processors()
        work()
        clock.append(perf_counter() - start)
        busy.append(_processors() - used)
    return min(clock), min(busy)


def _processors() -> float:
    """Seconds that this process, and those that it started and that have ended, kept processors busy."""
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)
