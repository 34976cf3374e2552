"""What calls of precompiles cost in cells, as far as the run has made any: to know it, a precompile's tables are made.

Most runs call few precompiles or none, and tables take longer to declare than a small run takes.
"""

from __future__ import annotations

import numpy as np

from core_vm.errors import UsageError
from core_vm.machine.execute.calls import CallField, CallTable
from core_vm.machine.execute.metering import Meter
from core_vm.machine.precompile import POINTER_REGISTERS

_NEVER_AFFORDED = np.int64(2**62)


class CallPrices:
    """Puts the price of a call into the kernels' table. All arrays have a place for each precompile, int64.

    A precompile without a price is not called: its function is not loaded either, and no budget has room for it, so
    the kernel asks the driver.
    """

    def __init__(self, meter: Meter, calls: CallTable, room: int, is_choosy: np.ndarray) -> None:
        """`room`: the cells that a call may take at most, in a shard of its own; `is_choosy`: see `Companions`."""
        self._meter, self._calls, self._room = meter, calls, room
        precompiles = calls.precompiles
        self._is_known, self._is_choosy = np.zeros(len(precompiles), np.bool_), is_choosy
        self._is_claim = np.array([p.claims for p in precompiles], np.bool_)
        # Of a call: its rows alone, with all the tiles that it may begin, and with the tables of fixed height besides.
        self._rows, self._further, self._first = np.zeros((3, len(precompiles)), np.int64)
        self._begun_tiles = np.zeros(len(precompiles), np.int64)
        self._what_is_set: tuple[bool, bytes] | None = None
        """Whether prices are those far from a shard's end, and after which calls: mostly as they were."""
        leaves = calls.rows[:, CallField.LEAVES].tolist()
        self._memory = np.array([meter.memory_bound(n, len(POINTER_REGISTERS)) for n in leaves], np.int64)

    def learn(self, place: int) -> None:
        """Before the run's first call of precompile `place`. Raises UsageError if no shard has room for a call."""
        if self._is_known[place]:
            return
        precompile = self._calls.precompiles[place]
        # Of the compressions' table a tile is reserved in every shard, so a call pays for its rows there and no more.
        compressions = self._meter.compression_cost * precompile.compressions_per_call
        first = precompile.cells(1) + compressions
        needed = first + int(self._memory[place])
        if needed > self._room:
            about = f"precompile {precompile.name}"
            raise UsageError(f"{about}: a call takes up to {needed:,} cells, a shard has room for {self._room:,}")
        self._rows[place] = precompile.cells_per_call + compressions
        self._further[place], self._first[place] = first - precompile.fixed_cells, first
        self._begun_tiles[place] = precompile.begun_tiles
        self._is_known[place], self._what_is_set = True, None
        self._set(place, self._first[place])

    def grant(self, budget: int) -> int:
        """Set the prices for the next stretch of a shard that has this budget; returns what is left to spend."""
        # A precompile's first call pays for all that it brings, so what no shard calls costs none anything. For others,
        # far from the end, a tile more is reserved in each table, and calls pay for their rows; later, each call pays
        # for the tiles that it may begin.
        called = self._calls.rows[:, CallField.COUNT] > 0
        reserved = int(self._begun_tiles[called].sum())
        is_far = budget >= 2 * reserved
        what_is_set = (is_far, called.tobytes())
        if what_is_set != self._what_is_set:
            self._set(slice(None), np.where(called, self._rows if is_far else self._further, self._first))
            self._what_is_set = what_is_set
        return budget - reserved if is_far else budget

    def admit(self, place: int) -> None:
        """The shard may call precompile `place`: what its further calls need to know is what they cost."""
        self._what_is_set = None
        self._limit(place, self._is_claim[place])

    def _set(self, places: int | slice, cells: np.ndarray) -> None:
        rows = self._calls.rows
        rows[places, CallField.CELLS] = cells
        # The first call in a shard may have to begin another, for what was called before.
        is_first = self._is_choosy[places] & (rows[places, CallField.COUNT] == 0)
        self._limit(places, self._is_claim[places] | ~self._is_known[places] | is_first)

    def _limit(self, places: int | slice, is_refused: np.ndarray) -> None:
        # No budget has room for a claim: so the kernel asks each time, and the driver sees what is claimed.
        rows = self._calls.rows
        most = rows[places, CallField.CELLS] + self._memory[places]
        rows[places, CallField.MOST_CELLS] = np.where(is_refused, _NEVER_AFFORDED, most)
