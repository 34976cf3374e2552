"""Every element that a verification draws belongs to a term of its security, and no term speaks of others."""

from __future__ import annotations

from collections import Counter

import numpy as np

from core_vm.stark.shape import ShardShape
from core_vm.stark.soundness import SecurityReport
from core_vm.stark.verifier import security_of
from tests.soundness.recorded import recorded
from tests.soundness.recording import SQUEEZED, elements
from tests.soundness.runs import QUICK, TABLES, everything


def drawn() -> Counter[str]:
    counts: Counter[str] = Counter()
    for event in recorded()[2]:
        if event.kind in SQUEEZED:
            counts[event.label] += elements(event)
    return counts


def report() -> SecurityReport:
    shape = ShardShape.of(TABLES, recorded()[0][: len(TABLES.tables)].astype(np.int64).tolist(), QUICK)
    return security_of(TABLES, shape, everything().public, QUICK)


def test_what_is_drawn_is_what_the_terms_list() -> None:
    listed: Counter[str] = Counter()
    for term in report().terms:
        listed.update(dict(term.draws))
    assert listed == drawn()


def test_a_term_counts_what_it_lists() -> None:
    """But for the fingerprint's alpha and beta, the point of groups and a round's queries, whose error is one of them
    together, and for the zerocheck's point, whose coordinates are those of the tree's last layer."""
    together = {"LogUp fingerprint", "GKR groups", *(f"WHIR round {number}: queries" for number in range(10))}
    of_rows = next(term for term in report().terms if term.name == "zerocheck sumcheck")
    for term in report().terms:
        if term.name == "zerocheck point":
            assert (term.draws, term.count) == ((), of_rows.count)
        elif term.name in together:
            assert term.count == 1
        else:
            assert term.count == sum(count for _, count in term.draws)
