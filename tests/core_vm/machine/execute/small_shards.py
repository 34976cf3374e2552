"""Costs for tests that want many shards of a short run."""

from __future__ import annotations

from typing import Final

from core_vm.machine.execute.metering import FIXED, row_cells
from core_vm.tables.standard import BASE_MODULES

ONE_CELL_A_ROW: Final[dict[str, int]] = dict.fromkeys(row_cells(m.table for m in BASE_MODULES), 1) | {FIXED: 0}
"""Shards are bounded by their rows; each table has whole tiles of 64."""
