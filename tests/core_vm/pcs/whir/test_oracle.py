"""Oracles whose code word is never there at once: the same trees and rows as of the whole code word."""

from __future__ import annotations

import numpy as np
import pytest

from core_vm.field.koalabear import P
from core_vm.hash.merkle import MerkleTree, verify_openings
from core_vm.host.scratch import scratch_words
from core_vm.pcs.whir import oracle
from core_vm.pcs.whir.oracle import CodeWord, commit_columns
from core_vm.poly.ntt_kernels import encode_segments

LOG_RATE = 3


def random_columns(count: int, log_size: int) -> np.ndarray:
    columns = np.random.default_rng(log_size).integers(0, P, count << log_size).astype(np.uint32)
    columns[:9] = P - 1
    return columns


def whole(columns: np.ndarray, width: int, log_size: int) -> MerkleTree:
    return MerkleTree.commit(encode_segments(columns, len(columns) >> log_size, log_size, LOG_RATE), width)


@pytest.mark.parametrize("at_once", [1, 3, 8])
@pytest.mark.parametrize(("stored", "width"), [(16, 48), (5, 5), (33, 33)])
def test_the_tree_is_that_of_the_whole_code_word(
    stored: int, width: int, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    log_size, threads = 7, 2
    columns, row = random_columns(stored, log_size), -(-stored // 16) * 16
    monkeypatch.setattr(oracle, "COSET_WORDS", at_once * row << log_size)
    expected = whole(columns, width, log_size)
    some_cosets, kept, made_twice = (LOG_RATE, 0, 1 << 40), (LOG_RATE + 1, 0, 1 << 40), (LOG_RATE + 1, 0, 0)
    for least, least_words, most_kept in (some_cosets, kept, (LOG_RATE, 1 << 40, 1 << 40), made_twice):
        monkeypatch.setattr(oracle, "LOG_LEAST_INVERSE_RATE", least)
        monkeypatch.setattr(oracle, "LEAST_WORDS", least_words)
        monkeypatch.setattr(oracle, "KEPT_WORDS", most_kept)
        tree = commit_columns(columns, width, log_size, LOG_RATE, threads)
        assert (tree.root, tree.width, tree.depth) == (expected.root, width, log_size + LOG_RATE)
        indices = [0, 1023, 512, 77, 77, 901, 3]
        opening = tree.open(indices, 3)
        assert all(np.array_equal(a, b) for a, b in zip(opening, expected.open(indices, 3), strict=True))
        verify_openings("test", tree.root, indices, *opening)


@pytest.mark.parametrize("log_size", [6, 7, 11, 12, 13])
@pytest.mark.parametrize("count", [1, 4, 5, 12])
def test_rows_are_values_of_the_columns(log_size: int, count: int) -> None:
    columns = random_columns(3, log_size)
    rows = encode_segments(columns, 3, log_size, LOG_RATE)
    indices = np.random.default_rng(count).integers(0, len(rows), count)
    found = CodeWord(columns, log_size, LOG_RATE, threads=2).rows_at(indices)
    assert found.dtype == np.uint32
    assert np.array_equal(found, rows[indices, :3])


def test_the_longest_code_words_are_not_held(monkeypatch: pytest.MonkeyPatch) -> None:
    """Others may use the scratch in between, and rows do not lie in it."""
    columns, indices = random_columns(20, 7), [5, 1000, 5]
    monkeypatch.setattr(oracle, "KEPT_WORDS", 0)
    monkeypatch.setattr(oracle, "LOG_LEAST_INVERSE_RATE", LOG_RATE + 1)
    with scratch_words(1) as memory:
        place = memory.ctypes.data
    tree = commit_columns(columns, 20, 7, LOG_RATE)
    with scratch_words(1 << 15) as memory:
        assert memory.ctypes.data == place
        assert memory.any()  # this is where it was made
        memory[:] = 0
    rows, _, _ = tree.open(indices, 0)
    with scratch_words(1 << 15) as memory:
        memory[:] = 0
    assert np.array_equal(rows, whole(columns, 20, 7).open(indices, 0)[0])


def test_columns_are_what_is_opened() -> None:
    """Not a copy of them: who changed a column after it was committed to would open rows that are not in the tree."""
    columns = random_columns(3, 8)
    code_word = CodeWord(columns, 8, LOG_RATE)
    before = code_word.rows_at(np.array([5]))
    columns[256] ^= 1
    after = code_word.rows_at(np.array([5]))
    assert (before != after).tolist() == [[False, True, False]]
