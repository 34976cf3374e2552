"""Kernels that count lookups: which row of a lookup table every message of an interaction asks for, and how often.

All senders of a table take a tile before any goes on to the next one, whose columns are then read from memory once.
"""

from __future__ import annotations

import numpy as np

from core_vm.air.table import TILE
from core_vm.field.koalabear import P
from core_vm.field.packed import LANES, load, splat, store
from core_vm.field.packed.doubling import add_product, narrow, wide
from core_vm.host.kernel_cache import borrowing_njit, njit

_P, _WORD = np.uint32(P), np.uint64(2**32 - 1)


@borrowing_njit
def _affine_tile(source, forms, form, tile, values, at):
    """A form on the 64 rows of a tile, from values[at] on, canonical: a canonical coefficient times a cell in
    Montgomery form, reduced once."""
    first, terms, coefficients, constants = forms
    for v in range(0, TILE, 2 * LANES):
        after = min(v + LANES, TILE - LANES)
        left = wide(splat(constants[form]))
        right = left
        for term in range(first[form], first[form + 1]):
            coefficient, here = splat(coefficients[term]), terms[term, 0] + tile * terms[term, 1]
            left = add_product(left, coefficient, load(source, here + v))
            right = add_product(right, coefficient, load(source, here + after))
        store(values, at + v, narrow(left))
        store(values, at + after, narrow(right))


@borrowing_njit
def _message_tile(source, forms, sender, num_forms, tile, values):
    """Multiplicity and entries of a sender's messages on a tile, one tile of values behind the other."""
    for form in range(num_forms):
        _affine_tile(source, forms, sender * num_forms + form, tile, values, form * TILE)


@borrowing_njit
def _find_slots(values, ranges, slot_of, index, slots):
    """The slots of a tile's messages, negative where there is none. Lane by lane inside, so that it becomes vector
    code; `index` is room for a tile."""
    index[:] = 0
    slots[:] = 0
    radix = np.uint32(1)
    for j in range(len(ranges)):
        size = np.uint32(ranges[j])
        if size == 0:
            continue
        for lane in range(TILE):
            entry = values[(1 + j) * TILE + lane]
            inside = entry < size
            index[lane] += entry * radix if inside else np.uint32(0)
            slots[lane] |= np.int32(0) if inside else np.int32(-1)
        radix *= size
    if len(slot_of):
        for lane in range(TILE):
            slots[lane] |= slot_of[np.uint64(index[lane])]
    else:
        for lane in range(TILE):
            slots[lane] |= np.int32(index[lane])


@borrowing_njit
def _count_tile(values, slots, checked, expected, counts):
    """Add a tile's multiplicities to `counts`. Returns the first lane whose message is in no slot, or -1."""
    wrong = np.uint32(0)
    for lane in range(TILE):
        wrong |= np.uint32(slots[lane] < 0) & np.uint32(values[lane] != 0)
    for c in range(len(checked)):
        for lane in range(TILE):
            differs = expected[np.uint64(max(slots[lane], 0)), c] != values[(1 + checked[c]) * TILE + lane]
            wrong |= np.uint32(differs) & np.uint32(values[lane] != 0)
    if wrong:
        return _first_wrong(values, slots, checked, expected)
    for lane in range(TILE):
        counts[np.uint64(max(slots[lane], 0))] += values[lane]
    return -1


@borrowing_njit
def _first_wrong(values, slots, checked, expected):
    """The first lane whose message is in no slot."""
    for lane in range(TILE):
        if values[lane] == 0:
            continue
        if slots[lane] < 0:
            return lane
        for c in range(len(checked)):
            if expected[slots[lane], c] != values[(1 + checked[c]) * TILE + lane]:
                return lane
    return -1


@njit(cache=True, nogil=True)
def count_messages(source, forms, slot_of, ranges, checked, expected, work, counts):
    """Add multiplicities to `counts`, one number a slot of a bus; rows of `work` are (first sender, sender to stop at,
    first tile, tile to stop at).

    `forms` is (first, terms, coefficients, constants), 1 + entries forms a sender: first the multiplicity, then the
    entries. A message's slot is slot_of[sum of entry j * prod of ranges[i], i < j], over the entries with
    ranges[j] > 0, or that sum itself if `slot_of` is empty. Entry checked[c] must be expected[slot, c]. Returns the
    sender and the row of a message that is in no slot, or -1 and -1.
    """
    num_forms = 1 + len(ranges)
    values = np.empty(num_forms * TILE, np.uint32)
    index, slots = np.empty(TILE, np.uint32), np.empty(TILE, np.int32)
    for first, stop, start, end in work:
        for tile in range(start, end):
            for sender in range(first, stop):
                _message_tile(source, forms, sender, num_forms, tile, values)
                _find_slots(values, ranges, slot_of, index, slots)
                lane = _count_tile(values, slots, checked, expected, counts)
                if lane >= 0:
                    return sender, tile * TILE + lane
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


@borrowing_njit
def _split_slots(values, index, reciprocals, rest, slots):
    """The slots of a tile's messages by a `SplitIndex`, negative where there is none. Lane by lane inside, so that it
    becomes vector code. `rest` is room for a tile."""
    shifts, first_digit, radices, first_code, codes = index
    slots[:] = 0
    for j in range(len(shifts)):
        first, last = first_digit[j], first_digit[j + 1] - 1
        if first > last:
            continue
        shift = np.uint32(shifts[j])
        for lane in range(TILE):
            value = values[(1 + j) * TILE + lane] + shift
            rest[lane] = min(value, value - _P)  # modulo p: what wraps is larger
        for k in range(first, last):
            factor, down = reciprocals[k, 0], reciprocals[k, 1]
            radix, at = np.uint32(radices[k]), np.uint64(first_code[k])
            for lane in range(TILE):
                quotient = np.uint32((np.uint64(rest[lane]) * (factor & _WORD)) >> down)
                code = codes[at + np.uint64(rest[lane] - quotient * radix)]
                slots[lane] = code + slots[lane] if (code | slots[lane]) >= 0 else np.int32(-1)
                rest[lane] = quotient
        at, radix = np.uint64(first_code[last]), np.uint32(radices[last])
        for lane in range(TILE):
            code = codes[at + np.uint64(min(rest[lane], radix - np.uint32(1)))]
            within = rest[lane] < radix and (code | slots[lane]) >= 0
            slots[lane] = code + slots[lane] if within else np.int32(-1)


@njit(cache=True, nogil=True)
def count_split_messages(source, forms, index, checked, expected, work, counts):
    """`count_messages` by a `SplitIndex`."""
    first_digit, radices = index[1], index[2]
    num_forms, reciprocals = len(first_digit), _reciprocals(radices)
    values = np.empty(num_forms * TILE, np.uint32)
    rest, slots = np.empty(TILE, np.uint32), np.empty(TILE, np.int32)
    for first, stop, start, end in work:
        for tile in range(start, end):
            for sender in range(first, stop):
                _message_tile(source, forms, sender, num_forms, tile, values)
                _split_slots(values, index, reciprocals, rest, slots)
                lane = _count_tile(values, slots, checked, expected, counts)
                if lane >= 0:
                    return sender, tile * TILE + lane
    return -1, -1
