"""The least length of a proof: exact but for the openings, and what is shorter is refused at once."""

from __future__ import annotations

from itertools import combinations
from unittest.mock import patch

import numpy as np
import pytest

from core_vm.errors import MalformedProof
from core_vm.hash.merkle import num_siblings
from core_vm.stark.config import STANDARD
from core_vm.stark.length import (
    argument_words,
    least_opening,
    least_opening_words,
    least_shard_words,
    opening_words,
)  # fmt: skip
from core_vm.stark.proof import ShardShape
from core_vm.stark.verifier import verify_shard
from tests.soundness.recording import RecordingVerifier, recording
from tests.soundness.runs import QUICK, TABLES, everything, everything_proof

OPENED = ("whir_leaves", "whir_siblings")


def test_the_bound_is_the_length_of_everything_but_openings() -> None:
    words = np.array(everything_proof(), np.uint32)
    with recording():
        verify_shard(TABLES, words, everything().public, QUICK)
    readings = RecordingVerifier.last.readings
    before = [r for r in readings if not r.label.startswith("whir") and r.label != "tile_counts"]
    opening = [r for r in readings if r.label.startswith("whir") and r.label not in OPENED]
    shape = ShardShape.of(TABLES, words[: len(TABLES.tables)].tolist())
    whir = QUICK.opening_shape(shape.layout.used)
    assert sum(r.stop - r.start for r in before) == argument_words(TABLES, shape, QUICK)
    fewest = sum(least_opening(width, r.log_domain) for r in whir.rounds for width in r.widths)
    assert sum(r.stop - r.start for r in opening) == opening_words(whir) - fewest
    assert least_shard_words(TABLES, QUICK) <= len(TABLES.tables) + argument_words(TABLES, shape, QUICK) < len(words)


@pytest.mark.parametrize("width", [1, 2, 3, 7, 8, 9, 40])
@pytest.mark.parametrize("depth", [0, 1, 2, 3])
def test_no_set_of_leaves_opens_with_fewer_words(width: int, depth: int) -> None:
    leaves = range(1 << depth)
    sets = [chosen for count in range(1, len(leaves) + 1) for chosen in combinations(leaves, count)]
    assert min(width * len(s) + 8 * num_siblings(s, depth) for s in sets) == least_opening(width, depth)


def test_no_opening_is_shorter_than_the_bound_for_all() -> None:
    cells = [0, 64, *(1 << k for k in range(6, 29)), *((1 << k) + 64 for k in range(6, 28)), 3 << 20, 2**28]
    assert 400 < least_opening_words() <= min(opening_words(STANDARD.opening_shape(n)) for n in cells)


@pytest.mark.parametrize("tiles", [1, 1000])
def test_a_proof_one_word_too_short_for_its_shape_is_refused_before_any_challenge(tiles: int) -> None:
    claimed = [tiles if t.log_height is None else 1 << t.log_height >> 6 for t in TABLES.tables]
    shape = ShardShape.of(TABLES, claimed)
    needed = argument_words(TABLES, shape, QUICK) + opening_words(QUICK.opening_shape(shape.layout.used))
    words = np.array([*claimed, *[1] * needed], np.uint32)
    no_challenge = patch("core_vm.hash.transcript.Transcript._squeeze", side_effect=InterruptedError)
    with no_challenge, pytest.raises(MalformedProof, match="a proof of this shape needs"):
        verify_shard(TABLES, words[:-1], everything().public, QUICK)
    with no_challenge, pytest.raises(InterruptedError):
        verify_shard(TABLES, words, everything().public, QUICK)
