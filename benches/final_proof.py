"""A final proof of the circuit that closes a run: its bytes by part, its phases, its verification, its security.

What is proved is a real closing of a small run. Beside the bytes stand those of the design, whose last circuit verifies
a proof that was made smaller first, and has less than half as many cells, and whose proof hides its witness.
"""

from __future__ import annotations

import time
from collections import Counter
from typing import ClassVar
from unittest.mock import patch

from rich.console import Console
from rich.table import Table

import quire
from aggregator.fold import proved_shards
from benches.guests import SMALL, program
from core_vm.field.koalabear import Words
from core_vm.hash.poseidon2 import Digest
from core_vm.host.cores import available_cores
from core_vm.stark.final.key import FinalKey
from core_vm.statement.packing import packed_bytes
from core_vm.statement.proof import RunProof
from core_vm.transcript.pruned import PrunedVerifierChannel
from precompiles.standard.machine import standard_machine
from recursion.final.known import known_key
from recursion.final.proof import security_report, verify
from recursion.final.prover import compiled_trace, prove
from recursion.folding import Folding, FoldTask, Proved
from recursion.keys.circuits import Circuits, circuit
from recursion.keys.standard import standard_keys
from recursion.programs.records import RunRecord

# Part, the labels of its messages, bytes in the design.
PARTS = (
    ("GKR", ("gkr_root", "gkr_round", "gkr_halves"), 7_362),
    ("zerocheck", ("zerocheck_round",), 698),
    ("term sumcheck and four forms", ("term_linear", "term_round", "term_factors"), 852),
    ("leaves", ("whir_leaves",), None),
    ("paths", ("whir_paths",), None),
    ("roots, samples, nonces, sumchecks", ("trace_root", "whir_root", "whir_answers", "whir_round", "whir_work",
     "whir_fold_work", "fingerprint_grinding"), None),
    ("final vector", ("whir_final",), 2_480),
)  # fmt: skip
DESIGN_BYTES, MEET_BYTES = 79_053, 88 * 1024
REPEATS = 3


class ByLabel(PrunedVerifierChannel):
    """Counts the words of each message."""

    words: ClassVar[Counter[str]] = Counter()

    def read(self, label: str, count: int) -> Words:
        self.words[label] += count
        return super().read(label, count)


def report(console: Console, scale: float) -> None:
    """The scale changes nothing: a closing is the same for all runs."""
    task, threads = closing(), available_cores()
    compiled = circuit(task.circuit, None).compiled
    key = known_key(str(task.circuit))
    proof, phases, seconds = b"", {}, []
    for _ in range(REPEATS):
        start = time.perf_counter()
        values = compiled.run(task.hints)
        trace = compiled_trace(key, compiled, values, threads)
        phases = {"witness": time.perf_counter() - start}
        proof = prove(key, trace, task.digest, threads, phases)
        seconds.append(time.perf_counter() - start)
    verified = [_verify_seconds(key, proof, task.digest) for _ in range(REPEATS)]
    ByLabel.words.clear()
    _verify_seconds(key, proof, task.digest, ByLabel)
    console.print(_bytes_table(len(proof)))
    facts = Table(
        title=f"The circuit: {64 * key.placement.layout.runs:,} main cells, key {len(key.to_bytes()):,} bytes"
    )
    for heading in ("", "measured"):
        facts.add_column(heading, justify="left" if not heading else "right")
    facts.add_row("proving, least of three", f"{min(seconds):.2f} s")
    for name, spent in phases.items():
        facts.add_row(f"  {name}", f"{spent:.2f} s")
    facts.add_row("verification, processor time", f"{min(verified):.2f} s (aim 0.5, meet 1.0)")
    console.print(facts)
    _print_security(console, key)


def closing() -> FoldTask[RunRecord]:
    """Of a run of one shard, which is lifted, so that nothing is left but to close."""
    run = RunProof.from_bytes(quire.prove(program(SMALL.guest), SMALL.input, kind="shards").proof)
    profiles, keys = standard_machine().profile_tables, standard_keys()
    folding, circuits = Folding(keys), Circuits(profiles, keys)
    lift = folding.lift(proved_shards(profiles, run))
    proof = circuits.prove(lift.circuit, lift.hints, lift.digest, available_cores())
    return folding.close(Proved(lift.record, proof), folding.opening_of(run, run.shards[-1].claims_end))


def _verify_seconds(
    key: FinalKey, proof: bytes, digest: Digest, channel: type[PrunedVerifierChannel] = PrunedVerifierChannel
) -> float:
    with patch("core_vm.stark.final.verifier.PrunedVerifierChannel", channel):
        start = time.process_time()
        verify(key, proof, digest)
        return time.process_time() - start


def _bytes_table(size: int) -> Table:
    table = Table(title=f"A final proof by part (meet {MEET_BYTES:,} bytes)")
    for heading in ("part", "bytes", "design"):
        table.add_column(heading, justify="left" if heading == "part" else "right")
    for name, labels, designed in PARTS:
        words = sum(ByLabel.words[label] for label in labels)
        table.add_row(name, f"{31 * words / 8:,.0f}", f"{designed:,}" if designed else "")
    assert packed_bytes(sum(ByLabel.words.values())) == size
    table.add_row("all", f"{size:,}", f"{DESIGN_BYTES:,}")
    return table


def _print_security(console: Console, key: FinalKey) -> None:
    security = security_report(key)
    levels = [f"{reading} {security.bits_under(reading):.2f}" for reading in security.readings]
    console.print(
        f"security {security.bits:.2f} bits, all errors added up {security.union_bits:.2f}, without work "
        f"{security.ungrinded_bits:.2f}, collisions {security.collision_bits}; by bound: {', '.join(levels)}"
    )
