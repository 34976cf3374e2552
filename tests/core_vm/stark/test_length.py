"""The length of a proof is a matter of its shape, and what has another one is refused at once."""

from __future__ import annotations

from unittest.mock import patch

import numpy as np
import pytest

from core_vm.errors import MalformedProof
from core_vm.stark.config import STANDARD
from core_vm.stark.length import argument_words, check_length, least_opening_words, least_shard_words, opening_words
from core_vm.stark.shape import ShardShape
from core_vm.stark.verifier import verify_shard
from tests.soundness.recording import RecordingVerifier, recording
from tests.soundness.runs import QUICK, TABLES, everything, everything_proof


def test_the_words_are_those_that_the_verifier_reads() -> None:
    words = np.array(everything_proof(), np.uint32)
    with recording():
        verify_shard(TABLES, words, everything().public, QUICK)
    readings = RecordingVerifier.last.readings
    argument = [r for r in readings if not r.label.startswith("whir") and r.label != "tile_counts"]
    opening = [r for r in readings if r.label.startswith("whir")]
    shape = ShardShape.of(TABLES, words[: len(TABLES.tables)].tolist(), QUICK)
    assert sum(r.stop - r.start for r in argument) == argument_words(TABLES, shape, QUICK)
    assert sum(r.stop - r.start for r in opening) == opening_words(shape.opening)
    assert least_shard_words(TABLES, QUICK) == len(words)


def test_a_higher_shape_has_more_words() -> None:
    lengths = [opening_words(STANDARD.opening_shape(height)) for height in STANDARD.whir.log_segments]
    assert lengths == sorted(set(lengths))
    assert least_opening_words() == lengths[0]
    assert least_shard_words(TABLES) > lengths[0] + 5 * TABLES.num_columns


@pytest.mark.parametrize("tiles", [1, 8])
@pytest.mark.parametrize("excess", [-1, 1])
def test_a_proof_one_word_off_for_its_shape_is_refused_before_any_challenge(tiles: int, excess: int) -> None:
    claimed = [tiles if t.log_height is None else 1 << t.log_height >> 6 for t in TABLES.tables]
    shape = ShardShape.of(TABLES, claimed, QUICK)
    needed = argument_words(TABLES, shape, QUICK) + opening_words(shape.opening)
    check_length(needed, TABLES, shape, QUICK)
    no_challenge = patch("core_vm.transcript.sponge.Transcript.squeeze", side_effect=InterruptedError)
    for count, refusal in ((needed + excess, MalformedProof), (needed, InterruptedError)):
        words = np.array([*claimed, *[1] * count], np.uint32)
        with no_challenge, pytest.raises(refusal):
            verify_shard(TABLES, words, everything().public, QUICK)
