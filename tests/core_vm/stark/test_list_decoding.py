"""The terms of list decoding against tables that others published.

They are ethereum/soundcalc's reports for its WHIR example (Goldilocks^3) and for OpenVM 2 (BabyBear^4), and leanVM's
parameters (crates/whir/src/config.rs at 5cf504a5: 124 bits, |K| taken as 2^155).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from core_vm.stark.list_decoding import (
    READINGS,
    STRICT,
    Bound,
    Reading,
    distance_factor,
    exceptional_challenges,
    list_fold_bits,
    list_query_bits,
    list_size,
    out_of_domain_bits,
)
from core_vm.stark.soundness_terms import agreement, fold_bits, queries_for


def johnson_list_size(log_inverse_rate: int, multiplicity: int) -> float:
    """m / rho, a weaker bound that some published tables are made with."""
    return multiplicity * 2.0**log_inverse_rate if multiplicity else 1.0


def list_queries_for(bits: float, log_inverse_rate: int, multiplicity: int) -> int:
    """The fewest queries with at least `bits`."""
    return max(1, math.ceil(bits / -math.log2(distance_factor(log_inverse_rate, multiplicity)) - 1e-9))


ListSize = Callable[[int, int], float]


@dataclass
class Published:
    """A table: log2 of the messages' lengths and of the inverse rates, round by round, all folded by four variables."""

    field_bits: float
    multiplicity: int
    log_sizes: list[int]
    rates: list[int]
    queries: list[int]
    lists: ListSize
    degree: int = 3

    def folds(self) -> list[float]:
        """Over the vector, as soundcalc counts; without grinding."""
        bits = []
        for log_size, rate in zip(self.log_sizes, self.rates, strict=True):
            for fold in range(1, 5):
                exceptional = exceptional_challenges(log_size + rate - fold, rate, self.multiplicity, Bound.BCHKS)
                lists = self.lists(rate, self.multiplicity)
                bits.append(list_fold_bits(lists, exceptional, self.field_bits, self.degree))
        return bits

    def samples(self) -> list[int]:
        """One sample after each root but the first."""
        later = zip(self.log_sizes[1:], self.rates[1:], strict=True)
        return [
            math.floor(out_of_domain_bits(self.lists(rate, self.multiplicity), size, 1, self.field_bits))
            for size, rate in later
        ]

    def query_bits(self, number: int) -> float:
        return list_query_bits(self.queries[number], self.rates[number], self.multiplicity)

    def shift(self, number: int) -> float:
        """Queries, and the batching of their claims with the sample's over the next oracle's list."""
        error = 2.0 ** -self.query_bits(number)
        if number + 1 < len(self.rates):
            claims = self.queries[number] + 1
            error += self.lists(self.rates[number + 1], self.multiplicity) * claims * 2.0**-self.field_bits
        return -math.log2(error)


EXAMPLE = Published(
    3 * math.log2(2**64 - 2**32 + 1),
    multiplicity=50,
    log_sizes=[22, 18, 14, 10, 6],
    rates=[4, 7, 10, 13, 16],
    queries=[55, 31, 22, 17, 14],
    lists=johnson_list_size,
    degree=8,
)
BABYBEAR_4 = 4 * math.log2(15 * 2**27 + 1)
INTERNAL = Published(BABYBEAR_4, 2, [19, 15, 11], [3, 6, 9], [68, 30, 20], list_size)
ROOT = Published(BABYBEAR_4, 1, [20, 16, 12], [4, 7, 10], [57, 28, 19], list_size)


def test_the_example_of_soundcalc() -> None:
    grinding = [16, 14, 12, 10, 14, 12, 10, 8, 17, 15, 13, 11, 19, 17, 15, 13, 22, 20, 18, 16]
    folds = [math.floor(bits + work) for bits, work in zip(EXAMPLE.folds(), grinding, strict=True)]
    assert folds == [149, 148, 147, 146, 143, 142, 141, 140, 143, 142, 141, 140, 141, 140, 139, 138, 141, 140, 139, 138]
    assert EXAMPLE.samples() == [149, 147, 145, 143]
    queries = [math.floor(EXAMPLE.query_bits(i) + work) for i, work in enumerate([22, 22, 20, 19, 17])]
    assert queries == [131, 130, 129, 129, 128]
    batching = 199 * exceptional_challenges(26, 4, 50, Bound.BCHKS)
    assert math.floor(EXAMPLE.field_bits - math.log2(batching) + 21) == 145


def test_the_internal_circuit_of_openvm() -> None:
    assert [math.floor(bits + 18) for bits in INTERNAL.folds()] == [
        *(110, 111, 112, 113, 106, 107, 108, 109, 103, 104, 105, 106),
    ]
    assert INTERNAL.samples() == [100, 101]
    assert [math.floor(INTERNAL.shift(number) + 20) for number in range(3)] == [100, 100, 103]
    batching = 511 * exceptional_challenges(22, 3, 2, Bound.BCHKS)
    assert math.floor(BABYBEAR_4 - math.log2(batching) + 20) == 102


def test_the_root_circuit_of_openvm() -> None:
    assert [math.floor(bits + 20) for bits in ROOT.folds()] == [
        *(112, 113, 114, 115, 108, 109, 110, 111, 105, 106, 107, 108),
    ]
    assert [math.floor(ROOT.query_bits(number) + 20) for number in range(3)] == [100, 101, 103]
    assert ROOT.samples() == [100, 101]


def leanvm(variables: int, rate: int) -> tuple[list[int], list[int]]:
    """Its search: the multiplicity with the fewest queries whose folds need at most 16 bits of work."""

    def work(multiplicity: int) -> float:
        exceptional = exceptional_challenges(variables + rate, rate, multiplicity, Bound.BCHKS)
        lists = 2 * johnson_list_size(rate, multiplicity)
        return max(0.0, 124 - 155 + math.log2(max(exceptional, lists)))

    queries, grinding = [], []
    for number in range(4):
        best = (list_queries_for(108, rate, 3), 3)
        for multiplicity in range(3, 101):
            if math.ceil(work(multiplicity)) > 16:
                break
            best = min(best, (list_queries_for(108, rate, multiplicity), multiplicity), key=lambda x: x[0])
        queries.append(best[0])
        grinding.append(math.ceil(work(best[1])))
        variables, rate = variables - (5 if number else 7), rate + (4 if number else 2)
    return queries, grinding


def test_the_parameters_of_leanvm() -> None:
    assert leanvm(26, 1) == ([243, 74, 32, 21], [16, 16, 14, 14])
    assert leanvm(26, 2)[0] == [118, 56, 28, 19]


@pytest.mark.parametrize("rate", [1, 2, 4, 6])
def test_multiplicity_zero_is_unique_decoding(rate: int) -> None:
    assert list_size(rate, 0) == johnson_list_size(rate, 0) == 1
    assert distance_factor(rate, 0) == agreement(rate)
    assert list_queries_for(112, rate, 0) == queries_for(112, rate)
    for bound in Bound:
        exceptional = exceptional_challenges(20, rate, 0, bound)
        assert list_fold_bits(1, exceptional, 154.9) == fold_bits(20, 154.9)


def test_readings_in_force() -> None:
    """PRINTED is the worse of the two forms of one theorem, and the vector has more points than a segment."""
    assert set(STRICT) <= set(READINGS)
    assert str(Reading(Bound.PRINTED, False)) == "PRINTED over a segment"
    for multiplicity in (3, 4, 10):
        printed, theirs = (exceptional_challenges(20, 3, multiplicity, b) for b in (Bound.PRINTED, Bound.BCHKS))
        assert printed > 16 * theirs


def test_two_samples_fix_one_vector_and_one_does_not() -> None:
    """The first commitment of a final proof: 2^21 cells, rate 1/32, multiplicity 7. Its list is of 42 vectors."""
    lists = list_size(5, 7)
    assert 42 < lists < 43
    assert out_of_domain_bits(lists, 21, 2, 154.94) > 250
    assert out_of_domain_bits(lists, 21, 1, 154.94) < 128
    assert out_of_domain_bits(lists, 21, 0, 154.94) < 0
