"""The prover of a WHIR opening: of a committed vector of cells, its inner product with a weight.

The rounds of the first fold bind segment bits, which are bits of the run number: they work on one K element a run of 64
cells, the run's inner product with the lanes' weights, and never touch the cells. Then the cells are folded once, by
all challenges of the first fold together, into a K vector of one segment's length. See verifier.py for the protocol.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core_vm.errors import WitnessError
from core_vm.field.bulk import power_words
from core_vm.field.extension import DEGREE, K, eq_table, from_planes, inner, inner_planes, powers, to_planes
from core_vm.field.koalabear import Words
from core_vm.field.reference import extension_add
from core_vm.hash.merkle import MerkleTree
from core_vm.host.threads import run_ranges
from core_vm.pcs.whir.commitment import Commitment
from core_vm.pcs.whir.config import WhirShape
from core_vm.pcs.whir.few_runs import NO_RUNS, FewRuns
from core_vm.pcs.whir.oracle import commit_columns
from core_vm.pcs.whir.rounds import WhirRound
from core_vm.pcs.whir.runs import padded, products_of_runs
from core_vm.pcs.whir.samples import NO_SAMPLES, Samples
from core_vm.pcs.whir.sampling import (
    NOT_SAMPLED,
    SampledCells,
    add_sample_weights,
    lane_powers,
    run_powers,
    sample_vector,
)
from core_vm.pcs.whir.vectors import fold, round_polynomial
from core_vm.pcs.whir.weights import RunWeight, add_query_weights, expand_runs, padded_planes, round_up
from core_vm.transcript.channel import ProverChannel
from core_vm.transcript.numbers import NUMBERS


def open_vector(
    channel: ProverChannel,
    commitments: Sequence[Commitment],
    weight: RunWeight,
    claim: K,
    shape: WhirShape,
    threads: int = 1,
    sampled: SampledCells = NOT_SAMPLED,
    few_runs: Sequence[FewRuns] = NO_RUNS,
    products: Words | None = None,
) -> None:
    """Proves <q, weight> = claim, and what was `sampled`, to whoever holds the roots of the commitments, whose segments
    follow one another.

    The weight has shape.num_runs runs; `few_runs` of the first commitment have further weights. `products` are
    <64 cells, lane weights> of each run that is not zero, from whoever has them. Raises WitnessError if the claim is
    false.
    """
    opening = Opening(channel, claim, threads)
    if products is None:
        products = products_of_runs(commitments, weight.lanes, shape.log_segment, shape.num_runs, threads)
    products = padded_planes(products[:, : shape.num_runs], shape.num_runs)
    opening.pairs = [(products, weight.runs)]
    all_lanes = [weight.lanes, *opening.add_samples(sampled, shape.num_runs)]
    opening.pairs += [few.pair(commitments[0], shape) for few in few_runs]
    bound = opening.sumcheck(shape.rounds[0].grinding_of_folds)
    vector = fold_cells(commitments, eq_table(bound[::-1]), shape.log_segment, threads)
    opening.expand(vector, all_lanes, few_runs)
    open_folded(opening, [commitment.tree for commitment in commitments], bound, shape)


def open_folded(opening: Opening, trees: Sequence[MerkleTree], bound: list[K], shape: WhirShape) -> None:
    """All that follows the first fold, which has `bound` these challenges and left one vector and weight. `trees` are
    those of what was folded."""
    channel, threads = opening.channel, opening.threads
    for number, whir_round in enumerate(shape.rounds):
        if number:
            bound = opening.sumcheck(whir_round.grinding_of_folds)
        next_trees, samples = [], NO_SAMPLES
        if number + 1 < len(shape.rounds):
            next_trees = [_commit_vector(opening.vector, shape.rounds[number + 1], threads)]
            channel.send_digest("whir_root", next_trees[0].root)
            samples = sample_vector(channel, opening.vector, shape.rounds[number + 1], threads)
        else:
            channel.send_extension("whir_final", from_planes(opening.vector))
        channel.grind("whir_work", whir_round.query_grinding, whir_round.num_queries, threads)
        opening.query(trees, whir_round, bound[::-1], samples)
        trees = next_trees
    opening.sumcheck((0,) * shape.log_final)
    opening.check_end()


class Opening:
    """Vectors and weights that are left, and the claim on the sum of their inner products.

    While segment bits are bound there is a pair a product of weights of run and lane: the jagged one, and those of
    samples, and of few runs. From then on there is one pair: the folded vector and the sum of all weights.
    """

    def __init__(self, channel: ProverChannel, claim: K, threads: int) -> None:
        self.channel, self.claim, self.threads = channel, claim, threads
        self.pairs: list[tuple[Words, Words]] = []

    @property
    def vector(self) -> Words:
        """Once there is one."""
        ((vector, _),) = self.pairs
        return vector

    def add_samples(self, sampled: SampledCells, runs: int) -> list[Words]:
        """Their claims join with powers of a challenge from the first on. Returns the lane weights of the new pairs."""
        if not sampled.products:
            return []
        points, values = sampled.samples.points, sampled.samples.values
        gamma = self.channel.challenge("whir_combination")
        coefficients = powers(gamma, len(points), gamma)
        self.claim = self.claim + inner(coefficients, values)
        for z, coefficient, products in zip(points, coefficients, sampled.products, strict=True):
            self.pairs.append((products, run_powers(z, runs, self.threads, coefficient)))
        return [lane_powers(z) for z in points]

    def expand(self, vector: Words, all_lanes: Sequence[Words], few_runs: Sequence[FewRuns] = NO_RUNS) -> None:
        """From runs to cells, all segment bits being bound: one pair is left, of the folded vector."""
        of_lanes, of_few = self.pairs[: len(all_lanes)], self.pairs[len(all_lanes) :]
        first, *others = [
            expand_runs(weight, lanes, self.threads) for (_, weight), lanes in zip(of_lanes, all_lanes, strict=True)
        ]
        for other in others:
            first = extension_add(first, other)
        for (_, weight), few in zip(of_few, few_runs, strict=True):
            few.add_to(first, weight)
        self.pairs = [(vector, first)]

    def sumcheck(self, grinding: Sequence[int]) -> list[K]:
        """Binds the highest bits, with so much work before each challenge; returns the challenges in that order."""
        challenges = []
        for bits in grinding:
            parts = [round_polynomial(*pair, self.threads) for pair in self.pairs]
            constant, square = (sum(coefficients, K.zero) for coefficients in zip(*parts, strict=True))
            self.channel.send_extension("whir_round", [constant, square])
            self.channel.grind("whir_fold_work", bits, threads=self.threads)
            r = self.channel.challenge("whir_fold")
            self.claim = constant + r * (self.claim - constant - constant - square + r * square)
            self.pairs = [
                (fold(vector, r, self.threads), fold(weight, r, self.threads)) for vector, weight in self.pairs
            ]
            challenges.append(r)
        return challenges

    def query(self, trees: Sequence[MerkleTree], whir_round: WhirRound, point: Sequence[K], samples: Samples) -> None:
        """Opens the oracle at the drawn leaves and adds claims about the folded vector: the samples of its own oracle,
        and that it has the leaves' folds as values."""
        draws = self.channel.indices("whir_queries", whir_round.log_domain, whir_round.num_queries)
        leaves = [self.channel.send_rows(tree, draws, whir_round.log_cap) for tree in trees]
        values = [*samples.values, *NUMBERS.fold_rows(leaves, point, whir_round.in_extension)]
        gamma = self.channel.challenge("whir_combination")
        coefficients = power_words(gamma, len(values), gamma)
        self.claim = self.claim + inner_planes(coefficients, to_planes(values))
        ((vector, weight),), count = self.pairs, len(samples.points)
        weight = add_sample_weights(weight, samples, from_planes(coefficients[:, :count]), self.threads)
        add_query_weights(weight, draws, coefficients[:, count:], whir_round.log_domain, self.threads)
        self.pairs = [(vector, weight)]

    def check_end(self) -> None:
        """All bits are bound: one product is left, which differs from the claim when the opened claim was false."""
        ((vector, weight),) = self.pairs
        if from_planes(vector)[0] * from_planes(weight)[0] != self.claim:
            raise WitnessError("the committed vector does not have the claimed inner product")


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
    cells = padded(commitment.cells, count * size)
    table = group_table(to_planes([*weights, *[K.zero] * (count - len(weights))]))

    def part(first: int, last: int) -> None:
        add_folded_segments(cells, size, table, count // GROUP, first, last, out.reshape(-1))

    run_ranges(part, size, threads, min(FOLD_BLOCK, size))


def _commit_vector(vector: Words, whir_round: WhirRound, threads: int) -> MerkleTree:
    """The oracle of a folded vector: its five planes, cut into segments, as columns, plane by plane."""
    columns = np.ascontiguousarray(vector).reshape(-1)
    return commit_columns(columns, whir_round.widths[0], whir_round.log_size, whir_round.log_inverse_rate, threads)
