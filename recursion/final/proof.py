"""Final proofs: a tenth of a recursion proof's bytes, for a verifier that has the circuit as data.

What a circuit says is proved here with `stark.final`, in the list-decoding regime, at rates of 1/32 and less. No
circuit reads such a proof: its openings are pruned, and its bytes have 31 bits an element. One that hides its witness
is made of it by `recursion.hiding`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from core_vm.pcs.whir.config import WhirConfig
from core_vm.pcs.whir.rounds import RoundChoice
from core_vm.stark.config import StarkConfig
from core_vm.stark.final.key import FinalConfig, FinalKey
from core_vm.stark.final.security import security_of_final
from core_vm.stark.final.verifier import verify_final
from core_vm.stark.soundness import SecurityReport
from core_vm.statement.packing import unpack_words
from recursion.proof import public_values
from recursion.tables.key_check import check_key
from recursion.tables.rows import Columns
from recursion.tables.standard import TABLES

ROUNDS = (
    RoundChoice(7, 5, 47, 19, multiplicity=4, num_samples=2, fold_grinding=(16, *(15,) * 6)),
    RoundChoice(4, 8, 29, 19, multiplicity=3, num_samples=1, fold_grinding=(16,) * 4),
    RoundChoice(3, 9, 26, 17, multiplicity=3, num_samples=1, fold_grinding=(16,) * 3),
)
"""Chosen by size at a bearable time, each term at 128 bits: of queries, of folds under the strictest reading, of
samples. The fingerprint's needs no work."""
FINAL = FinalConfig(14, 83, StarkConfig(WhirConfig(rounds=ROUNDS), fingerprint_grinding_bits=0))
"""For the circuit of `programs.final`: 1.34 million cells of main columns."""


def final_key(fixed: Mapping[str, Columns], config: FinalConfig = FINAL) -> FinalKey:
    """The key of a circuit: fixed columns by table, canonical (num_fixed, rows).

    Raises UsageError if they do not fit, or are not those of a circuit (`tables.key_check`).
    """
    check_key(fixed)
    columns = [np.ascontiguousarray(fixed[table.name], np.uint32) for table in TABLES.tables]
    return FinalKey(TABLES, tuple(columns), config)


def security_report(key: FinalKey) -> SecurityReport:
    """The error of every challenge of a final proof under this key."""
    return security_of_final(key, public_values([0] * 8))


def verify(key: FinalKey, proof: bytes, digest: Sequence[Any]) -> float:
    """Verify that the circuit of `key` accepts with this digest. Returns the bits of security; raises a `Rejection`.

    The caller knows that the key is the right circuit's.
    """
    return verify_final(key, unpack_words(proof, "final proof"), public_values(digest))
