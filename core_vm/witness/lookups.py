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
class _Sender:
    """One interaction that looks something up: the forms of its multiplicity and of its entries, for the kernel.

    Form f adds terms first[f] .. first[f + 1], each a column times a coefficient, to a constant. Montgomery form.
    """

    table: int
    bus: Bus
    first: npt.NDArray[np.int64]
    columns: npt.NDArray[np.int64]
    coefficients: npt.NDArray[np.uint32]
    constants: npt.NDArray[np.uint32]


def count_lookups(trace: Trace, threads: int = 1) -> None:
    """Write every lookup table's multiplicity columns; all other columns of the trace must be filled.

    Raises WitnessError for a message that no lookup table of the trace holds.
    """
    buses = lookup_buses(trace.tables)
    first_slot, total = {}, 0
    for number, bus in buses.items():
        first_slot[number] = total
        total += bus.num_slots
    work = []
    for sender in _senders(trace.tables):
        tiles = trace.tiles[sender.table]
        work += [(sender, start, min(start + GRANULE, tiles)) for start in range(0, tiles, GRANULE)]
    places = [np.stack(trace.layout.column_base(number), axis=1) for number in range(len(trace.tables))]

    def count(start: int, stop: int) -> npt.NDArray[np.uint64]:
        counts = np.zeros(total, np.uint64)
        for sender, first, last in work[start:stop]:
            bus, at = buses[sender.bus.number], first_slot[sender.bus.number]
            terms = places[sender.table][sender.columns]
            _count(trace, sender, bus, terms, first, last, counts[at : at + bus.num_slots])
        return counts

    counts = sum(run_ranges(count, len(work), threads), np.zeros(total, np.uint64)) % np.uint64(P)
    for number, bus in buses.items():
        at = first_slot[number]
        for table, column, rows in bus.receives:
            if trace.tiles[table]:
                trace.write(table, column, 0, counts[at : at + rows])
            elif counts[at : at + rows].any():
                raise WitnessError(f"table {trace.tables[table].name} is absent, and rows of it are looked up")
            at += rows


@lru_cache(maxsize=8)
def _senders(tables: tuple[Table, ...]) -> tuple[_Sender, ...]:
    """All interactions that look something up. Raises TableDefinitionError for one that uses a key."""
    buses, senders = lookup_buses(tables), []
    for number, table in enumerate(tables):
        for interaction in table.interactions:
            if interaction.bus.number not in buses or received_column(table, interaction) is not None:
                continue
            forms = [interaction.affine_multiplicity(), *interaction.affine_message()]
            if any(form.keys for form in forms):
                raise TableDefinitionError(f"table {table.name}: a lookup on bus {interaction.bus.name} uses a key")
            senders.append(_sender(number, interaction.bus, forms))
    return tuple(senders)


def _sender(table: int, bus: Bus, forms: Sequence[Affine]) -> _Sender:
    return _Sender(
        table,
        bus,
        first=np.cumsum([0, *(len(form.columns) for form in forms)]).astype(np.int64),
        columns=np.array([c for form in forms for c in form.columns], np.int64),
        coefficients=to_montgomery(np.array([v for form in forms for v in form.columns.values()], np.int64)),
        constants=to_montgomery(np.array([form.constant for form in forms], np.int64)),
    )


def _count(
    trace: Trace,
    sender: _Sender,
    bus: LookupBus,
    terms: npt.NDArray[np.int64],
    start: int,
    stop: int,
    counts: npt.NDArray[np.uint64],
) -> None:
    """Count a sender's lookups on tiles [start, stop); `terms` (terms, 2) are the columns' first cells and strides."""
    from core_vm.witness.lookup_kernels import count_messages, count_split_messages

    forms = (sender.first, terms, sender.coefficients, sender.constants)
    if bus.split:
        row = count_split_messages(trace.q, forms, tuple(bus.split), bus.expected, start, stop, counts)
    else:
        row = count_messages(trace.q, forms, bus.slot_of, bus.ranges, bus.expected, start, stop, counts)
    if row >= 0:
        table = trace.tables[sender.table]
        values = [f"{name}={int(trace.read(sender.table, c)[row])}" for c, name in enumerate(table.columns)]
        raise WitnessError(
            f"table {table.name}, row {row}: no lookup table holds its {sender.bus.name}: {', '.join(values)}"
        )
