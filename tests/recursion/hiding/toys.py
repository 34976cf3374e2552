"""The toy tables of `tests.core_vm.stark`, in hiding proofs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from core_vm.air.public import PublicValues
from core_vm.pcs.whir.config import WhirConfig
from core_vm.pcs.whir.rounds import RoundChoice
from core_vm.stark.config import StarkConfig
from core_vm.stark.final.key import FinalConfig
from recursion.hiding.shape import HidingShape
from tests.core_vm.stark.toys import SUMMED_STATE, toy_public, toy_tables, toy_trace

if TYPE_CHECKING:
    from core_vm.stark.final.prover import FinalTrace

ROWS = 64
# Fewer queries than a tile hides, two samples. What is weak are the queries, 8 bits a round.
FIRST = RoundChoice(5, 3, 5, 2, multiplicity=4, num_samples=2, fold_grinding=(2, 0, 1, 0, 1))
SECOND = RoundChoice(4, 5, 3, 2, multiplicity=3, num_samples=1, fold_grinding=(1, 0, 1, 1))


def one_round(first: RoundChoice = FIRST, log_segment: int = 8, segments: int = 25) -> FinalConfig:
    """A final vector of a whole segment."""
    return _config(log_segment, segments, first)


def two_rounds(first: RoundChoice = FIRST, second: RoundChoice = SECOND) -> FinalConfig:
    """The same with an oracle of the folded vector."""
    return _config(8, 25, first, second)


def small_circuit(first: RoundChoice, second: RoundChoice) -> FinalConfig:
    """For the small circuit of `tests.recursion.sample`."""
    return _config(13, 18, first, second)


def _config(log_segment: int, segments: int, *rounds: RoundChoice) -> FinalConfig:
    whir = WhirConfig(security_bits=8, rounds=rounds)
    return FinalConfig(log_segment, segments, StarkConfig(whir, 2 if rounds[0].query_grinding else 0))


def ideal(choice: RoundChoice) -> RoundChoice:
    """Without grinding: an ideal sponge has no kernel that finds nonces. More queries make up for it."""
    return replace(choice, num_queries=8, query_grinding=0, fold_grinding=())


TABLES = toy_tables(state=SUMMED_STATE)


def public_of_calls(first: int, last: int) -> PublicValues:
    """Without factors, of which a proof cannot hide the products."""
    return toy_public(first, last, SUMMED_STATE)


NO_FIXED = tuple(np.zeros((0, rows), np.uint32) for rows in (ROWS, ROWS, 64, 0))


def toy_shape(config: FinalConfig | None = None) -> HidingShape:
    """ROWS calls, no row of the idle table."""
    return HidingShape.of(TABLES, NO_FIXED, config or one_round(), public_of_calls(100, 100 + ROWS).messages)


def toy_hiding_trace(shape: HidingShape, seed: int = 1) -> tuple[FinalTrace, PublicValues]:
    """The numbers that are added are the witness, and depend on the seed; the statement does not."""
    from core_vm.stark.final.prover import FinalTrace

    filled, public = toy_trace(TABLES, ROWS, seed=seed)
    trace = FinalTrace(shape.key)
    for table, tiles in enumerate(shape.key.tiles[: len(TABLES.tables)]):
        for column in range(TABLES.widths[table] if tiles else 0):
            trace.write(table, column, 0, filled.read(table, column).astype(np.int64))
    return trace, public
