"""Kernel that counts lookups: which row of a lookup table every message of an interaction asks for, and how often."""

from __future__ import annotations

import numpy as np

from core_vm.air.table import TILE
from core_vm.field.packed import LANES, load, splat, store
from core_vm.host.kernel_cache import njit

# 2^64 divided by the golden ratio, odd: multiples of it spread evenly over the high bits.
_MIXER = np.uint64(0x9E3779B97F4A7C15)


@njit
def _affine_tile(source, first, terms, coefficients, constants, form, tile, values):
    """A form on the 64 rows of a tile, canonical: multiplying by the word 1 takes the Montgomery factor off."""
    for v in range(0, TILE, LANES):
        total = splat(constants[form])
        for term in range(first[form], first[form + 1]):
            total = total + splat(coefficients[term]) * load(source, terms[term, 0] + tile * terms[term, 1] + v)
        store(values, form * TILE + v, total * splat(np.uint32(1)))


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


@njit(cache=True, nogil=True)
def count_messages(source, forms, slot_of, ranges, expected, start, stop, counts):
    """Add an interaction's multiplicities on tiles [start, stop) to `counts`, one number a slot of its bus.

    `forms` is (first, terms, coefficients, constants): form 0 is the multiplicity, form 1 + j is entry j. A message's
    slot is slot_of[sum of entry j * prod of ranges[i], i < j], over the entries with ranges[j] > 0; the others are
    checked against expected[j, slot]. Returns the first row whose message is in no slot, or -1.
    """
    first, terms, coefficients, constants = forms
    num_forms = len(first) - 1
    values = np.empty(num_forms * TILE, np.uint32)
    index = np.empty(TILE, np.int64)
    for tile in range(start, stop):
        for form in range(num_forms):
            _affine_tile(source, first, terms, coefficients, constants, form, tile, values)
        beyond = _indices(values, ranges, index)
        for lane in range(TILE):
            multiplicity = values[lane]
            if multiplicity == 0:
                continue
            slot = -1 if beyond and not _in_range(values, ranges, lane) else slot_of[index[lane]]
            for j in range(num_forms - 1):
                if slot >= 0 and ranges[j] == 0 and expected[j, slot] != values[(1 + j) * TILE + lane]:
                    slot = -1
            if slot < 0:
                return tile * TILE + lane
            counts[slot] += multiplicity
    return -1


@njit
def _place(message, stride, lane, num_entries, log_hashed):
    """Where a message is looked for first: its entries are message[j * stride + lane]."""
    mixed = np.uint64(0)
    for j in range(num_entries):
        mixed = (mixed ^ np.uint64(message[j * stride + lane])) * _MIXER
    return np.int64(mixed >> np.uint64(64 - log_hashed))


@njit
def _is_slot(message, stride, lane, expected, slot):
    for j in range(len(expected)):
        if expected[j, slot] != message[j * stride + lane]:
            return False
    return True


@njit
def _find(message, stride, lane, slot_of, log_hashed, expected):
    """The place of a message in a hashed index, or the empty place where it belongs."""
    place = _place(message, stride, lane, len(expected), log_hashed)
    while slot_of[place] >= 0 and not _is_slot(message, stride, lane, expected, slot_of[place]):
        place = (place + 1) & (len(slot_of) - 1)
    return place


@njit(cache=True, nogil=True)
def index_by_hash(expected, log_hashed, slot_of):
    """Put every slot of `expected` (entries, slots) in its place in `slot_of`; of equal messages the first counts."""
    messages, num_slots = expected.reshape(-1), expected.shape[1]
    for slot in range(num_slots):
        place = _find(messages, num_slots, slot, slot_of, log_hashed, expected)
        if slot_of[place] < 0:
            slot_of[place] = slot


@njit(cache=True, nogil=True)
def count_hashed_messages(source, forms, slot_of, log_hashed, expected, start, stop, counts):
    """`count_messages` with a hashed index: `slot_of` has 2^log_hashed places, and -1 in those that are empty."""
    first, terms, coefficients, constants = forms
    num_forms = len(first) - 1
    values = np.empty(num_forms * TILE, np.uint32)
    message = values[TILE:]
    for tile in range(start, stop):
        for form in range(num_forms):
            _affine_tile(source, first, terms, coefficients, constants, form, tile, values)
        for lane in range(TILE):
            if values[lane] == 0:
                continue
            slot = slot_of[_find(message, TILE, lane, slot_of, log_hashed, expected)]
            if slot < 0:
                return tile * TILE + lane
            counts[slot] += values[lane]
    return -1
