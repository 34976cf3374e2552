"""The prover of one shard: commit to the trace, add up all messages, check all rows, open the columns.

The words it returns are what `core_vm.stark.verifier` reads; both follow the same order, and every step has its twin
there.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from core_vm.air.public import PublicValues
from core_vm.air.table_set import TableSet
from core_vm.field.extension import K, inner_planes
from core_vm.field.koalabear import Words
from core_vm.host.scratch import scratch_words
from core_vm.pcs.jagged import JaggedWeight
from core_vm.pcs.whir.commitment import Commitment, commit
from core_vm.pcs.whir.prover import open_vector
from core_vm.pcs.whir.sampling import sample_cells
from core_vm.pcs.whir.weights import RunWeight, column_powers
from core_vm.stark.config import STANDARD, StarkConfig
from core_vm.stark.gkr.low_layers import inputs_of, write_low_layers
from core_vm.stark.gkr.prover import build_layers, prove_gkr
from core_vm.stark.gkr.tree import FractionTree, low_depth
from core_vm.stark.gkr.verifier import Fingerprint, GkrClaim, public_part
from core_vm.stark.shape import ShardShape
from core_vm.stark.verifier import absorb_shape, absorb_statement, security_of
from core_vm.stark.zerocheck.plan import plan_tables
from core_vm.stark.zerocheck.proven_statement import proven_statement
from core_vm.stark.zerocheck.prover import ZerocheckProver, prove_zerocheck
from core_vm.transcript.channel import ProverChannel
from core_vm.transcript.numbers import NUMBERS
from core_vm.witness.trace import FilledTables, Trace


class Phases:
    """Adds the seconds of named phases to a dictionary."""

    def __init__(self, seconds: dict[str, float] | None) -> None:
        self.seconds = {} if seconds is None else seconds

    @contextmanager
    def __call__(self, name: str) -> Iterator[None]:
        start = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - start


def prove_shard(
    tables: TableSet,
    trace: Trace,
    public: PublicValues,
    threads: int = 1,
    phases: dict[str, float] | None = None,
    config: StarkConfig = STANDARD,
    check: bool = True,
) -> Words:
    """The proof that `trace` satisfies `tables` and balances with `public`, as canonical uint32 words.

    Raises SecurityError where the proof would be below the configuration's own target, and WitnessError if `trace` does
    not satisfy them; with `check` false the prover goes on and writes what the verifier will reject.
    `phases` receives the seconds spent, by name: commit, gkr, zerocheck, open.
    """
    channel = ProverChannel()
    absorb_statement(channel, tables, public, config)
    shape = ShardShape.of(tables, trace.tiles, config)
    security_of(tables, shape, public, config).check(config.target_bits)
    channel.send("tile_counts", trace.tiles)
    absorb_shape(channel, shape)
    prove_committed(channel, tables, shape, trace, public, config, (), threads, Phases(phases), check)
    return channel.words


def prove_committed(
    channel: ProverChannel, tables: TableSet, shape: ShardShape, trace: FilledTables, public: PublicValues,
    config: StarkConfig, fixed: Sequence[Commitment], threads: int, phase: Phases, check: bool,
) -> None:  # fmt: skip
    """Everything after the tile counts. `fixed` are commitments to what lies behind the trace's own cells."""
    opening = shape.opening
    with phase("commit"):
        commitment = commit(trace.q[: opening.stored_cells(shape.layout.used)], opening, threads)
        channel.send_digest("trace_root", commitment.root)
        sampled = sample_cells(channel, [commitment, *fixed], opening, threads)
    channel.grind("fingerprint_grinding", config.fingerprint_grinding_bits, threads=threads)
    fingerprint = Fingerprint.draw(channel)
    with phase("gkr"):
        gkr = prove_buses(channel, tables, shape, trace, public, fingerprint, threads, check)
    with phase("zerocheck"):
        point, columns, products = _prove_rows(channel, tables, shape, trace, fingerprint, gkr, threads, check)
    with phase("open"):
        mu = channel.challenge("column_batching")
        jagged = JaggedWeight(shape.layout.blocks, point, mu)
        of_columns = column_powers(jagged, tables.num_columns, threads)
        claim = inner_planes(of_columns[:, : tables.num_columns], columns)
        weight = RunWeight.jagged(jagged, opening.num_runs, threads, of_columns)
        open_vector(channel, [commitment, *fixed], weight, claim, opening, threads, sampled, products=products)


def prove_buses(
    channel: ProverChannel, tables: TableSet, shape: ShardShape, trace: FilledTables, public: PublicValues,
    fingerprint: Fingerprint, threads: int, check: bool,
) -> GkrClaim:  # fmt: skip
    """All messages add up to zero; what is left is a claim about the fractions at one point."""
    tree = FractionTree(tables, shape, inputs_of(tables, shape, trace, fingerprint))
    with scratch_words(tree.words) as memory:
        write_low_layers(tables, shape, memory, tree, threads)
        build_layers(memory, tree, low_depth(shape.tile_bits), threads)
        return prove_gkr(channel, memory, tree, public_part(NUMBERS, fingerprint, public.messages), threads, check)


def _prove_rows(
    channel: ProverChannel, tables: TableSet, shape: ShardShape, trace: FilledTables,
    fingerprint: Fingerprint, gkr: GkrClaim, threads: int, check: bool,
) -> tuple[list[K], Words, Words]:  # fmt: skip
    """The point, every column there, and the products of runs of cells with eq of the point's lanes."""
    rho, kappa = channel.challenges("zerocheck_batching", 2)
    statement = proven_statement(tables, shape, fingerprint, gkr, rho, kappa)
    works, words = plan_tables(tables, shape, statement)
    with scratch_words(words) as memory:
        prover = ZerocheckProver(works, trace, memory, threads)
        return *prove_zerocheck(channel, prover, tables, shape, statement, check), prover.products
