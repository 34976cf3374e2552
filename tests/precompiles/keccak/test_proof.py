"""Real proofs of the tables, with ecalls and memory as public messages."""

from __future__ import annotations

import numpy as np
import pytest

from core_vm.air.public import PublicValues
from core_vm.errors import LogUpRejection
from core_vm.field.koalabear import P
from core_vm.pcs.whir.config import WhirConfig
from core_vm.stark.config import StarkConfig
from core_vm.stark.prover import prove_shard
from core_vm.stark.verifier import verify_shard
from tests.precompiles.keccak.filled import STATE, TABLES, Filled, column, random_calls

# Few queries and little grinding: this is about the tables.
QUICK = StarkConfig(WhirConfig(security_bits=8, grinding_bits=2), fingerprint_grinding_bits=2)


def prove(filled: Filled) -> np.ndarray:
    public = PublicValues((1,), filled.messages)
    return prove_shard(TABLES, filled.trace, public, config=QUICK, check=False)


def verify(filled: Filled, words: np.ndarray) -> None:
    verify_shard(TABLES, words, PublicValues((1,), filled.messages), QUICK)


def test_a_proof_of_calls_is_accepted() -> None:
    filled = Filled(random_calls(3))
    verify(filled, prove(filled))


def test_no_proof_for_another_output() -> None:
    events = random_calls(2)
    events.after[STATE][1, 3] ^= np.uint64(1)
    filled = Filled(events)
    with pytest.raises(LogUpRejection):
        verify(filled, prove(filled))


def test_no_proof_for_a_digit_that_is_no_bit() -> None:
    """A number whose digits are none that a lookup has: nobody receives what the row sends."""
    filled = Filled(random_calls(1))
    rows = filled.rows("keccak_rounds")
    at = column("keccak_rounds", "round_1_bits_9"), 5
    rows[at] = (rows[at] + 2) % P
    filled.put("keccak_rounds", rows)
    with pytest.raises(LogUpRejection):
        verify(filled, prove(filled))


def test_no_proof_without_the_lookup_tables() -> None:
    """A prover that leaves out a table of fixed height."""
    honest = Filled(random_calls(1))
    absent = honest.without("keccak_rotations")
    with pytest.raises(LogUpRejection):
        verify(absent, prove(absent))
