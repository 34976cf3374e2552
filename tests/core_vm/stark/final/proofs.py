"""Final proofs of a small chain of squares, in both regimes, and readers of them."""

from __future__ import annotations

from functools import cache
from unittest.mock import patch

import numpy as np
import pytest

from core_vm.air.public import PublicValues
from core_vm.field.koalabear import Words
from core_vm.hash.poseidon2_kernels import permute_canonical
from core_vm.stark.final.key import FinalConfig, FinalKey
from core_vm.stark.final.prover import FinalTrace, prove_final
from core_vm.stark.final.verifier import verify_final
from core_vm.transcript.pruned import PrunedVerifierChannel
from tests.core_vm.stark.keyed_toys import TABLES, fixed_columns, main_columns, public_of
from tests.core_vm.stark.lists import QUICK_LISTS
from tests.core_vm.stark.toys import QUICK
from tests.soundness.recording import RecordingVerifier

CONFIGS = {
    "unique decoding": FinalConfig(log_segment=8, segments=12, stark=QUICK),
    "list decoding": FinalConfig(log_segment=8, segments=12, stark=QUICK_LISTS),
}
UNIQUE = CONFIGS["unique decoding"]
both = pytest.mark.parametrize("config", CONFIGS.values(), ids=CONFIGS.keys())
RESERVED = (0, 7, 8, 40)
CHECK_END = "core_vm.pcs.whir.prover.Opening.check_end"


@cache
def key(config: FinalConfig = UNIQUE, first: int = 3, rows: int = 70, reserved: tuple[int, ...] = RESERVED) -> FinalKey:
    columns = tuple(columns.astype(np.uint32) for columns in fixed_columns(rows, first))
    return FinalKey(TABLES, columns, config, reserved)


def trace(of: FinalKey) -> FinalTrace:
    filled = FinalTrace(of)
    for number, columns in enumerate(main_columns()):
        filled.fill(number, columns)
    return filled


def public() -> PublicValues:
    return public_of(int(main_columns()[0][1, -1]))


@cache
def proof(config: FinalConfig = UNIQUE) -> Words:
    return prove_final(key(config), trace(key(config)), public(), threads=2)


class Fast(PrunedVerifierChannel):
    """A channel with the compiled permutation, for words that are refused by the hundred."""

    def __init__(self, words: Words) -> None:
        super().__init__(words, permute_canonical)


def verify(of: FinalKey, words: Words, channel: type[PrunedVerifierChannel] = Fast) -> float:
    with patch("core_vm.stark.final.verifier.PrunedVerifierChannel", channel):
        return verify_final(of, words, public())


class Recorder(RecordingVerifier, PrunedVerifierChannel):
    """A recording channel of pruned openings."""


@cache
def recorded(config: FinalConfig = UNIQUE) -> Recorder:
    verify(key(config), proof(config), Recorder)
    return Recorder.last
