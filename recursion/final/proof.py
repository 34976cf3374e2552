"""The shape of final proofs, and their keys: a circuit's fixed columns, which the verifier has as data.

What a circuit says is proved with `stark.final`, in the list-decoding regime at rates of 1/32 and less, or in that of
unique decoding at 1/16, where no rate makes a query worth more than a bit. No circuit reads such a proof: its openings
are pruned, and its bytes have 31 bits an element. `recursion.hiding` makes them, with masks.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from core_vm.pcs.whir.config import WhirConfig
from core_vm.pcs.whir.rounds import RoundChoice
from core_vm.stark.config import StarkConfig
from core_vm.stark.final.key import FinalConfig, FinalKey
from recursion.regime import Regime
from recursion.tables.key_check import check_key
from recursion.tables.rows import Columns
from recursion.tables.standard import TABLES

ROUNDS = {
    Regime.LIST: (
        RoundChoice(7, 5, 47, 19, multiplicity=4, num_samples=2, fold_grinding=(16, *(15,) * 6)),
        RoundChoice(4, 8, 29, 19, multiplicity=3, num_samples=1, fold_grinding=(16,) * 4),
        RoundChoice(3, 9, 26, 17, multiplicity=3, num_samples=1, fold_grinding=(16,) * 3),
    ),
    Regime.UNIQUE: (
        RoundChoice(7, 4, 120, 19, num_samples=2),
        RoundChoice(3, 4, 120, 19),
        RoundChoice(3, 4, 120, 19),
    ),
}
"""Chosen by size at a bearable time, each term at 128 bits: of queries, of folds under the strictest reading, of
samples. The fingerprint's needs no work. The samples of the unique regime are for hiding alone (`recursion.hiding`)."""


def _config(log_segment: int, segments: int, regime: Regime) -> FinalConfig:
    whir = WhirConfig(rounds=ROUNDS[regime])
    return FinalConfig(log_segment, segments, StarkConfig(whir, fingerprint_grinding_bits=0))


FINAL = {
    Regime.LIST: _config(14, 91, Regime.LIST),
    Regime.UNIQUE: _config(15, 69, Regime.UNIQUE),
}
"""For the circuits of `programs.final`: 1.34 and 1.95 million cells of main columns, and what hides them."""


def final_key(fixed: Mapping[str, Columns], config: FinalConfig) -> FinalKey:
    """The key of a circuit: fixed columns by table, canonical (num_fixed, rows).

    Raises UsageError if they do not fit, or are not those of a circuit (`tables.key_check`).
    """
    check_key(fixed)
    columns = [np.ascontiguousarray(fixed[table.name], np.uint32) for table in TABLES.tables]
    return FinalKey(TABLES, tuple(columns), config)
