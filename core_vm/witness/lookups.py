"""Lookup multiplicities, derived from the declarations: how often each row of a table with closed-form keys is asked
for.

A lookup table receives each of its messages a committed number of times. What that number must be follows from every
other table's messages on the same bus, so no witness function counts its own lookups.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

import numpy as np
import numpy.typing as npt

from core_vm.air.expression import Affine
from core_vm.air.keys import key_columns
from core_vm.air.table import Bus, Interaction, Table
from core_vm.errors import TableDefinitionError, WitnessError
from core_vm.field.koalabear import P, to_montgomery
from core_vm.host.threads import run_ranges
from core_vm.witness.check import evaluate_affine
from core_vm.witness.split_index import SplitIndex, split_index
from core_vm.witness.trace import Trace

# An index of messages to rows is one array; 2^22 words of it stay in the cache. Larger values are split: `split_index`.
MAX_INDEX = 1 << 22
# Tiles of one interaction that are one unit of work.
GRANULE = 512
# Odd, random-looking: tells the tuples of a few small tables apart by one 64-bit word.
_MIXER = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True)
class LookupBus:
    """The messages that lookup tables receive on one bus. A slot is one row of one receiving interaction.

    `receives`: (table, multiplicity column, number of rows), in the order of the slots. `expected` is (entries, slots).
    `slot_of` is indexed by the entries with a range, in mixed radix; `ranges[j]` is zero for entries that the others
    determine. Where `split` is given, it takes the place of both.
    """

    receives: tuple[tuple[int, int, int], ...]
    ranges: npt.NDArray[np.int64]
    slot_of: npt.NDArray[np.int32]
    expected: npt.NDArray[np.uint32]
    split: SplitIndex | None = None

    @property
    def num_slots(self) -> int:
        return self.expected.shape[1]


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
    messages: dict[int, list[npt.NDArray[np.uint64]]] = {}
    for number, table in enumerate(tables):
        keys = key_columns(table)
        for interaction in table.interactions:
            column = received_column(table, interaction)
            if column is None:
                continue
            nothing = np.zeros((0, 1 << (table.log_height or 0)), np.uint64)
            entries = [evaluate_affine(form, nothing, keys) for form in interaction.affine_message()]
            receives.setdefault(interaction.bus.number, []).append((number, column, nothing.shape[1]))
            messages.setdefault(interaction.bus.number, []).append(np.stack(entries))
    return {
        bus: _index(tuple(receives[bus]), np.concatenate(messages[bus], axis=1), f"the lookup bus of number {bus}")
        for bus in receives
    }


def _index(receives: tuple[tuple[int, int, int], ...], messages: npt.NDArray[np.uint64], where: str) -> LookupBus:
    wanted = _num_distinct(messages)
    kept = list(range(len(messages)))
    for j in reversed(range(len(messages))):
        rest = [k for k in kept if k != j]
        if rest and _num_distinct(messages[rest]) == wanted:
            kept = rest
    expected, size = np.ascontiguousarray(messages, np.uint32), math.prod(int(messages[j].max()) + 1 for j in kept)
    if size > MAX_INDEX:
        split = split_index(messages, kept, where)
        return LookupBus(receives, np.zeros(0, np.int64), np.zeros(0, np.int32), expected, split)
    ranges = np.zeros(len(messages), np.int64)
    index, radix = np.zeros(messages.shape[1], np.int64), 1
    for j in kept:
        ranges[j] = int(messages[j].max()) + 1
        index += messages[j].astype(np.int64) * radix
        radix *= int(ranges[j])
    slot_of = np.full(size, -1, np.int32)
    slot_of[index[::-1]] = np.arange(len(index), dtype=np.int32)[::-1]  # of equal messages the first counts
    return LookupBus(receives, ranges, slot_of, expected)


def _num_distinct(messages: npt.NDArray[np.uint64]) -> int:
    code = np.zeros(messages.shape[1], np.uint64)
    for entries in messages:
        code = (code + entries + np.uint64(1)) * _MIXER
        code ^= code >> np.uint64(29)
    code.sort()  # many times faster than `np.unique`
    return 1 + int(np.count_nonzero(code[1:] != code[:-1]))


@dataclass(frozen=True)
class _Senders:
    """All interactions that look something up on a bus, for the kernels: the forms of their multiplicities and entries.

    `tables` and `first_columns` have an item for each. Sender s has the forms from s F on, F = 1 + the bus's entries.
    Form f adds terms first[f] .. first[f + 1], each a column (numbered through all tables) times a coefficient, to a
    constant. Montgomery form.
    """

    bus: Bus
    tables: npt.NDArray[np.int64]
    first: npt.NDArray[np.int64]
    columns: npt.NDArray[np.int64]
    coefficients: npt.NDArray[np.uint32]
    constants: npt.NDArray[np.uint32]

    def work(self, tiles: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Rows (sender, first tile, tile to stop at): all tiles of the senders' tables, at most GRANULE in a row."""
        of_sender = tiles[self.tables]
        parts = -(-of_sender // GRANULE)
        sender = np.repeat(np.arange(len(parts)), parts)
        start = GRANULE * (np.arange(len(sender)) - (np.cumsum(parts) - parts)[sender])
        return np.stack([sender, start, np.minimum(start + GRANULE, of_sender[sender])], axis=1)


def count_lookups(trace: Trace, threads: int = 1) -> None:
    """Write every lookup table's multiplicity columns; all other columns of the trace must be filled.

    Raises WitnessError for a message that no lookup table of the trace holds.
    """
    buses, all_senders = lookup_buses(trace.tables), _senders(trace.tables)
    first_slot = dict(zip(buses, accumulate((bus.num_slots for bus in buses.values()), initial=0), strict=False))
    total = sum(bus.num_slots for bus in buses.values())
    places, tiles = trace.layout.column_places(), np.array(trace.tiles, np.int64)
    work = [(senders, places[senders.columns], senders.work(tiles)) for senders in all_senders]
    ends = list(accumulate((len(rows) for *_, rows in work), initial=0))

    def count(start: int, stop: int) -> npt.NDArray[np.uint64]:
        counts = np.zeros(total, np.uint64)
        for (senders, terms, rows), first in zip(work, ends, strict=False):
            bus, at = buses[senders.bus.number], first_slot[senders.bus.number]
            chosen = rows[max(start - first, 0) : max(stop - first, 0)]
            _count(trace, senders, bus, terms, chosen, counts[at : at + bus.num_slots])
        return counts

    counts, *others = run_ranges(count, ends[-1], threads) or [np.zeros(total, np.uint64)]
    for of_others in others:
        counts += of_others
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
        coefficients=to_montgomery(np.array([v for _, form in forms for v in form.columns.values()], np.int64)),
        constants=to_montgomery(np.array([form.constant for _, form in forms], np.int64)),
    )


def _count(
    trace: Trace,
    senders: _Senders,
    bus: LookupBus,
    terms: npt.NDArray[np.int64],
    work: npt.NDArray[np.int64],
    counts: npt.NDArray[np.uint64],
) -> None:
    """Count lookups on a bus, those of `work`; `terms` (terms, 2) are the columns' first cells and strides."""
    from core_vm.witness.lookup_kernels import count_messages, count_split_messages

    if not len(work):
        return
    forms = (senders.first, terms, senders.coefficients, senders.constants)
    if bus.split:
        wrong, row = count_split_messages(trace.q, forms, tuple(bus.split), bus.expected, work, counts)
    else:
        wrong, row = count_messages(trace.q, forms, bus.slot_of, bus.ranges, bus.expected, work, counts)
    if row >= 0:
        number = int(senders.tables[wrong])
        table = trace.tables[number]
        values = [f"{name}={int(trace.read(number, c)[row])}" for c, name in enumerate(table.columns)]
        raise WitnessError(
            f"table {table.name}, row {row}: no lookup table holds its {senders.bus.name}: {', '.join(values)}"
        )
