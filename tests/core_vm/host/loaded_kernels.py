"""Kernels of every kind of argument and result, for processes that load them."""

from __future__ import annotations

from collections import namedtuple

import numpy as np

from core_vm.host.kernel_cache import borrowing_njit, callback, njit

Pair = namedtuple("Pair", ["left", "right"])


@njit(cache=True)
def add_all(values):
    total = np.int64(0)
    for value in values:
        total += value
    return total


@njit(cache=True)
def same(values):
    return values


@njit(cache=True)
def doubled(values):
    return values * np.uint32(2)


@njit(cache=True)
def quotient(values, divisor):
    """Raises ZeroDivisionError by itself, ValueError by its own word, after it has allocated."""
    room = values + np.uint32(1)
    if divisor < 0:
        raise ValueError("a negative divisor")
    return np.int64(room[0]) // divisor


@njit(cache=True)
def of_tuples(pair, numbers, nothing, choice):
    if nothing is not None or not choice:
        return np.int64(-1)
    return np.int64(pair.left[0]) + pair.right[0] + numbers[0] + numbers[1][0]


@borrowing_njit(cache=True)
def borrowed(pair, values):
    return np.int64(pair.left[0]) + pair.right[0] + values[0]


@njit(cache=True)
def first(values):
    """Of any type."""
    return values.flat[0]


@njit(cache=True, nogil=True)
def work_long(state, room, steps):
    """state[0] is 1 meanwhile, and 2 when it is done."""
    state[0] = 1
    for step in range(steps):
        room[step % len(room)] += room[(step * 7) % len(room)] ^ step
    state[0] = 2


@callback("int64, int64")
def difference(x, y):
    return x - y


def prepare() -> None:
    """Compile each for the arguments that `machine_code_checks` calls it with."""
    values, pair = np.arange(1, 9, dtype=np.uint32), Pair(np.ones(1, np.uint32), np.ones(1, np.uint32))
    add_all(values)
    same(values)
    doubled(values)
    quotient(values, 1)
    of_tuples(pair, (1, values), None, True)
    borrowed(pair, values)
    first(values)
    work_long(np.zeros(1, np.int64), np.zeros(8, np.int64), 1)
    assert difference.address
