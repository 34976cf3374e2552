"""Openings with challenges drawn at random and weights as regular as those of columns, and their ranks by all cells."""

from __future__ import annotations

import random
from dataclasses import dataclass

import numpy as np

from core_vm.field.extension import DEGREE, eq_table, to_planes
from core_vm.field.koalabear import P, Words, from_montgomery, root_of_unity
from core_vm.field.reference import extension_multiply
from core_vm.pcs.whir.sampling import power_planes
from recursion.hiding.linear_algebra import Matrix, kernel, product, rank
from recursion.hiding.opening_view import OpeningView, Positions
from tests.elements import random_element


@dataclass(frozen=True)
class Dimensions:
    """`num_random` random segments, then `num_data` of whose 2^log_segment cells the last `tail` are random."""

    num_folds: int
    log_segment: int
    log_inverse_rate: int
    num_random: int
    num_data: int
    num_queries: int
    tail: int
    num_samples: int = 2
    data_has_weight: bool = True
    log_lanes: int = 6

    @property
    def size(self) -> int:
        return 1 << self.log_segment

    @property
    def num_segments(self) -> int:
        return self.num_random + self.num_data

    @property
    def consistent_rank(self) -> int:
        """Of all rows of the view, less the relations."""
        rows = DEGREE * (self.num_samples + 2 * self.num_folds + self.size) + self.num_queries * self.num_segments
        return rows - DEGREE - DEGREE * self.num_queries


class Synthetic:
    """A view with random challenges; `closed` is a point that is not asked for."""

    def __init__(self, dimensions: Dimensions, seed: int) -> None:
        self.dimensions, self.seed, generator = dimensions, seed, random.Random(seed)
        samples = [random_element(generator) for _ in range(dimensions.num_samples)]
        self.factors = [random_element(generator) for _ in samples]
        folds = [random_element(generator) for _ in range(dimensions.num_folds)]
        domain = dimensions.log_segment + dimensions.log_inverse_rate
        leaves = generator.sample(range(1 << domain), dimensions.num_queries + 1)
        *queries, self.closed = (pow(root_of_unity(domain), leaf, P) for leaf in leaves)
        d = dimensions
        self.view = OpeningView(
            d.num_segments, d.num_random, d.size, d.tail, folds, queries, samples, self.factors, self.data_weight
        )  # fmt: skip

    def data_weight(self, positions: Positions) -> Words:
        """A power of one element a run times a weight of the lane, as columns have it; zero for random cells."""
        d, generator = self.dimensions, random.Random(self.seed)
        total = np.zeros((DEGREE, 1 << d.num_folds, len(positions)), np.uint32)
        if not d.data_has_weight:
            return total
        lanes = to_planes([random_element(generator) for _ in range(1 << d.log_lanes)])
        runs = power_planes(random_element(generator), d.size >> d.log_lanes << d.num_folds)
        by_run = runs.reshape(DEGREE, 1 << d.num_folds, -1)[:, :, positions >> d.log_lanes]
        data = extension_multiply(by_run, lanes[:, None, positions % (1 << d.log_lanes)])
        data[:, :, positions >= d.size - d.tail] = 0
        total[:, d.num_random : d.num_segments] = data[:, d.num_random : d.num_segments]
        return total


def conditions(dimensions: Dimensions, seed: int) -> dict[str, bool]:
    """By `OpeningView`, with many directions."""
    return Synthetic(dimensions, seed).view.conditions(64)


def whole_rank(synthetic: Synthetic) -> tuple[bool, bool, int]:
    """By all cells and rows: (whether it hides, whether the view is uniform, the entropy in words of a closed leaf)."""
    d, view = synthetic.dimensions, synthetic.view
    positions = np.arange(d.size)
    identity = np.eye(d.num_segments, dtype=np.uint64)

    def leaves(points: list[int]) -> Matrix:
        powers = [[pow(x, k, P) for k in range(d.size)] for x in points]
        return np.concatenate([np.kron(identity, np.array(row, np.uint64)) for row in powers])

    folded = np.kron(view.weights_of_segments(), np.eye(d.size, dtype=np.uint64))
    rows = np.concatenate([view.scalar_rows(positions), folded, leaves(list(view.queries))])
    is_random = np.zeros((d.num_segments, d.size), np.bool_)
    is_random[: d.num_random], is_random[:, d.size - d.tail :] = True, True
    free, data = np.flatnonzero(is_random), np.flatnonzero(~is_random)
    claim = from_montgomery(synthetic.data_weight(positions)[:, : d.num_segments].reshape(DEGREE, -1))
    changes = kernel(claim[:, data])  # of the data that leave the public claim as it is
    reached = rank(rows[:, free])
    with_data = rank(np.concatenate([rows[:, free], product(rows[:, data], changes)], axis=1))
    closed = rank(np.concatenate([rows[:, free], leaves([synthetic.closed])[:, free]])) - reached
    return with_data == reached, reached == d.consistent_rank, closed


def span_of_weights(seed: int, first: int, count: int, num_beta: int) -> int:
    """The dimension over F of the weights of the entries first .. first + count - 1 of a message."""
    generator = random.Random(seed)
    weights = eq_table([random_element(generator) for _ in range(num_beta)])
    return rank([weight.c for weight in weights[first : first + count]])
