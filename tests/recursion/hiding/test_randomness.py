"""The stream of a proof's randomness: canonical, uniform, never the same twice, and not to be copied."""

from __future__ import annotations

import copy
import pickle
from unittest.mock import patch

import numpy as np
import pytest

from core_vm.errors import UsageError
from core_vm.field.koalabear import P
from recursion.hiding.randomness import SEED_BYTES, Randomness


def test_words_are_canonical_and_spread() -> None:
    words = Randomness(bytes(SEED_BYTES)).words(100_000)
    assert words.dtype == np.uint32
    assert len(words) == 100_000
    assert int(words.max()) < P
    counts = np.bincount((words.astype(np.uint64) * 64 // P).astype(np.int64), minlength=64)
    # 63 degrees of freedom: beyond 130 once in a million streams, and this stream is always the same.
    assert ((counts - 100_000 / 64) ** 2 / (100_000 / 64)).sum() < 130


def test_words_from_p_on_are_rejected() -> None:
    stream = np.array([P, 5, (1 << 31) - 1, P - 1, P + 1, 1 << 31, *range(40)], "<u4").tobytes()
    with patch.object(Randomness, "stream", lambda self, count: stream):
        assert Randomness(bytes(SEED_BYTES)).words(4).tolist() == [5, P - 1, 0, 0]


def test_a_short_stream_is_continued() -> None:
    whole = Randomness(bytes(SEED_BYTES))
    with patch.object(Randomness, "stream", lambda self, count: np.full(3, 7, "<u4").tobytes()):
        assert whole.words(8).tolist() == [7] * 8


def test_calls_do_not_repeat() -> None:
    randomness = Randomness(bytes(SEED_BYTES))
    assert len(set(randomness.words(50).tolist()) | set(randomness.words(50).tolist())) == 100
    assert Randomness(bytes(SEED_BYTES)).words(3).tolist() == Randomness(bytes(SEED_BYTES)).words(3).tolist()


def test_fresh_seeds_differ_and_are_whole() -> None:
    assert Randomness.fresh().words(4).tolist() != Randomness.fresh().words(4).tolist()
    with pytest.raises(UsageError, match="32 bytes"):
        Randomness(b"short")


def test_it_is_not_copied() -> None:
    randomness = Randomness.fresh()
    for clone in (copy.copy, copy.deepcopy, pickle.dumps):
        with pytest.raises(UsageError, match="used once"):
            clone(randomness)
