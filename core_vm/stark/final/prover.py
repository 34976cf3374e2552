"""The prover of the last proof of a chain; every step has its twin in `final.verifier`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy.typing as npt

from core_vm.air.public import PublicValues
from core_vm.errors import UsageError
from core_vm.field.extension import K
from core_vm.field.koalabear import Words
from core_vm.host.memory import aligned_zeros
from core_vm.host.scratch import scratch_words
from core_vm.pcs.placements import PlacedWeight
from core_vm.pcs.whir.commitment import commit
from core_vm.pcs.whir.prover import open_vector
from core_vm.pcs.whir.sampling import sample_cells
from core_vm.pcs.whir.weights import RunWeight
from core_vm.stark.final.key import FinalKey
from core_vm.stark.final.security import security_of_final
from core_vm.stark.final.verifier import absorb_final_statement, main_claim, row_terms
from core_vm.stark.gkr.verifier import Fingerprint, GkrClaim
from core_vm.stark.prover import Phases, prove_buses
from core_vm.stark.terms.prover import prove_terms
from core_vm.stark.terms.verifier import LinearClaim
from core_vm.stark.zerocheck.plan import plan_tables
from core_vm.stark.zerocheck.proven_statement import proven_statement
from core_vm.stark.zerocheck.prover import ZerocheckProver, prove_rounds
from core_vm.transcript.channel import ProverChannel
from core_vm.transcript.pruned import PrunedProverChannel
from core_vm.witness.trace import FilledTables

Columns = npt.NDArray[Any]  # of any integers


class FinalTrace(FilledTables):
    """Tables of a key: their fixed columns are filled, the main ones are zero until a witness is written."""

    def __init__(self, key: FinalKey) -> None:
        layout = key.shape.layout
        super().__init__(key.tables.tables, key.num_rows, layout, aligned_zeros(_cells(layout)))
        for number, (table, columns) in enumerate(zip(key.tables.tables, key.fixed, strict=True)):
            for column, values in enumerate(columns, table.num_main):
                self.write(number, column, 0, values)

    def fill(self, table: int, columns: Columns) -> None:
        """Stores all main columns of a table: canonical (num_main, rows)."""
        expected = (self.tables[table].num_main, self.num_rows[table])
        if columns.shape != expected:
            raise UsageError(f"table {self.tables[table].name}: main columns of shape {columns.shape}, not {expected}")
        for column, values in enumerate(columns):
            self.write(table, column, 0, values)


def _cells(layout: Any) -> int:
    """Up to the end of the fixed columns."""
    return layout.fixed_start + layout.fixed.used


def prove_final(
    key: FinalKey,
    trace: FinalTrace,
    public: PublicValues,
    threads: int = 1,
    phases: dict[str, float] | None = None,
    check: bool = True,
) -> Words:
    """The proof that `trace`, made for `key`, satisfies the tables and balances with `public`, as canonical words.

    Raises and measures as `stark.prover.prove_shard` does.
    """
    security_of_final(key, public).check(key.config.stark.target_bits)
    channel = PrunedProverChannel()
    absorb_final_statement(channel, key, public)
    prove_final_argument(channel, key, trace, public, threads, Phases(phases), check)
    return channel.words


def prove_final_argument(
    channel: ProverChannel, key: FinalKey, trace: FinalTrace, public: PublicValues, threads: int, phase: Phases,
    check: bool,
) -> None:  # fmt: skip
    """Everything after the statement."""
    opening = key.shape.opening
    with phase("commit"):
        commitment = commit(key.placement.placed(trace.q), opening, threads)
        channel.send_digest("trace_root", commitment.root)
        sampled = sample_cells(channel, [commitment], opening, threads)
    weight, value = prove_to_cells(channel, key, trace, public, threads, phase, check)
    with phase("open"):
        of_runs = RunWeight.placed(weight, opening.num_runs, threads)
        open_vector(channel, [commitment], of_runs, value, opening, threads, sampled)


def prove_to_cells(
    channel: ProverChannel, key: FinalKey, trace: FinalTrace, public: PublicValues, threads: int, phase: Phases,
    check: bool,
) -> tuple[PlacedWeight, K]:  # fmt: skip
    """What `reduce_to_cells` reads, once `trace` is committed to: the weight that is to be opened, and the value."""
    channel.grind("fingerprint_grinding", key.config.stark.fingerprint_grinding_bits, threads=threads)
    fingerprint = Fingerprint.draw(channel)
    with phase("gkr"):
        gkr = prove_buses(channel, key.tables, key.shape, trace, public, fingerprint, threads, check)
    with phase("zerocheck"):
        point, linear = _prove_rows(channel, key, trace, fingerprint, gkr, threads, check)
    return PlacedWeight(key.placement, point, linear.columns), linear.value


def _prove_rows(
    channel: ProverChannel, key: FinalKey, trace: FinalTrace, fingerprint: Fingerprint, gkr: GkrClaim, threads: int,
    check: bool,
) -> tuple[Sequence[K], LinearClaim]:  # fmt: skip
    rho, kappa = channel.challenges("zerocheck_batching", 2)
    statement = proven_statement(key.tables, key.shape, fingerprint, gkr, rho, kappa)
    works, words = plan_tables(key.tables, key.shape, statement)
    with scratch_words(words) as memory:
        prover = ZerocheckProver(works, trace, memory, threads)
        point, columns, claim = prove_rounds(channel, prover, key.tables, key.shape, statement, check)
    fixed, of_row = row_terms(key, statement, point)
    return point, main_claim(key, prove_terms(channel, of_row, columns, claim, check), fixed)
