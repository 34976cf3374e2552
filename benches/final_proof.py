"""The last two proofs of a chain: the final one's bytes by part, times, verification, security, beside the design's."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field
from typing import ClassVar

from rich.console import Console
from rich.table import Table

import quire
from benches.guests import SMALL, program
from core_vm.field.koalabear import Words
from core_vm.hash.poseidon2 import Digest
from core_vm.host.cores import available_cores
from core_vm.stark.soundness import rounded_down
from core_vm.statement.packing import packed_bytes, unpack_words
from recursion.final.known import known_key
from recursion.folded.proof import FoldedRun
from recursion.folding import Folding, FoldTask
from recursion.hiding.channel import MaskedChannel
from recursion.hiding.circuits import security_report
from recursion.hiding.known import known_shape
from recursion.hiding.making import prove_final, prove_shrunk
from recursion.hiding.verifier import verify_hiding_words
from recursion.keys.standard import standard_keys
from recursion.programs.member import Member
from recursion.proof import public_values
from recursion.regime import Regime

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


class ByLabel(MaskedChannel):
    """Counts the words of each message."""

    counted: ClassVar[Counter[str]] = Counter()

    def read(self, label: str, count: int) -> Words:
        self.counted[label] += count
        return super().read(label, count)


def report(console: Console, scale: float) -> None:
    """The scale changes nothing: these circuits are the same for all runs and batches."""
    folded = FoldedRun.from_bytes(quire.prove(program(SMALL.guest), SMALL.input, kind="folded").proof)
    folding, threads = Folding(standard_keys()), available_cores()
    task = folding.shrink(folding.member_of(folded))
    measured = {Regime.UNIQUE: _measured(task, threads, Regime.UNIQUE), Regime.LIST: _measured(task, threads)}
    of_lists = measured[Regime.LIST]
    console.print(_bytes_table(of_lists.sizes))
    console.print(_times_table(of_lists))
    console.print(_regimes_table(measured))
    _print_security(console)


@dataclass
class Measured:
    """Of some final proofs: seconds of shrink and final by the clock, and of processor time; of verification."""

    rows: list[tuple[float, ...]] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    phases: dict[str, float] = field(default_factory=dict)

    @property
    def least(self) -> list[float]:
        return [min(values) for values in zip(*self.rows, strict=True)]

    @property
    def mean_bytes(self) -> float:
        return sum(self.sizes) / len(self.sizes)


def _measured(task: FoldTask[Member], threads: int, regime: Regime = Regime.LIST) -> Measured:
    found = Measured()
    for _ in range(REPEATS):
        found.phases = {}
        clock, start = time.perf_counter(), time.process_time()
        shrunk = prove_shrunk(task, threads, regime)
        middle_clock, middle = time.perf_counter(), time.process_time()
        packed = prove_final(task.digest, shrunk, threads, found.phases, regime).packed
        end_clock, end = time.perf_counter(), time.process_time()
        verified = _verify_seconds(packed, task.digest, regime)
        found.rows.append((middle_clock - clock, end_clock - middle_clock, middle - start, end - middle, verified))
        found.sizes.append(len(packed))
    return found


def _verify_seconds(packed: bytes, digest: Digest, regime: Regime) -> float:
    shape, words = known_shape(regime), unpack_words(packed, "final proof")
    ByLabel.counted.clear()
    start = time.process_time()
    verify_hiding_words(ByLabel(words), shape, public_values(digest))
    return time.process_time() - start


def _bytes_table(sizes: list[int]) -> Table:
    table = Table(title=f"A final proof by part (meet {MEET_BYTES:,} bytes expected)")
    for heading in ("part", "bytes", "design"):
        table.add_column(heading, justify="left" if heading == "part" else "right")
    for name, labels, designed in PARTS:
        words = sum(ByLabel.counted[label] for label in labels)
        table.add_row(name, f"{31 * words / 8:,.0f}", f"{designed:,}" if designed else "")
    assert packed_bytes(sum(ByLabel.counted.values())) == sizes[-1]
    table.add_row("all", f"{sizes[-1]:,}", f"{DESIGN_BYTES:,}")
    table.add_row(f"all, mean of {len(sizes)}", f"{sum(sizes) / len(sizes):,.0f}", "")
    return table


def _regimes_table(measured: dict[Regime, Measured]) -> Table:
    table = Table(title="By regime: processor time, least; bits of the weakest challenge, of all, and without work")
    headings = ("regime", "bytes, mean", "queries", "main cells", "shrink", "final", "verification", "bits")
    for heading in headings:
        table.add_column(heading, justify="left" if heading == "regime" else "right")
    for regime, found in measured.items():
        shape = known_shape(regime)
        security = security_report(shape)
        queries = ", ".join(str(whir_round.num_queries) for whir_round in shape.opening.rounds)
        levels = (security.bits, security.union_bits, security.ungrinded_bits)
        table.add_row(
            *(str(regime), f"{found.mean_bytes:,.0f}", queries, f"{64 * shape.key.placement.layout.runs:,}"),
            *(f"{seconds:.2f} s" for seconds in found.least[2:]),
            ", ".join(f"{rounded_down(bits):.2f}" for bits in levels),
        )
    return table


def _times_table(measured: Measured) -> Table:
    shape, least = known_shape(), measured.least
    cells, key = 64 * shape.key.placement.layout.runs, len(known_key().to_bytes())
    table = Table(title=f"Least of {len(measured.rows)}; {cells:,} main cells, a key of {key:,} bytes")
    for heading in ("", "by the clock", "processor time", "meet", "aim"):
        table.add_column(heading, justify="left" if not heading else "right")
    table.add_row("shrink", f"{least[0]:.2f} s", f"{least[2]:.2f} s", "", "")
    table.add_row("final", f"{least[1]:.2f} s", f"{least[3]:.2f} s", "", "")
    table.add_row("both", f"{least[0] + least[1]:.2f} s", f"{least[2] + least[3]:.2f} s", "1.2 s", "0.8 s")
    for name, seconds in measured.phases.items():
        table.add_row(f"  {name} of the final, last time", f"{seconds:.2f} s", "", "", "")
    table.add_row("verification", "", f"{least[4]:.2f} s", "1.0 s", "0.5 s")
    plan = shape.plan
    pads = f"{plan.num_pads}, {len(plan.rows)}, {plan.num_equations}"
    table.add_row("pads, products, equations", pads, "", "", "")
    return table


def _print_security(console: Console) -> None:
    security = security_report(known_shape())
    levels = [f"{reading} {security.bits_under(reading):.2f}" for reading in security.readings]
    console.print(
        f"security {security.bits:.2f} bits, all errors added up {security.union_bits:.2f}, without work "
        f"{security.ungrinded_bits:.2f}, collisions {security.collision_bits}; by bound: {', '.join(levels)}"
    )
