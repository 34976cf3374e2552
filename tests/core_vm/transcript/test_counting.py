"""Counting finds what is computed, changes nothing about it, and refuses what the verifier refuses."""

from __future__ import annotations

from collections import Counter
from unittest.mock import patch

import numpy as np
import pytest

from core_vm.errors import Rejection
from core_vm.field.extension import K
from core_vm.hash import poseidon2
from core_vm.hash.poseidon2_parameters import POSEIDON2_24
from core_vm.stark.prover import prove_shard
from core_vm.stark.verifier import verify_words
from core_vm.transcript.counting import LEAF_PERMUTATIONS, PERMUTATIONS, Counted, Counting, CountingChannel, Meter
from tests.core_vm.stark.toys import QUICK, toy_tables, toy_trace

TABLES = toy_tables()


def test_operations_count_by_the_field_of_the_other_operand() -> None:
    meter = Meter()
    x, y = Counted(meter, K(1, 2)), Counted(meter, K(3))
    assert ((2 * x + y) * K(0, 1) - 1 - x * y).value == (2 * K(1, 2) + 3) * K(0, 1) - 1 - K(1, 2) * 3
    assert meter.cost["statement"] == {
        "base multiplications": 1,
        "extension additions": 2,
        "extension multiplications": 2,
        "base additions": 1,
    }


def test_the_innermost_part_counts() -> None:
    meter = Meter()
    arithmetic = Counting(meter)
    with arithmetic.part("outer"):
        arithmetic.horner(K(2), [K(1), K(1)])
        with arithmetic.part("inner"):
            assert arithmetic.inner([K(2)], [K(3)]).value == 6
    assert meter.cost == {
        "outer": {"extension multiplications": 2, "extension additions": 2},
        "inner": {"extension multiplications": 1, "extension additions": 1},
    }


def test_a_proof_is_verified_and_its_permutations_are_those_that_happen() -> None:
    trace, public = toy_trace(TABLES, 70)
    words = prove_shard(TABLES, trace, public, config=QUICK)
    happened = {PERMUTATIONS: 0, LEAF_PERMUTATIONS: 0}

    def counting(states: np.ndarray, width: poseidon2.Poseidon2 = poseidon2.POSEIDON2_16) -> np.ndarray:
        happened[LEAF_PERMUTATIONS if width is POSEIDON2_24 else PERMUTATIONS] += len(states)
        return permute_batch(states, width)

    permute_batch, channel = poseidon2.permute_batch, CountingChannel(words)
    with patch.object(poseidon2, "permute_batch", counting):
        verify_words(channel, TABLES, public, QUICK)
    counted = sum((counts for part, counts in channel.meter.cost.items() if part != "transcript"), Counter())
    assert {kind: counted[kind] for kind in happened} == happened
    assert {"logup-gkr", "row statement", "constraints", "opened weight", "merkle paths"} <= set(channel.meter.cost)


def test_a_changed_proof_is_refused() -> None:
    trace, public = toy_trace(TABLES, 70)
    words = prove_shard(TABLES, trace, public, config=QUICK)
    words[len(words) // 3] ^= 1
    with pytest.raises(Rejection):
        verify_words(CountingChannel(words), TABLES, public, QUICK)
