"""Pruned openings: restored they are the opening, word for word, and no word of them can be another."""

from __future__ import annotations

import random

import numpy as np
import pytest

from core_vm.errors import MerkleRejection, UsageError
from core_vm.field.koalabear import P, to_montgomery
from core_vm.hash.merkle import MerkleTree, verify_cap, verify_openings
from core_vm.hash.pruned_paths import OpeningForm, pruned, restored

WIDTH, STORED, DEPTH = 19, 17, 6


def tree() -> MerkleTree:
    values = np.random.default_rng(4).integers(0, P, (1 << DEPTH, WIDTH), dtype=np.uint32)
    values[:, STORED:] = 0
    padded = np.zeros((1 << DEPTH, 32), np.uint32)
    padded[:, :WIDTH] = to_montgomery(values)
    return MerkleTree.commit(padded, WIDTH)


class Words:
    """Hands out words and knows when there are none."""

    def __init__(self, words: np.ndarray) -> None:
        self._words, self.at = words, 0

    def take(self, count: int) -> np.ndarray:
        assert self.at + count <= len(self._words)
        self.at += count
        return self._words[self.at - count : self.at]


CASES = {
    "one": ([37], 0),
    "the_same_twice": ([5, 5], 2),
    "neighbours": ([8, 9, 30, 8], 2),
    "all": (list(range(1 << DEPTH)), 3),
    "no_level_below_the_cap": ([3, 60, 3], DEPTH),
    "many": ([random.Random(n).randrange(1 << DEPTH) for n in range(20)], 4),
    "first_and_last": ([0, (1 << DEPTH) - 1], 1),
}


@pytest.mark.parametrize(("indices", "log_cap"), CASES.values(), ids=CASES)
def test_what_is_pruned_is_restored(indices: list[int], log_cap: int) -> None:
    made = tree()
    form = OpeningForm(WIDTH, STORED, DEPTH, log_cap)
    opening = made.open(indices, log_cap)
    words = np.concatenate(pruned(form, indices, *opening))
    assert len(words) < sum(part.size for part in opening)
    source = Words(words)
    again = restored(form, indices, source.take)
    assert source.at == len(words)
    for part, expected in zip(again, opening, strict=True):
        assert np.array_equal(part, expected)
    verify_openings("opening", made.root, indices, *again)


def test_every_word_counts() -> None:
    made, (indices, log_cap) = tree(), CASES["many"]
    form = OpeningForm(WIDTH, STORED, DEPTH, log_cap)
    words = np.concatenate(pruned(form, indices, *made.open(indices, log_cap)))
    for place in range(0, len(words), 3):
        changed = words.copy()
        changed[place] = (changed[place] + 1) % P
        with pytest.raises(MerkleRejection):
            verify_cap("cap", made.root, restored(form, indices, Words(changed).take)[2])


def test_other_indices_do_not_lead_to_the_root() -> None:
    made, form = tree(), OpeningForm(WIDTH, STORED, DEPTH, 2)
    words = np.concatenate(pruned(form, [8, 30], *made.open([8, 30], 2)))
    with pytest.raises(MerkleRejection):
        verify_cap("cap", made.root, restored(form, [9, 30], Words(words).take)[2])


def test_elements_where_there_are_none_are_refused() -> None:
    rows, paths, cap = tree().open([3], 2)
    rows[0, STORED] = 1
    with pytest.raises(UsageError, match="beyond the first 17"):
        pruned(OpeningForm(WIDTH, STORED, DEPTH, 2), [3], rows, paths, cap)
