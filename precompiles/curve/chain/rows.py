"""What the tables of chains are filled from: the calls of all curves of a width, one after the other."""

from __future__ import annotations

from typing import Any

import numpy as np

from core_vm.tables.gadgets.calls import joined
from core_vm.tables.gadgets.rows import SharedRows
from precompiles.curve.chain.operands import (
    DIGITS,
    INDEX_BITS,
    LIMB_BITS,
    NUM_POINTS,
    POINTS,
    QUARTERS,
    STEPS,
    P,
    name_of,
)
from precompiles.curve.curves import all_constants, curves_of
from precompiles.shared.digits import uncentred
from precompiles.shared.primes import like


def index_and_sign(digits: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Of each step, int64 (n, steps), by the dwords (n, 4)."""
    shifts = np.arange(STEPS - 1, -1, -1).astype(np.uint64)
    bits = (digits[:, :, None] >> shifts & np.uint64(1)).astype(np.int64)
    index = (bits[:, :INDEX_BITS] << np.arange(INDEX_BITS)[:, None]).sum(axis=1)
    return index, 2 * bits[:, INDEX_BITS] - 1


def half_of(points: np.ndarray, half: int) -> np.ndarray:
    """x (0) or y (1) of points: dwords (n, d) of (n, 2 d)."""
    count = points.shape[1] // 2
    return np.ascontiguousarray(points[:, half * count : (half + 1) * count])


class Calls:
    """All of a shard's on curves of a width. `which` (n,) is their curve; `steps` (n,) int64 those that have a result,
    and `ends` the point (n, 2 d) before the step that has none."""

    def __init__(self, source: Any, bits: int) -> None:
        parts = [source.events.precompiles[name_of(curve)] for curve in curves_of(bits)]
        parts = [(k, part) for k, part in enumerate(parts) if len(part)]
        self.which = np.repeat([k for k, _ in parts], [len(part) for _, part in parts]).astype(np.int64)
        self.events = joined([part for _, part in parts]) if parts else None
        self.constants, self.like = all_constants(bits), like(bits)
        self.steps = np.full(len(self.which), STEPS)
        self.ends = np.zeros((len(self.which), bits // 32), np.uint64)
        if self.events is not None:
            self._complete()

    def __len__(self) -> int:
        return len(self.which)

    def before(self, operand: int) -> np.ndarray:
        assert self.events is not None
        return np.ascontiguousarray(self.events.before[operand])

    @property
    def after(self) -> np.ndarray:
        assert self.events is not None
        return self.events.after[P]

    def _complete(self) -> None:
        """`steps` and `ends` of calls that give zeros: others have all of their steps."""
        suspects = np.flatnonzero(~self.after.any(axis=1))
        if len(suspects):
            from precompiles.curve.chain.trace_kernels import count_steps

            operands = (self.before(operand) for operand in (P, POINTS, DIGITS))
            count_steps(suspects, self.which, self.constants, *operands, self.like, self.steps, self.ends)


class _Rows(SharedRows):
    """`which` (n,) is the curve, `time` that of the call."""

    def __init__(self, calls: Calls, call: np.ndarray) -> None:
        super().__init__()
        self.calls, self.call = calls, call
        self.which = calls.which[call]
        self.time = np.zeros(0, np.int64) if calls.events is None else calls.events.times[call].astype(np.int64)

    def __len__(self) -> int:
        return len(self.call)

    def point(self, index: np.ndarray) -> np.ndarray:
        """One of the call's points in each row: (n, 2 d)."""
        points = self.calls.before(POINTS)
        return points.reshape(len(points), NUM_POINTS, -1)[self.call, index]


class PointRows(_Rows):
    """Rows start .. stop: the eight points of one call after the other."""

    def __init__(self, source: Any, bits: int, start: int, stop: int) -> None:
        rows = np.arange(start, stop)
        super().__init__(Calls(source, bits), rows // NUM_POINTS)
        self.index = rows % NUM_POINTS
        self.values = self.point(self.index)

    @property
    def dword(self) -> np.ndarray:
        assert self.calls.events is not None
        first = self.calls.events.pointers[POINTS][self.call].astype(np.int64) >> 3
        return first + self.index * self.values.shape[1]

    def previous_time(self, dword: int) -> np.ndarray:
        assert self.calls.events is not None
        times = self.calls.events.previous_times[POINTS][self.call, self.index * self.values.shape[1] + dword]
        return times.astype(np.int64)

    @property
    def uses(self) -> np.ndarray:
        """How many of the call's steps add or subtract the point: also the one that has no result."""
        index, _ = index_and_sign(self.calls.before(DIGITS))
        counted = np.arange(STEPS) <= self.calls.steps[:, None]
        return ((index[self.call] == self.index[:, None]) & counted[self.call]).sum(axis=1)


class DigitRows(_Rows):
    """Rows start .. stop: sixteen steps of one call after the other, the first ones first."""

    def __init__(self, source: Any, bits: int, start: int, stop: int) -> None:
        rows = np.arange(start, stop)
        super().__init__(Calls(source, bits), rows // QUARTERS)
        self.quarter = rows % QUARTERS

    @property
    def bits(self) -> np.ndarray:
        """Of a limb of each dword, the lowest first: (n, dwords x 16)."""
        shifts = LIMB_BITS * (QUARTERS - 1 - self.quarter[:, None]) + np.arange(LIMB_BITS)
        dwords = self.calls.before(DIGITS)[self.call]
        return (dwords[:, :, None] >> shifts[:, None].astype(np.uint64) & np.uint64(1)).reshape(len(dwords), -1)

    @property
    def uses(self) -> np.ndarray:
        """How many ask for each step: (n, 16)."""
        steps = LIMB_BITS * self.quarter[:, None] + np.arange(LIMB_BITS)
        return (steps <= self.calls.steps[self.call, None]).astype(np.int64)


class StepRows(_Rows):
    """Rows start .. stop: the steps that have a result, of one call after the other. `slopes` (2, n, bytes) and
    `quotients` (5, n, bytes + 1) int32 are balanced digits."""

    def __init__(self, source: Any, bits: int, start: int, stop: int) -> None:
        from precompiles.curve.chain.trace_kernels import fill_steps

        calls = Calls(source, bits)
        firsts = np.cumsum([0, *calls.steps])
        rows = np.arange(start, stop)
        super().__init__(calls, np.searchsorted(firsts, rows, side="right") - 1)
        self.step = rows - firsts[self.call]
        index, sign = index_and_sign(calls.before(DIGITS))
        self.index, self.sign = index[self.call, self.step], sign[self.call, self.step]
        count = bits // 8
        self.numbers = np.zeros((len(rows), 5, count // 8), np.uint64)
        centred = np.zeros((7, len(rows), count // 8 + 1), np.uint64)
        operands = (calls.before(operand) for operand in (P, POINTS, DIGITS))
        fill_steps(calls.which, calls.constants, *operands, firsts, start, stop, calls.like, self.numbers, centred)
        self.slopes, self.quotients = uncentred(centred[:2], count), uncentred(centred[2:], count + 1)
        self.added = self.point(self.index)


class ExceptionRows(_Rows):
    """Rows start .. stop: the step without a result of each call that has one, rare enough for Python's integers."""

    def __init__(self, source: Any, bits: int, start: int, stop: int) -> None:
        calls = Calls(source, bits)
        super().__init__(calls, np.flatnonzero(calls.steps < STEPS)[start:stop])
        self.step = calls.steps[self.call]
        index, sign = index_and_sign(calls.before(DIGITS))
        self.index, self.sign = index[self.call, self.step], sign[self.call, self.step]
        self.p, self.added = calls.ends[self.call], self.point(self.index)
        self.is_opposite = (self.p[:, : bits // 64] != self.added[:, : bits // 64]).any(axis=1).astype(np.int64)
        self.slope = np.zeros((len(self), bits // 8), np.int32)
        self.quotients = np.zeros((2, len(self), bits // 8 + 1), np.int32)
        for row in np.flatnonzero(self.is_opposite).tolist():
            self._solve(row, curves_of(bits)[self.which[row]].modulus)

    def _solve(self, row: int, m: int) -> None:
        """The chord through p and the point, which meets p's curve at x of p once more."""
        (x, y), (xq, yq) = (_coordinates(values[row]) for values in (self.p, self.added))
        y_of_point = int(self.sign[row]) * yq
        slope = (y_of_point - y) * pow(xq - x, -1, m) % m
        digits = _balanced(slope, self.slope.shape[1])
        if digits is None:
            slope -= m
            digits = _balanced(slope, self.slope.shape[1])
        assert digits is not None
        self.slope[row] = digits
        for k, side in enumerate((slope * (xq - x) + y - y_of_point, slope * slope - 2 * x - xq)):
            assert side % m == 0
            quotient = _balanced(side // m, self.quotients.shape[2])
            assert quotient is not None
            self.quotients[k, row] = quotient


def _coordinates(dwords: np.ndarray) -> tuple[int, int]:
    x, y = (int.from_bytes(half.tobytes(), "little") for half in dwords.reshape(2, -1))
    return x, y


def _balanced(value: int, count: int) -> list[int] | None:
    """The digits of a number that has so many."""
    centred = value + 128 * (256**count - 1) // 255
    if not 0 <= centred < 256**count:
        return None
    return [byte - 128 for byte in centred.to_bytes(count, "little")]
