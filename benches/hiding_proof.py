"""A hiding proof of the circuit that closes a run, beside a final proof of the same: bytes, phases, verification."""

from __future__ import annotations

import time

from rich.console import Console
from rich.table import Table

from benches.final_proof import closing
from core_vm.host.cores import available_cores
from core_vm.statement.packing import pack_words
from recursion.final import proof as final
from recursion.final import prover as final_prover
from recursion.final.known import known_key
from recursion.hiding import circuits
from recursion.hiding.prover import prove_hiding
from recursion.keys.circuits import circuit
from recursion.proof import public_values

REPEATS = 3


def report(console: Console, scale: float) -> None:
    """The scale changes nothing: a closing is the same for all runs."""
    task, threads = closing(), available_cores()
    compiled, key = circuit(task.circuit, None).compiled, known_key(str(task.circuit))
    start = time.process_time()
    shape = circuits.shape_of_key(key)
    of_shape, values, public = time.process_time() - start, compiled.run(task.hints), public_values(task.digest)
    plain, hiding = (final_prover.compiled_trace(k, compiled, values, threads) for k in (key, shape.key))
    rows = []
    for _ in range(REPEATS):
        phases: tuple[dict[str, float], dict[str, float]] = {}, {}
        start = time.process_time()
        one = final_prover.prove(key, plain, task.digest, threads, phases[0])
        between = time.process_time()
        other = pack_words(prove_hiding(shape, hiding, public, threads, phases[1]))
        provers = between - start, time.process_time() - between
        start = time.process_time()
        final.verify(key, one, task.digest)
        between = time.process_time()
        circuits.verify(shape, other, task.digest)
        rows.append((len(one), len(other), *provers, between - start, time.process_time() - between, phases))
    table = Table(title="The circuit that closes a run: least of three, processor time")
    for heading in ("", "final", "hiding"):
        table.add_column(heading, justify="left" if not heading else "right")
    sizes, times = (f"{min(r[0] for r in rows):,}", f"{sum(r[1] for r in rows) // REPEATS:,} (mean)"), rows
    table.add_row("bytes", *sizes)
    table.add_row("proving, s", *(f"{min(r[k] for r in times):.2f}" for k in (2, 3)))
    for name in rows[0][6][1]:
        least = [min(r[6][k].get(name, 0.0) for r in rows) for k in (0, 1)]
        table.add_row(f"  {name}, elapsed", *(f"{seconds:.2f}" for seconds in least))
    table.add_row("verification, s", *(f"{min(r[k] for r in times):.2f}" for k in (4, 5)))
    table.add_row("shape from the key, s", "", f"{of_shape:.2f}")
    table.add_row(
        "pads, products, equations", "", f"{shape.plan.num_pads}, {len(shape.plan.rows)}, {shape.plan.num_equations}"
    )
    console.print(table)
    console.print(f"security {circuits.security_report(shape).bits:.2f} bits")
