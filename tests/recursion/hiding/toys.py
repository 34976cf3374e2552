"""The toy tables of `tests.core_vm.stark`, in hiding proofs."""

from __future__ import annotations

import numpy as np

from core_vm.air.public import PublicValues
from core_vm.pcs.whir.config import WhirConfig
from core_vm.stark.config import StarkConfig
from core_vm.stark.final.prover import FinalTrace
from recursion.hiding.shape import HidingShape
from tests.core_vm.stark.toys import toy_public, toy_tables, toy_trace

ROWS = 64
# Rate 1/4, few queries: as many values of the first oracle as a tile hides.
QUICK = StarkConfig(
    WhirConfig(security_bits=8, grinding_bits=2, log_inverse_rates=(2,), log_segments=(8,), min_tile_bits=1),
    fingerprint_grinding_bits=2,
)
TABLES = toy_tables()


NO_FIXED = tuple(np.zeros((0, rows), np.uint32) for rows in (ROWS, ROWS, 64, 0))


def toy_shape(config: StarkConfig = QUICK, log_segment: int = 8) -> HidingShape:
    """ROWS calls, no row of the idle table."""
    return HidingShape.of(TABLES, NO_FIXED, log_segment, toy_public(100, 100 + ROWS).messages, config)


def toy_hiding_trace(shape: HidingShape, seed: int = 1) -> tuple[FinalTrace, PublicValues]:
    """The numbers that are added are the witness, and depend on the seed; the statement does not."""
    filled, public = toy_trace(TABLES, ROWS, seed=seed)
    trace = FinalTrace(shape.key)
    for table, tiles in enumerate(shape.key.tiles[: len(TABLES.tables)]):
        for column in range(TABLES.widths[table] if tiles else 0):
            trace.write(table, column, 0, filled.read(table, column).astype(np.int64))
    return trace, public
