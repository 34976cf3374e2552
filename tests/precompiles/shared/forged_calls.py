"""Lies about calls: about any one, and about one that replaces its first operand by a function of it and the second."""

from __future__ import annotations

import numpy as np

from core_vm.machine.precompile import PrecompileEvents


def other_result(calls: PrecompileEvents) -> None:
    calls.after[1][0, 1] += np.uint64(1)


def other_replaced_operand(calls: PrecompileEvents) -> None:
    calls.before[1][0, 0] ^= np.uint64(1)


def other_second_operand(calls: PrecompileEvents) -> None:
    calls.before[0][0, 5] ^= np.uint64(1)


def other_place(calls: PrecompileEvents) -> None:
    calls.arguments[-1, 0] += np.uint64(8)


def from_the_future(calls: PrecompileEvents) -> None:
    calls.previous_times[1][0, 0] = calls.times[0] + 1


def other_time(calls: PrecompileEvents) -> None:
    calls.times[-1] += 4


FORGERIES = (other_result, other_replaced_operand, other_second_operand, other_place, from_the_future, other_time)
