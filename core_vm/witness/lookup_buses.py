"""Where a message is among those that lookup tables hold: for each bus the slots of its lookup tables, and an index of
messages to slots.

A lookup table receives each of its messages a committed number of times. How often that is, is counted by slots
(`lookups`).
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
from core_vm.air.table import Interaction, Table
from core_vm.field.koalabear import P
from core_vm.witness.check import evaluate_affine
from core_vm.witness.split_index import SplitIndex, split_index

# An index of messages to rows is one array; 2^22 words of it stay in the cache. Larger values are split: `split_index`.
MAX_INDEX = 1 << 22
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
