"""The prover of a WHIR opening: commit to a vector of cells, and open its inner product with a weight.

The rounds of the first fold bind segment bits, which are bits of the run number: they work on one K element a run of 64
cells, the run's inner product with the lanes' weights, and never touch the cells. Then the cells are folded once, by
all challenges of the first fold together, into a K vector of one segment's length. See verifier.py for the protocol.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core_vm.air.table import LOG_TILE, TILE
from core_vm.errors import UsageError, WitnessError
from core_vm.field.extension import DEGREE, K, eq_table, from_planes, inner, powers, to_planes
from core_vm.field.koalabear import Words
from core_vm.hash.merkle import MerkleTree
from core_vm.host.threads import run_ranges
from core_vm.pcs.whir.config import WhirRound, WhirShape
from core_vm.pcs.whir.vectors import fold, round_polynomial
from core_vm.pcs.whir.weights import RunWeight, add_query_weights, expand_runs, round_up
from core_vm.transcript.channel import ProverChannel
from core_vm.transcript.numbers import NUMBERS


@dataclass(frozen=True, slots=True)
class Commitment:
    """A committed vector: its root (eight canonical integers), and what opening it needs.

    `cells` holds the first of the `num_segments` segments; those that are not there are zero.
    """

    root: list[int]
    tree: MerkleTree
    cells: Words
    num_segments: int


def commit(cells: Words, shape: WhirShape, threads: int = 1, number: int = 0) -> Commitment:
    """Encodes and hashes the `number`-th vector of the shape: flat uint32 in Montgomery form.

    `cells` counts as continued with zeros, up to segments * 2^log_segment words. A vector of `shape.stored_cells` words
    is committed where it lies, another one is copied; what lies beyond costs nothing. Raises UsageError if it is too
    long.
    """
    from core_vm.poly.ntt_kernels import encode_segments

    num_segments, blowup = shape.segments[number], shape.rounds[0].log_inverse_rate
    cells = _padded(cells, shape.stored_cells(len(cells), number))
    stored = len(cells) >> shape.log_segment
    codeword = encode_segments(cells, stored, shape.log_segment, blowup, threads=threads)
    tree = MerkleTree.commit(codeword, num_segments, threads)
    return Commitment(tree.root, tree, cells, num_segments)


def open_vector(
    channel: ProverChannel,
    commitments: Sequence[Commitment],
    weight: RunWeight,
    claim: K,
    shape: WhirShape,
    threads: int = 1,
) -> None:
    """Proves <q, weight> = claim to whoever holds the roots of the commitments, whose segments follow one another.

    The weight has shape.num_runs runs. Raises WitnessError if the claim is false.
    """
    opening = Opening(channel, claim, threads)
    opening.weight = weight.runs
    opening.vector = products_of_runs(commitments, weight.lanes, shape.log_segment, shape.num_runs, threads)
    trees = [commitment.tree for commitment in commitments]
    for number, whir_round in enumerate(shape.rounds):
        bound = opening.sumcheck(whir_round.num_folds)
        if number == 0:
            opening.vector = fold_cells(commitments, eq_table(bound[::-1]), shape.log_segment, threads)
            opening.weight = expand_runs(opening.weight, weight.lanes, threads)
        next_trees = []
        if number + 1 < len(shape.rounds):
            next_trees = [_commit_vector(opening.vector, shape.rounds[number + 1], threads)]
            channel.send_digest("whir_root", next_trees[0].root)
        else:
            channel.send_extension("whir_final", from_planes(opening.vector))
        channel.grind("whir_work", shape.config.grinding_bits, whir_round.num_queries)
        opening.query(trees, whir_round, bound[::-1])
        trees = next_trees
    opening.sumcheck(shape.log_final)
    opening.check_end()


class Opening:
    """The vector and the weight that are left, and the claim on their inner product."""

    def __init__(self, channel: ProverChannel, claim: K, threads: int) -> None:
        self.channel, self.claim, self.threads = channel, claim, threads
        self.vector = self.weight = np.zeros((DEGREE, 0), np.uint32)

    def sumcheck(self, rounds: int) -> list[K]:
        """Binds the highest bits; returns the challenges in that order."""
        challenges = []
        for _ in range(rounds):
            constant, square = round_polynomial(self.vector, self.weight, self.threads)
            self.channel.send_extension("whir_round", [constant, square])
            r = self.channel.challenge("whir_fold")
            self.claim = constant + r * (self.claim - constant - constant - square + r * square)
            self.vector, self.weight = (fold(planes, r, self.threads) for planes in (self.vector, self.weight))
            challenges.append(r)
        return challenges

    def query(self, trees: Sequence[MerkleTree], whir_round: WhirRound, point: Sequence[K]) -> None:
        """Opens the oracle at the drawn leaves and adds the claims that the folded vector has their folds as values."""
        draws = self.channel.indices("whir_queries", whir_round.log_domain, whir_round.num_queries)
        leaves = []
        for tree in trees:
            rows, paths, cap = tree.open(draws, whir_round.log_cap)
            self.channel.hint("whir_leaves", rows)
            self.channel.hint("whir_paths", paths)
            self.channel.hint("whir_cap", cap)
            leaves.append(rows)
        folded = NUMBERS.fold_rows(leaves, point, whir_round.in_extension)
        gamma = self.channel.challenge("whir_combination")
        coefficients = powers(gamma, len(draws), gamma)
        self.claim = self.claim + inner(coefficients, folded)
        add_query_weights(self.weight, draws, coefficients, whir_round.log_domain, self.threads)

    def check_end(self) -> None:
        """All bits are bound: one product is left, which differs from the claim when the opened claim was false."""
        if from_planes(self.vector)[0] * from_planes(self.weight)[0] != self.claim:
            raise WitnessError("the committed vector does not have the claimed inner product")


def _padded(cells: Words, size: int) -> Words:
    if len(cells) > size:
        raise UsageError(f"{len(cells)} cells do not fit the {size} of the shape")
    if len(cells) == size:
        return cells
    out = np.zeros(size, np.uint32)
    out[: len(cells)] = cells
    return out


def products_of_runs(
    commitments: Sequence[Commitment], lanes: Words, log_segment: int, num_runs: int, threads: int
) -> Words:
    """<64 cells, lane weights> for each run of all commitments, planes (5, num_runs), zero where there are no cells."""
    out, start = np.zeros((DEGREE, num_runs), np.uint32), 0
    for commitment in commitments:
        runs = len(commitment.cells) // TILE
        out[:, start : start + runs] = _run_products_of(commitment.cells, lanes, threads)[:, :runs]
        start += commitment.num_segments << log_segment >> LOG_TILE
    return out


def _run_products_of(cells: Words, lanes: Words, threads: int) -> Words:
    """The same for one vector of cells; up to a whole number of vectors of runs."""
    from core_vm.field.packed import LANES
    from core_vm.pcs.packed_opening import lane_table
    from core_vm.pcs.whir.kernels import run_products

    sums, table = np.empty((DEGREE, round_up(len(cells) // TILE, LANES)), np.uint32), lane_table(lanes)
    cells = _padded(cells, sums.shape[1] * TILE)

    def part(first: int, last: int) -> None:
        run_products(cells, table, first, last, sums.reshape(-1), sums.shape[1])

    run_ranges(part, sums.shape[1], threads, LANES)
    return sums


def fold_cells(commitments: Sequence[Commitment], weights: Sequence[K], log_segment: int, threads: int) -> Words:
    """sum_j weights[j] * segment_j over the segments of all commitments, planes (5, 2^log_segment)."""
    out, done = np.zeros((DEGREE, 1 << log_segment), np.uint32), 0
    for commitment in commitments:
        stored = len(commitment.cells) >> log_segment
        _add_folded(out, commitment, weights[done : done + stored], threads)
        done += commitment.num_segments
    return out


def _add_folded(out: Words, commitment: Commitment, weights: Sequence[K], threads: int) -> None:
    """out += sum_j weights[j] * segment_j for one commitment; segments go in groups, the last one filled with zeros."""
    from core_vm.pcs.packed_opening import GROUP, group_table
    from core_vm.pcs.whir.kernels import FOLD_BLOCK, add_folded_segments

    size, count = out.shape[1], round_up(len(weights), GROUP)
    cells = _padded(commitment.cells, count * size)
    table = group_table(to_planes([*weights, *[K.zero] * (count - len(weights))]))

    def part(first: int, last: int) -> None:
        add_folded_segments(cells, size, table, count // GROUP, first, last, out.reshape(-1))

    run_ranges(part, size, threads, min(FOLD_BLOCK, size))


def _commit_vector(vector: Words, whir_round: WhirRound, threads: int) -> MerkleTree:
    """The oracle of a folded vector: its five planes, cut into segments, as columns, plane by plane."""
    from core_vm.poly.ntt_kernels import encode_segments

    width, columns = whir_round.widths[0], np.ascontiguousarray(vector).reshape(-1)
    codeword = encode_segments(columns, width, whir_round.log_size, whir_round.log_inverse_rate, threads=threads)
    return MerkleTree.commit(codeword, width, threads)
