"""Before a proof is published its prover looks whether the challenges that it happened to get hide the witness.

Three things depend on challenges: that the random message's fingerprint is uniform (the weights of its entries span K),
that the product of all fingerprints is not zero, and that the opening hides (`opening_view`). They fail with a
probability that nobody has to estimate: challenges are public, and if they are bad, the proof is thrown away and
another one made, with other randomness. What is published is then hidden for certain, as far as the sponge is ideal.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core_vm.air.table import LOG_TILE, TILE
from core_vm.field.extension import DEGREE, K, eq_table, powers
from core_vm.field.koalabear import Words
from core_vm.field.reference import extension_add, extension_multiply
from core_vm.pcs.whir.few_runs import FewRuns
from core_vm.pcs.whir.weights import RunWeight
from core_vm.transcript.numbers import NUMBERS
from core_vm.transcript.sponge import Event, Kind
from recursion.hiding.linear_algebra import rank
from recursion.hiding.opening_view import OpeningView, Positions
from recursion.hiding.places import RANDOM_SEGMENTS
from recursion.hiding.shape import HidingShape
from recursion.hiding.tables import FIRST_RANDOM_ENTRY, NUM_RANDOM_ENTRIES

SPARE_DIRECTIONS = 4
BLOCK = 8  # of squeezed elements: a challenge is the first five of each


def hides(shape: HidingShape, of_runs: RunWeight, few_runs: Sequence[FewRuns], log: Sequence[Event]) -> bool:
    """Whether the proof with these opened weights and this log of its channel hides its witness."""
    view = view_of(shape, of_runs, few_runs, log)
    return message_is_uniform(log) and products_are_hidden(log) and all(view.conditions(SPARE_DIRECTIONS).values())


def message_is_uniform(log: Sequence[Event]) -> bool:
    """The random message's fingerprint is uniform, and so is the product of all of them, which is not zero."""
    weights = eq_table(challenges(log, "logup_beta"))[FIRST_RANDOM_ENTRY : FIRST_RANDOM_ENTRY + NUM_RANDOM_ENTRIES]
    root = next(event.values for event in log if event.label == "gkr_root")
    return rank([weight.c for weight in weights]) == DEGREE and 1 + K(*root[DEGREE:]) != K.zero


def products_are_hidden(log: Sequence[Event]) -> bool:
    """The point at which products are checked is none of those that factors lie at, which are in F."""
    return any(any(tau.c[1:]) for tau in challenges(log, "product_point"))


def view_of(shape: HidingShape, of_runs: RunWeight, few_runs: Sequence[FewRuns], log: Sequence[Event]) -> OpeningView:
    """The view of the first fold, from a log of the events of its proof."""
    first, size = shape.opening.rounds[0], 1 << shape.opening.log_segment
    drawn = next(event.values for event in log if event.label == "whir_queries" and event.kind is Kind.INDICES)
    leaves = sorted({value & (1 << first.log_domain) - 1 for value in drawn})
    samples, gamma = challenges(log, "whir_samples")[: first.num_samples], challenges(log, "whir_combination")[0]
    return OpeningView(
        num_segments=shape.places.num_segments,
        num_random=RANDOM_SEGMENTS,
        size=size,
        tail=TILE * shape.places.reserved,
        folds=challenges(log, "whir_fold")[: first.num_folds],
        queries=np.asarray(NUMBERS.domain_points(leaves, first.log_domain)).tolist(),
        samples=samples,
        factors=powers(gamma, len(samples), gamma),
        weight=lambda positions: weights_at(of_runs, few_runs, 1 << first.num_folds, positions),
    )


def weights_at(of_runs: RunWeight, few_runs: Sequence[FewRuns], num_segments: int, positions: Positions) -> Words:
    """The opened weight, samples apart, at these positions of all segments: planes (5, segments, positions)."""
    runs, lanes = positions >> LOG_TILE, positions % TILE
    by_segment = of_runs.runs.reshape(DEGREE, num_segments, -1)
    total = extension_multiply(by_segment[:, :, runs], of_runs.lanes[:, None, lanes])
    for few in few_runs:
        for number, (segment, run) in enumerate(zip(*np.divmod(few.runs, by_segment.shape[2]), strict=True)):
            there = np.flatnonzero(runs == run)
            total[:, segment, there] = extension_add(total[:, segment, there], few.weights[:, number, lanes[there]])
    return total


def challenges(log: Sequence[Event], label: str) -> list[K]:
    """All elements of K that were drawn under a label, in order."""
    drawn = [event.values for event in log if event.label == label and event.kind is Kind.CHALLENGE]
    return [K(*values[at : at + DEGREE]) for values in drawn for at in range(0, len(values), BLOCK)]
