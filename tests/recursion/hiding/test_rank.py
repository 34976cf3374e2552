"""The rank test: what a proof opens is uniform among what its claim allows, for every shape in use; and it fails when
it must."""

from __future__ import annotations

import dataclasses
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest

from core_vm.errors import SecurityError
from core_vm.field.extension import K
from core_vm.field.koalabear import P
from core_vm.pcs.whir.few_runs import FewRuns
from core_vm.pcs.whir.weights import RunWeight
from core_vm.stark.config import NUM_BETA
from core_vm.stark.final.key import FinalConfig
from core_vm.transcript.sponge import Event, Kind
from recursion.final.proof import FINAL
from recursion.hiding import prover as prover_module
from recursion.hiding.linear_algebra import kernel, product, rank
from recursion.hiding.looking import hides, message_is_uniform, view_of
from recursion.hiding.places import RANDOM_SEGMENTS, reserved_runs
from recursion.hiding.prover import prove_hiding
from recursion.hiding.shape import ROOT, HidingShape
from recursion.hiding.tables import FIRST_RANDOM_ENTRY, NUM_RANDOM_ENTRIES
from recursion.regime import Regime
from tests.recursion.hiding.synthetic import Dimensions, Synthetic, conditions, span_of_weights, whole_rank
from tests.recursion.hiding.toys import one_round, toy_hiding_trace, toy_shape

SMALL = Dimensions(
    num_folds=5, log_segment=4, log_inverse_rate=2, num_random=8, num_data=14, num_queries=4, tail=9,
    log_lanes=2,
)  # fmt: skip


def dimensions_of(config: FinalConfig) -> Dimensions:
    first = config.opening.rounds[0]
    return Dimensions(
        first.num_folds, first.log_size, first.log_inverse_rate, RANDOM_SEGMENTS, config.segments - RANDOM_SEGMENTS,
        first.num_queries, 64 * reserved_runs(first.num_queries), first.num_samples,
    )  # fmt: skip


IN_USE = {regime: dimensions_of(config) for regime, config in FINAL.items()}
HOLDS = {"span": True, "leaves": True, "scalars": True}


def changed(base: Dimensions, **change: object) -> Dimensions:
    return dataclasses.replace(base, **change)


def test_linear_algebra() -> None:
    generator = np.random.default_rng(1)
    a = generator.integers(0, P, (6, 4)).astype(np.uint64)
    b = generator.integers(0, P, (4, 9)).astype(np.uint64)
    both = product(a, b)
    assert (rank(a), rank(b), rank(both)) == (4, 4, 4)
    assert kernel(both).shape == (9, 5)
    assert not product(both, kernel(both)).any()
    assert both.tolist() == [
        [sum(int(x) * int(y) for x, y in zip(row, column, strict=True)) % P for column in b.T] for row in a
    ]


@pytest.mark.parametrize(
    "dimensions",
    [
        SMALL,
        changed(SMALL, num_folds=4, num_data=7),
        changed(SMALL, num_folds=6, num_data=46, num_samples=3),
    ],
)
def test_all_cells_and_rows(dimensions: Dimensions) -> None:
    """Hiding, uniform, at least eight words of entropy in every leaf that is not opened; so say the conditions too."""
    view = Synthetic(dimensions, 7)
    hiding, uniform, closed = whole_rank(view)
    assert hiding
    assert uniform
    assert closed >= 8
    assert all(view.view.conditions(64).values())


def test_data_without_weight_are_hidden_too() -> None:
    """But the view is not uniform then: each point's own claim is folded to its value at q1. No proof is like that."""
    hiding, uniform, _ = whole_rank(Synthetic(changed(SMALL, data_has_weight=False), 7))
    assert hiding
    assert not uniform


@pytest.mark.parametrize(
    ("change", "failing"),
    [
        ({"num_random": 4}, "span"),
        ({"tail": 4}, "scalars"),
        ({"tail": 3}, "leaves"),
        ({"tail": 0}, "leaves"),
        ({"num_samples": 1}, "scalars"),
    ],
)
def test_it_fails_when_it_must(change: dict[str, int], failing: str) -> None:
    """Four random segments; random cells for the queries and no more; fewer; none; one sample.

    One sample is too few since the weights of columns are as regular as powers are: with weights drawn at random it
    would be enough.
    """
    view = Synthetic(changed(SMALL, **change), 7)
    hiding, uniform, _ = whole_rank(view)
    assert not hiding
    assert not uniform
    assert not view.view.conditions(64)[failing]


@pytest.mark.parametrize("seed", range(3))
def test_shapes_in_use(seed: int) -> None:
    """Real heights, queries and segments, by the conditions."""
    for dimensions in (dimensions_of(one_round()), *IN_USE.values()):
        assert conditions(dimensions, seed) == HOLDS


def test_real_proofs() -> None:
    """With the weight that a proof's own transcript has drawn: its prover has looked, and so do we, at more."""
    shape, seen = toy_shape(), []
    trace, public = toy_hiding_trace(shape)

    def looking(shape: HidingShape, *weights_and_log: Any) -> bool:
        seen.append(view_of(shape, *weights_and_log).conditions(64))
        return hides(shape, *weights_and_log)

    with patch.object(prover_module, "hides", looking):
        for _ in range(3):
            prove_hiding(shape, trace, public)
    assert seen == [HOLDS] * 3


def test_proofs_that_do_not_hide_are_not_published() -> None:
    """Not one is returned while the challenges are bad, and each attempt has a root of its own."""
    shape = toy_shape()
    trace, public = toy_hiding_trace(shape)
    roots = []

    def refusing(shape: HidingShape, of_runs: RunWeight, few_runs: list[FewRuns], log: list[Event]) -> bool:
        roots.append(next(event.values for event in log if event.label == ROOT))
        return len(roots) == 3

    with patch.object(prover_module, "hides", refusing):
        words = prove_hiding(shape, trace, public)
    assert len(set(roots)) == 3
    assert tuple(words[:8].tolist()) == roots[2]
    with patch.object(prover_module, "hides", lambda *_: False), pytest.raises(SecurityError, match="hid the witness"):
        prove_hiding(shape, trace, public)


def test_a_prover_looks_at_each_kind_of_challenge() -> None:
    """At a proof's own, of which those of one kind lie in F: the point among them at which products are checked."""
    shape, seen = toy_shape(), []
    trace, public = toy_hiding_trace(shape)

    def looking(*arguments: Any) -> bool:
        seen.append(arguments)
        return True

    with patch.object(prover_module, "hides", looking):
        prove_hiding(shape, trace, public)
    ((_, of_runs, few_runs, log),) = seen

    def in_f(event: Event) -> Event:
        values = tuple(x if place % 8 == 0 else 0 for place, x in enumerate(event.values))
        return Event(event.kind, event.label, values)

    assert hides(shape, of_runs, few_runs, log)
    for label in ("logup_beta", "product_point", "whir_fold"):
        bad = [in_f(event) if (event.kind, event.label) == (Kind.CHALLENGE, label) else event for event in log]
        assert not hides(shape, of_runs, few_runs, bad)


def test_bad_challenges_are_seen() -> None:
    """Folds in F leave the random segments' weights in F; a leaf that is asked for twice is one; points that are equal,
    or in F, say less than two do."""
    base = Synthetic(SMALL, 7).view
    in_f = [K(r.c[0]) for r in base.folds]
    assert not dataclasses.replace(base, folds=in_f).conditions(64)["span"]
    assert not dataclasses.replace(base, queries=[*base.queries, base.queries[0]]).conditions(64)["leaves"]
    for samples in ([base.samples[0]] * 2, [K(z.c[0]) for z in base.samples]):
        synthetic = Synthetic(SMALL, 7)
        synthetic.view = dataclasses.replace(synthetic.view, samples=samples)
        assert not synthetic.view.conditions(64)["scalars"]


def test_the_root_and_the_random_message_are_looked_at() -> None:
    """Weights of its entries that do not span K, and a product of fingerprints that is zero."""
    generic = np.random.default_rng(1).integers(0, P, 37).tolist()
    in_f = [x if place % 8 == 0 else 0 for place, x in enumerate(generic)]

    def looked_at(betas: list[int], e: int) -> bool:
        root = (1, 2, 3, 4, 5, e, 0, 0, 0, 0)
        return message_is_uniform(
            [Event(Kind.CHALLENGE, "logup_beta", tuple(betas)), Event(Kind.EXTENSION, "gkr_root", root)]
        )

    assert looked_at(generic, 6)
    assert not looked_at(in_f, 6)
    assert not looked_at(generic, P - 1)


@pytest.mark.parametrize("regime", Regime)
def test_shapes_in_use_fail_when_they_must(regime: Regime) -> None:
    """Without samples too, which soundness does not need where vectors are determined."""
    in_use, queries = IN_USE[regime], FINAL[regime].opening.rounds[0].num_queries
    assert not conditions(changed(in_use, num_random=4, num_data=in_use.num_data + 4), 1)["span"]
    assert not conditions(changed(in_use, tail=queries), 1)["scalars"]
    assert not conditions(changed(in_use, tail=queries - 1), 1)["leaves"]
    for few in (0, 1):
        assert not conditions(changed(in_use, num_samples=few), 1)["scalars"]


def test_the_random_message_has_a_uniform_fingerprint() -> None:
    """The weights of its entries span K over F; seven of a block that is not aligned would as well, four would not."""
    assert span_of_weights(1, FIRST_RANDOM_ENTRY, NUM_RANDOM_ENTRIES, NUM_BETA) == 5
    assert span_of_weights(1, FIRST_RANDOM_ENTRY, 4, NUM_BETA) == 4
