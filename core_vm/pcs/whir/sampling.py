"""The prover's half of out-of-domain samples: evaluating the vector, and the claims' weights. See `samples`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core_vm.air.table import TILE
from core_vm.field.bulk import power_words
from core_vm.field.extension import K, inner_planes
from core_vm.field.koalabear import Words
from core_vm.field.reference import extension_add
from core_vm.pcs.whir.commitment import Commitment
from core_vm.pcs.whir.config import WhirShape
from core_vm.pcs.whir.rounds import WhirRound
from core_vm.pcs.whir.runs import products_of_runs
from core_vm.pcs.whir.samples import NO_SAMPLES, Samples
from core_vm.pcs.whir.weights import power_planes
from core_vm.transcript.channel import ProverChannel


@dataclass(frozen=True, slots=True)
class SampledCells:
    """Samples of committed cells. For each, `products` has <64 cells, z^lane> of every run, planes (5, runs)."""

    samples: Samples = NO_SAMPLES
    products: tuple[Words, ...] = ()


NOT_SAMPLED = SampledCells()


def sample_cells(
    channel: ProverChannel, commitments: Sequence[Commitment], shape: WhirShape, threads: int = 1
) -> SampledCells:
    """`samples.receive_samples` for the first round, of all commitments together."""
    count = shape.rounds[0].num_samples
    if not count:
        return NOT_SAMPLED
    points, runs = channel.challenges("whir_samples", count), shape.num_runs
    products = [products_of_runs(commitments, lane_powers(z), shape.log_segment, runs, threads) for z in points]
    values = [inner_planes(of_runs, run_powers(z, runs, threads)) for z, of_runs in zip(points, products, strict=True)]
    return SampledCells(answered(channel, points, values), tuple(products))


def sample_vector(channel: ProverChannel, vector: Words, whir_round: WhirRound, threads: int = 1) -> Samples:
    """The same for the oracle of a vector in K, planes (5, n)."""
    if not whir_round.num_samples:
        return NO_SAMPLES
    points = channel.challenges("whir_samples", whir_round.num_samples)
    values = [inner_planes(vector, power_planes(z, vector.shape[1], threads=threads)) for z in points]
    return answered(channel, points, values)


def answered(channel: ProverChannel, points: Sequence[K], values: Sequence[K]) -> Samples:
    """Sends what the vector is at the points."""
    channel.send_extension("whir_answers", values)
    return Samples(tuple(points), tuple(values))


def lane_powers(z: K) -> Words:
    """z^lane, planes (5, 64)."""
    return power_words(z, TILE)


def run_powers(z: K, num_runs: int, threads: int = 1, first: K = K.one) -> Words:
    """first * z^(64 run), planes (5, num_runs)."""
    return power_planes(z**TILE, num_runs, threads, first)


def add_sample_weights(weight: Words, samples: Samples, coefficients: Sequence[K], threads: int = 1) -> Words:
    """weight[i] + sum_k coefficients[k] z_k^i, planes (5, n)."""
    for z, coefficient in zip(samples.points, coefficients, strict=True):
        weight = extension_add(weight, power_planes(z, weight.shape[1], threads, coefficient))
    return weight
