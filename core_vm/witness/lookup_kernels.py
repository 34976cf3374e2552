"""Kernel that counts lookups: which row of a lookup table every message of an interaction asks for, and how often."""

from __future__ import annotations

import numpy as np

from core_vm.air.table import TILE
from core_vm.field.koalabear import P
from core_vm.field.packed import LANES, load, splat, store
from core_vm.host.kernel_cache import njit

_P, _WORD = np.uint64(P), np.uint64(2**32 - 1)


@njit
def _affine_tile(source, forms, form, tile, values, at):
    """A form on the 64 rows of a tile, from values[at] on, canonical: multiplying by the word 1 takes the Montgomery
    factor off."""
    first, terms, coefficients, constants = forms
    for v in range(0, TILE, LANES):
        total = splat(constants[form])
        for term in range(first[form], first[form + 1]):
            total = total + splat(coefficients[term]) * load(source, terms[term, 0] + tile * terms[term, 1] + v)
        store(values, at + v, total * splat(np.uint32(1)))


@njit
def _message_tile(source, forms, sender, num_forms, tile, values):
    """Multiplicity and entries of a sender's messages on a tile, one tile of values behind the other."""
    for form in range(num_forms):
        _affine_tile(source, forms, sender * num_forms + form, tile, values, form * TILE)


@njit
def _indices(values, ranges, index):
    """index[lane] <- the place in `slot_of` of the message on each lane; whether any entry is out of its range.

    Lane by lane inside, so that it becomes vector code; lanes with an entry out of range have a meaningless index.
    """
    index[:] = 0
    beyond, radix = False, 1
    for j in range(len(ranges)):
        if ranges[j] > 0:
            largest = np.uint32(0)
            for lane in range(TILE):
                entry = values[(1 + j) * TILE + lane]
                largest = max(largest, entry)
                index[lane] += np.int64(entry) * radix
            beyond = beyond or largest >= ranges[j]
            radix *= ranges[j]
    return beyond


@njit
def _in_range(values, ranges, lane):
    """Whether each entry of one lane's message is in its range."""
    for j in range(len(ranges)):
        if ranges[j] > 0 and values[(1 + j) * TILE + lane] >= ranges[j]:
            return False
    return True


@njit
def _count_tile(values, index, beyond, slot_of, ranges, expected, counts):
    """Add a tile's multiplicities to `counts`. Returns the first lane whose message is in no slot, or -1."""
    for lane in range(TILE):
        multiplicity = values[lane]
        if multiplicity == 0:
            continue
        slot = -1 if beyond and not _in_range(values, ranges, lane) else slot_of[index[lane]]
        for j in range(len(ranges)):
            if slot >= 0 and ranges[j] == 0 and expected[j, slot] != values[(1 + j) * TILE + lane]:
                slot = -1
        if slot < 0:
            return lane
        counts[slot] += multiplicity
    return -1


@njit(cache=True, nogil=True)
def count_messages(source, forms, slot_of, ranges, expected, work, counts):
    """Add multiplicities to `counts`, one number a slot of a bus; rows of `work` are (sender, first tile, tile to stop
    at).

    `forms` is (first, terms, coefficients, constants), 1 + entries forms a sender: first the multiplicity, then the
    entries. A message's slot is slot_of[sum of entry j * prod of ranges[i], i < j], over the entries with
    ranges[j] > 0; the others are checked against expected[j, slot]. Returns the sender and the row of the first message
    that is in no slot, or -1 and -1.
    """
    num_forms = 1 + len(ranges)
    values = np.empty(num_forms * TILE, np.uint32)
    index = np.empty(TILE, np.int64)
    for k in range(len(work)):
        for tile in range(work[k, 1], work[k, 2]):
            _message_tile(source, forms, work[k, 0], num_forms, tile, values)
            beyond = _indices(values, ranges, index)
            lane = _count_tile(values, index, beyond, slot_of, ranges, expected, counts)
            if lane >= 0:
                return work[k, 0], tile * TILE + lane
    return -1, -1


@njit
def _reciprocals(radices):
    """(m, s) of each radix r with floor(n / r) = n m >> s for all n below 2^31: Granlund and Montgomery, "Division by
    invariant integers using multiplication". With 2^(l - 1) < r <= 2^l, s is 31 + l, m = ceil(2^s / r) below 2^32."""
    found = np.empty((len(radices), 2), np.uint64)
    for k in range(len(radices)):
        shift = np.uint64(31)
        while np.uint64(1) << (shift - np.uint64(31)) < radices[k]:
            shift += np.uint64(1)
        found[k, 0] = ((np.uint64(1) << shift) + radices[k] - np.uint64(1)) // radices[k]
        found[k, 1] = shift
    return found


@njit
def _split_slots(values, index, reciprocals, rest, slots, missing):
    """The slots of a tile's messages by a `SplitIndex`; `missing` is negative where there is none. Lane by lane inside,
    so that it becomes vector code. `rest` is room for a tile."""
    shifts, first_digit, radices, first_code, codes = index
    slots[:] = 0
    missing[:] = 0
    for j in range(len(shifts)):
        if first_digit[j] == first_digit[j + 1]:
            continue
        shift = shifts[j]
        for lane in range(TILE):
            value = np.uint64(values[(1 + j) * TILE + lane]) + shift
            rest[lane] = min(value, value - _P)  # modulo p: what wraps is larger
        for k in range(first_digit[j], first_digit[j + 1]):
            radix, factor, down, at = radices[k], reciprocals[k, 0], reciprocals[k, 1], first_code[k]
            for lane in range(TILE):
                quotient = ((rest[lane] & _WORD) * (factor & _WORD)) >> down
                code = codes[at + np.int64(rest[lane] - quotient * radix)]
                slots[lane] += code
                missing[lane] |= code
                rest[lane] = quotient
        for lane in range(TILE):
            missing[lane] |= -np.int64(rest[lane])


@njit
def _count_split_tile(values, slots, missing, first_digit, expected, counts):
    """As `_count_tile`, once the slots are known."""
    for lane in range(TILE):
        if values[lane] == 0:
            continue
        slot = slots[lane] if missing[lane] >= 0 else np.int64(-1)
        for j in range(len(first_digit) - 1):
            is_determined = first_digit[j] == first_digit[j + 1]
            if slot >= 0 and is_determined and expected[j, slot] != values[(1 + j) * TILE + lane]:
                slot = np.int64(-1)
        if slot < 0:
            return lane
        counts[slot] += values[lane]
    return -1


@njit(cache=True, nogil=True)
def count_split_messages(source, forms, index, expected, work, counts):
    """`count_messages` by a `SplitIndex`."""
    first_digit, radices = index[1], index[2]
    num_forms, reciprocals = len(first_digit), _reciprocals(radices)
    values = np.empty(num_forms * TILE, np.uint32)
    rest, slots, missing = np.empty(TILE, np.uint64), np.empty(TILE, np.int64), np.empty(TILE, np.int64)
    for k in range(len(work)):
        for tile in range(work[k, 1], work[k, 2]):
            _message_tile(source, forms, work[k, 0], num_forms, tile, values)
            _split_slots(values, index, reciprocals, rest, slots, missing)
            lane = _count_split_tile(values, slots, missing, first_digit, expected, counts)
            if lane >= 0:
                return work[k, 0], tile * TILE + lane
    return -1, -1
