"""Lookup multiplicities, derived from the declarations: how often each row of a table with closed-form keys is asked
for.

A lookup table receives each of its messages a committed number of times. What that number must be follows from every
other table's messages on the same bus, so no witness function counts its own lookups.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import accumulate

import numpy as np
import numpy.typing as npt

from core_vm.air.expression import Affine
from core_vm.air.keys import key_columns
from core_vm.air.table import TILE, Bus, Interaction, Table
from core_vm.errors import TableDefinitionError, WitnessError
from core_vm.field.koalabear import P
from core_vm.host.threads import run_each
from core_vm.witness.check import evaluate_affine
from core_vm.witness.split_index import SplitIndex, split_index
from core_vm.witness.trace import Trace

# An index of messages to rows is one array; 2^22 words of it stay in the cache. Larger values are split: `split_index`.
MAX_INDEX = 1 << 22
# Cells that all buses look at before any goes on: they stay in the last-level cache.
PIECE = 1 << 19
# Odd, random-looking: tells the tuples of a few small tables apart by one 64-bit word.
_MIXER = np.uint64(0x9E3779B97F4A7C15)
Messages = npt.NDArray[np.uint32]
"""Canonical, (entries, slots)."""


@dataclass(frozen=True)
class LookupBus:
    """The messages that lookup tables receive on one bus. A slot is one row of one receiving interaction.

    `receives`: (table, multiplicity column, number of rows), in the order of the slots. `slot_of` is indexed by the
    entries with a range, in mixed radix, and empty where it would hold every index itself; `ranges[j]` is zero for
    entries that the others determine. Where `split` is given, it takes the place of both. `checked` are the determined
    entries, and `expected` is (slots, these).
    """

    receives: tuple[tuple[int, int, int], ...]
    ranges: npt.NDArray[np.int64]
    slot_of: npt.NDArray[np.int32]
    checked: npt.NDArray[np.int64]
    expected: npt.NDArray[np.uint32]
    split: SplitIndex | None = None

    @property
    def num_slots(self) -> int:
        return len(self.expected)


def received_column(table: Table, interaction: Interaction) -> int | None:
    """The column that counts this interaction's lookups; None if the interaction is not a lookup table's receive."""
    multiplicity = interaction.affine_multiplicity()
    if not table.keys or any(entry.columns for entry in interaction.affine_message()):
        return None
    if multiplicity.constant or list(multiplicity.columns.values()) != [P - 1]:
        return None
    return next(iter(multiplicity.columns))


@lru_cache(maxsize=8)
def lookup_buses(tables: tuple[Table, ...]) -> dict[int, LookupBus]:
    """Bus number -> its slots. Raises TableDefinitionError for messages that have no index."""
    receives: dict[int, list[tuple[int, int, int]]] = {}
    messages: dict[int, list[list[npt.NDArray[np.uint64]]]] = {}
    for number, table in enumerate(tables):
        keys = key_columns(table)
        for interaction in table.interactions:
            column = received_column(table, interaction)
            if column is None:
                continue
            entries = [_values(form, keys) for form in interaction.affine_message()]
            receives.setdefault(interaction.bus.number, []).append((number, column, 1 << (table.log_height or 0)))
            messages.setdefault(interaction.bus.number, []).append(entries)
    return {
        bus: _index(tuple(receives[bus]), _joined(messages[bus]), f"the lookup bus of number {bus}") for bus in receives
    }


def _values(form: Affine, keys: Sequence[npt.NDArray[np.uint64]]) -> npt.NDArray[np.uint64]:
    """A form of keys on every row. Nearly all are a key itself."""
    if not form.constant and list(form.keys.values()) == [1]:
        return keys[next(iter(form.keys))]
    return evaluate_affine(form, np.zeros((0, len(keys[0])), np.uint64), keys)


def _joined(parts: Sequence[Sequence[npt.NDArray[np.uint64]]]) -> Messages:
    """The messages of one receiving interaction after the other, from the entries of each."""
    return np.stack([np.concatenate(row, dtype=np.uint32, casting="unsafe") for row in zip(*parts, strict=True)])


def _index(receives: tuple[tuple[int, int, int], ...], messages: Messages, where: str) -> LookupBus:
    sizes = [int(entries.max()) + 1 for entries in messages]
    kept = _telling(messages, sizes)
    size = math.prod(sizes[j] for j in kept)
    checked = np.array([j for j in range(len(messages)) if j not in kept], np.int64)
    expected = np.ascontiguousarray(messages[checked].T)
    if size > MAX_INDEX:
        split = split_index(messages, kept, where)
        return LookupBus(receives, np.zeros(0, np.int64), np.zeros(0, np.int32), checked, expected, split)
    ranges = np.zeros(len(messages), np.int64)
    index, radix = np.zeros(messages.shape[1], np.int64), 1
    for j in kept:
        ranges[j] = sizes[j]
        index += messages[j].astype(np.int64) * radix
        radix *= int(ranges[j])
    slot_of = np.full(size, -1, np.int32)
    slot_of[index[::-1]] = np.arange(len(index), dtype=np.int32)[::-1]  # of equal messages the first counts
    if (slot_of == np.arange(size)).all():
        slot_of = slot_of[:0]
    return LookupBus(receives, ranges, slot_of, checked, expected)


def _telling(messages: Messages, sizes: Sequence[int]) -> list[int]:
    """Entries that tell all messages apart, values of so many sizes each: the shortest beginning that does, and of that
    what the others do not determine."""
    if len(messages) == 1:
        return [0]
    wanted = _num_distinct(messages)

    def tell(some: Sequence[int]) -> bool:
        return math.prod(sizes[j] for j in some) >= wanted and _num_distinct(messages[some]) == wanted

    kept = list(range(next((count for count in range(1, len(messages)) if tell(range(count))), len(messages))))
    for j in reversed(kept[:-1]):
        rest = [k for k in kept if k != j]
        if tell(rest):
            kept = rest
    return kept


def _num_distinct(messages: Messages) -> int:
    code = np.zeros(messages.shape[1], np.uint64)
    for entries in messages:
        code = (code + entries + np.uint64(1)) * _MIXER
        code ^= code >> np.uint64(29)
    code.sort()  # many times faster than `np.unique`
    return 1 + int(np.count_nonzero(code[1:] != code[:-1]))


_Tiles = tuple[int, int, int]
"""A table's number, the first of some of its tiles, and the one to stop at."""


@dataclass(frozen=True)
class _Senders:
    """All interactions that look something up on a bus, for the kernels: the forms of their multiplicities and entries.

    `tables` and `first_columns` have an item for each. Sender s has the forms from s F on, F = 1 + the bus's entries.
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
