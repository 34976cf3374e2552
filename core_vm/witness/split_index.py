"""An index for lookups of values too large for an array: each is cut into a few small digits, and each digit counts.

Sets of such values are sums: every a + R b, for few a and few b (numbers of eight digits in base 14, four of which are
allowed, are 64 values below 14^3, and those times 14^3, and so on). If a row's number is such a sum as well, the slot
of a message is a sum of one small table's entry for each digit. Nothing is declared for this: it is found in the
values.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from core_vm.errors import TableDefinitionError
from core_vm.field.koalabear import P

# Of a digit's table an honest witness uses a few lines.
MAX_RADIX = 1 << 16
MAX_TABLE = 1 << 22


class SplitIndex(NamedTuple):
    """Entry j, with shifts[j] added, has the digits first_digit[j] .. first_digit[j + 1], the lowest first.

    A digit d in `radices[k]` adds codes[first_code[k] + d] to the slot; a negative code is no message's. Entries
    without digits are determined by the others.
    """

    shifts: npt.NDArray[np.uint64]
    first_digit: npt.NDArray[np.int64]
    radices: npt.NDArray[np.uint64]
    first_code: npt.NDArray[np.int64]
    codes: npt.NDArray[np.int32]


def split_index(messages: npt.NDArray[np.uint32], kept: Sequence[int], where: str) -> SplitIndex:
    """The index of `messages` (entries, slots), which their entries `kept` tell apart.

    Raises TableDefinitionError if their slots are no such sums.
    """
    shifts, first_digit = np.zeros(len(messages), np.uint64), [0]
    radices: list[int] = []
    tables: list[npt.NDArray[np.int64]] = []
    for j in range(len(messages)):
        if j in kept:
            others = [k for k in kept if k != j]
            alike = np.flatnonzero((messages[others] == messages[others, :1]).all(axis=0))
            shifts[j], digits = _digits_of(messages[j, alike].astype(np.int64), alike)
            for radix, table in digits:
                radices.append(radix)
                tables.append(table)
        first_digit.append(len(radices))
    first_code = np.cumsum([0, *(len(table) for table in tables)])[:-1]
    index = SplitIndex(
        shifts,
        np.array(first_digit, np.int64),
        np.array(radices, np.uint64),
        first_code.astype(np.int64),
        np.concatenate([np.zeros(0, np.int64), *tables]).astype(np.int32),
    )
    if (messages[:, slots_of(index, messages)] != messages).any():
        raise TableDefinitionError(f"{where}: its values are too large to index, and no sums of few small ones")
    return index


def _digits_of(
    values: npt.NDArray[np.int64], slots: npt.NDArray[np.int64]
) -> tuple[int, list[tuple[int, npt.NDArray[np.int64]]]]:
    """What to add to the values of one entry, and the radix and codes of each digit. `slots` are theirs."""
    signed = np.where(values > P // 2, values - P, values)
    shift = int(-signed.min())
    order = np.argsort(signed, kind="stable")
    rest, slots = signed[order] + shift, slots[order]
    first = np.flatnonzero(np.diff(rest, prepend=-1))  # of equal values the first counts
    rest, slots = rest[first], slots[first]
    digits = []
    while len(rest) > 1 or not digits:
        count = _lowest(rest)
        radix = int(rest[count]) if count < len(rest) else int(rest[-1]) + 1
        if radix > MAX_TABLE:
            break  # what is left is seen to have no slots
        table = np.full(radix, -1, np.int64)
        table[rest[:count]] = slots[:count]
        digits.append((radix, table))
        rest, slots = rest[::count] // radix, slots[::count] - slots[0]
    return shift, digits


def _lowest(values: npt.NDArray[np.int64]) -> int:
    """How many of the sorted values are the lowest digit's: the most of which all others are multiples more."""
    if values[-1] < MAX_RADIX:
        return len(values)
    best = 0
    for count in range(1, len(values)):
        if values[count] > MAX_RADIX:
            break
        if len(values) % count == 0 and _is_sum(values.reshape(-1, count), int(values[count])):
            best = count if count > 1 else best
    if best:
        return best
    return len(values)


def _is_sum(groups: npt.NDArray[np.int64], radix: int) -> bool:
    """Whether each group is the first one and a multiple of the radix."""
    starts = groups[:, 0]
    return bool((starts % radix == 0).all() and (groups == starts[:, None] + groups[0]).all() and groups[0, -1] < radix)


def slots_of(index: SplitIndex, messages: npt.NDArray[np.uint32]) -> npt.NDArray[np.int64]:
    """The slot of each message (entries, n), negative for one that has none as far as its digits tell."""
    slots = np.zeros(messages.shape[1], np.int64)
    missing = np.zeros(messages.shape[1], np.bool_)
    for j, entries in enumerate(messages):
        first, stop = index.first_digit[j : j + 2].tolist()
        if first == stop:
            continue
        rest = (entries.astype(np.uint64) + index.shifts[j]) % P
        for k in range(first, stop):
            rest, digit = np.divmod(rest, index.radices[k])
            codes = index.codes[index.first_code[k] + digit.astype(np.int64)]
            missing |= codes < 0
            slots += codes
        missing |= rest != 0
    return np.where(missing, -1, slots)
