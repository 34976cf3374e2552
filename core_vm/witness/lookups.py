"""Lookup multiplicities, derived from the declarations: how often each row of a table with closed-form keys is asked
for.

A lookup table receives each of its messages a committed number of times. What that number must be follows from every
other table's messages on the same bus, so no witness function counts its own lookups.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import accumulate

import numpy as np
import numpy.typing as npt

from core_vm.air.expression import Affine
from core_vm.air.table import TILE, Bus, Table
from core_vm.errors import TableDefinitionError, WitnessError
from core_vm.field.koalabear import P
from core_vm.host.threads import run_each
from core_vm.witness.lookup_buses import LookupBus, lookup_buses, received_column
from core_vm.witness.trace import Trace

# Cells that all buses look at before any goes on: they stay in the last-level cache.
PIECE = 1 << 19

_Tiles = tuple[int, int, int]
"""A table's number, the first of some of its tiles, and the one to stop at."""


@dataclass(frozen=True)
class _Senders:
    """All interactions that look something up on a bus, for the kernels: the forms of their multiplicities and entries.

    `tables` has the table of each. Sender s has the forms from s F on, F = 1 + the bus's entries.
    Form f adds terms first[f] .. first[f + 1], each a column (numbered through all tables) times a coefficient, to a
    constant, canonical both.
    """

    bus: Bus
    tables: npt.NDArray[np.int64]
    first: npt.NDArray[np.int64]
    columns: npt.NDArray[np.int64]
    coefficients: npt.NDArray[np.uint32]
    constants: npt.NDArray[np.uint32]

    @cached_property
    def of_table(self) -> dict[int, tuple[int, int]]:
        """The first sender of each table that has any, and the one to stop at."""
        first = np.flatnonzero(np.diff(self.tables, prepend=-1)).tolist()
        stops = [*first[1:], len(self.tables)]
        return {int(self.tables[begin]): (begin, stop) for begin, stop in zip(first, stops, strict=True)}

    def work(self, piece: Sequence[_Tiles]) -> npt.NDArray[np.int64]:
        """Rows (first sender, sender to stop at, first tile, tile to stop at)."""
        rows = [(*self.of_table[table], *tiles) for table, *tiles in piece if table in self.of_table]
        return np.array(rows, np.int64).reshape(-1, 4)


def _pieces(trace: Trace) -> list[list[_Tiles]]:
    """All tiles, in pieces of about as many cells."""
    pieces: list[list[_Tiles]] = [[]]
    room = PIECE
    for number, (table, tiles) in enumerate(zip(trace.tables, trace.tiles, strict=True)):
        start, cells = 0, max(1, table.width * TILE)
        while start < tiles:
            stop = min(tiles, start + max(1, room // cells))
            pieces[-1].append((number, start, stop))
            room -= (stop - start) * cells
            start = stop
            if room <= 0 or start < tiles:
                pieces.append([])
                room = PIECE
    return pieces


def count_lookups(trace: Trace, threads: int = 1) -> None:
    """Write every lookup table's multiplicity columns; all other columns of the trace must be filled.

    Raises WitnessError for a message that no lookup table of the trace holds.
    """
    buses, all_senders = lookup_buses(trace.tables), _senders(trace.tables)
    first_slot = dict(zip(buses, accumulate((bus.num_slots for bus in buses.values()), initial=0), strict=False))
    total = sum(bus.num_slots for bus in buses.values())
    places = trace.layout.column_places()
    terms = [places[senders.columns] for senders in all_senders]
    free: list[npt.NDArray[np.uint64]] = []  # counts that no thread adds to right now

    def count(piece: Sequence[_Tiles]) -> None:
        try:
            counts = free.pop()
        except IndexError:
            counts = np.zeros(total, np.uint64)
        for senders, of_senders in zip(all_senders, terms, strict=True):
            bus, at = buses[senders.bus.number], first_slot[senders.bus.number]
            _count(trace, senders, bus, of_senders, senders.work(piece), counts[at : at + bus.num_slots])
        free.append(counts)

    run_each(count, _pieces(trace), threads)
    counts: npt.NDArray[np.uint64] = np.add.reduce(free)
    if counts.max(initial=0) >= P:
        counts %= np.uint64(P)
    for number, bus in buses.items():
        at = first_slot[number]
        for table, column, rows in bus.receives:
            if trace.tiles[table]:
                trace.write(table, column, 0, counts[at : at + rows])
            elif counts[at : at + rows].any():
                raise WitnessError(f"table {trace.tables[table].name} is absent, and rows of it are looked up")
            at += rows


@lru_cache(maxsize=8)
def _senders(tables: tuple[Table, ...]) -> tuple[_Senders, ...]:
    """All interactions that look something up, by bus. Raises TableDefinitionError for one that uses a key."""
    buses, found = lookup_buses(tables), dict[Bus, list[tuple[int, list[Affine]]]]()
    for number, table in enumerate(tables):
        for interaction in table.interactions:
            if interaction.bus.number not in buses or received_column(table, interaction) is not None:
                continue
            forms = [interaction.affine_multiplicity(), *interaction.affine_message()]
            if any(form.keys for form in forms):
                raise TableDefinitionError(f"table {table.name}: a lookup on bus {interaction.bus.name} uses a key")
            found.setdefault(interaction.bus, []).append((number, forms))
    first_columns = list(accumulate((table.width for table in tables), initial=0))
    return tuple(_senders_on(bus, senders, first_columns) for bus, senders in found.items())


def _senders_on(bus: Bus, senders: Sequence[tuple[int, list[Affine]]], first_columns: Sequence[int]) -> _Senders:
    forms = [(first_columns[table], form) for table, of_sender in senders for form in of_sender]
    return _Senders(
        bus,
        tables=np.array([table for table, _ in senders], np.int64),
        first=np.cumsum([0, *(len(form.columns) for _, form in forms)]).astype(np.int64),
        columns=np.array([at + column for at, form in forms for column in form.columns], np.int64),
        coefficients=np.array([v for _, form in forms for v in form.columns.values()], np.uint32),
        constants=np.array([form.constant for _, form in forms], np.uint32),
    )


def _count(
    trace: Trace,
    senders: _Senders,
    bus: LookupBus,
    terms: npt.NDArray[np.int64],
    work: npt.NDArray[np.int64],
    counts: npt.NDArray[np.uint64],
) -> None:
    """Count lookups on a bus, those of `work` as kernels take it; `terms` (terms, 2) are the columns' first cells and
    strides."""
    from core_vm.witness.lookup_kernels import count_messages, count_split_messages

    forms = (senders.first, terms, senders.coefficients, senders.constants)
    if not len(work):
        return
    if bus.split:
        wrong, row = count_split_messages(trace.q, forms, tuple(bus.split), bus.checked, bus.expected, work, counts)
    else:
        wrong, row = count_messages(trace.q, forms, bus.slot_of, bus.ranges, bus.checked, bus.expected, work, counts)
    if row >= 0:
        number = int(senders.tables[wrong])
        table = trace.tables[number]
        values = [f"{name}={int(trace.read(number, c)[row])}" for c, name in enumerate(table.columns)]
        raise WitnessError(
            f"table {table.name}, row {row}: no lookup table holds its {senders.bus.name}: {', '.join(values)}"
        )
