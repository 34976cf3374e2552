"""Honest openings of small random traces, for the tests of this directory."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core_vm.field.extension import K, eq_table, powers
from core_vm.field.koalabear import P, from_montgomery
from core_vm.pcs.jagged import JaggedWeight
from core_vm.pcs.layout import Layout
from core_vm.pcs.whir.config import WhirShape
from core_vm.transcript.channel import ProverChannel, VerifierChannel
from core_vm.transcript.sponge import Event
from tests.elements import random_element


@dataclass
class Case:
    """A layout, its cells (Montgomery), and the true claim at a random point."""

    layout: Layout
    cells: np.ndarray
    z_row: list[K]
    mu: K
    claim: K
    shape: WhirShape

    @property
    def weight(self) -> JaggedWeight:
        return JaggedWeight(self.layout.blocks, self.z_row, self.mu)

    def run_weight(self, threads: int = 1):
        """The prover's."""
        from core_vm.pcs.whir.weights import RunWeight

        return RunWeight.jagged(self.weight, self.shape.num_runs, threads)


def naive_weights(layout: Layout, z_row: list[K], mu: K, size: int) -> list[K]:
    """Cell by cell, from the definition of the layout's index."""
    eq, column_powers, weights = eq_table(z_row), powers(mu, layout.num_columns), [K.zero] * size
    for block in layout.blocks:
        for column in range(1 << block.log_width):
            for row in range(block.tiles * 64):
                cell = block.start + ((row >> 6) << (block.log_width + 6)) + (column << 6) + (row & 63)
                weights[cell] = column_powers[block.first_column + column] * eq[row]
    return weights


def make_case(widths: list[int], tiles: list[int], seed: int = 1) -> Case:
    rng, layout = random.Random(seed), Layout(widths, tiles)
    cells = np.random.default_rng(seed).integers(0, P, layout.used).astype(np.uint32)
    z_row = [random_element(rng) for _ in range(6 + max(tiles).bit_length())]
    mu = random_element(rng)
    claim = true_claim(layout, cells, z_row, mu)
    return Case(layout, cells, z_row, mu, claim, small_shape(layout.used))


def small_shape(num_cells: int) -> WhirShape:
    """At most 128 segments, as many as `num_cells` cells and one more need."""
    log_segment = max(num_cells.bit_length() - 7, 8)
    return WhirShape.for_segments(log_segment, ((num_cells >> log_segment) + 1,))


def true_claim(layout: Layout, cells: np.ndarray, z_row: list[K], mu: K) -> K:
    """Column by column, from the definition."""
    eq, column_powers, claim = eq_table(z_row), powers(mu, layout.num_columns), K.zero
    for table, width in enumerate(layout.widths):
        for column in range(width):
            view = layout.column_view(cells, table, column)
            values = from_montgomery(np.ascontiguousarray(view).reshape(-1)).tolist()
            value = sum((e * x for e, x in zip(eq, values, strict=False)), K.zero)
            claim = claim + column_powers[layout.first_columns[table] + column] * value
    return claim


def prove(case: Case, claim: K | None = None, log: list[Event] | None = None, threads: int = 1) -> np.ndarray:
    """The words of the root and the opening."""
    from core_vm.pcs.whir.commitment import commit
    from core_vm.pcs.whir.prover import open_vector

    channel = ProverChannel(log=log)
    commitment = commit(case.cells, case.shape, threads)
    channel.send_digest("root", commitment.root)
    claim = case.claim if claim is None else claim
    open_vector(channel, [commitment], case.run_weight(threads), claim, case.shape, threads)
    return channel.words


def verify(case: Case, words: np.ndarray, claim: K | None = None, log: list[Event] | None = None) -> None:
    """Reads the root and the opening, and nothing after it."""
    channel = VerifierChannel(words, log=log)
    root = channel.receive_digest("root")
    verify_case(channel, root, case, case.claim if claim is None else claim)
    channel.finish()


def verify_case(channel: VerifierChannel, root: Sequence[int], case: Case, claim: K) -> None:
    """As the shard's verifier does: the layout fits, and the vector under `root` has the claimed inner product."""
    from core_vm.pcs.whir.verifier import require_capacity, verify_opening

    require_capacity(channel.arithmetic, case.layout, case.shape.num_variables, len(case.z_row))
    verify_opening(channel, [root], case.weight, claim, case.shape)
