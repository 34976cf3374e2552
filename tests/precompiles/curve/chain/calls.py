"""Calls on chains without a machine around them: points, digits, events, and the rows of their tables."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import numpy as np

from core_vm.machine.precompile import PrecompileEvents
from core_vm.machine.program.program import Program
from core_vm.witness.module import TableModule
from precompiles.curve.chain.call_table import call_module
from precompiles.curve.chain.digit_table import digit_module
from precompiles.curve.chain.exception_table import exception_module
from precompiles.curve.chain.operands import DIGIT_DWORDS, NUM_POINTS, name_of
from precompiles.curve.chain.point_table import point_module
from precompiles.curve.chain.reference import NO_POINT, chain, digits_of, step
from precompiles.curve.chain.step_table import step_module
from precompiles.curve.curves import CURVES, Curve, curves_of
from precompiles.curve.reference import Point, double
from tests.precompiles.curve.calls import dwords, on_curve
from tests.precompiles.curve.guest import point_bytes
from tests.precompiles.guests import built
from tests.soundness.honest_rows import rows_of

HERE = Path(__file__).resolve().parent
SIZES = (256, 384)
MODULES = {
    "call": call_module,
    "point": point_module,
    "digit": digit_module,
    "step": step_module,
    "exception": exception_module,
}


@dataclass(frozen=True)
class Chain:
    """Of one call: p, the eight points, and the dwords of its digits."""

    curve: Curve
    p: Point
    points: tuple[Point, ...]
    digits: tuple[int, ...]

    @property
    def result(self) -> Point | None:
        return chain(self.curve, self.p, self.points, self.digits)

    @property
    def input(self) -> bytes:
        """For the guest."""
        header = bytes([CURVES.index(self.curve), self.curve.dwords, 0, 0, 0, 0, 0, 0])
        points = b"".join(point_bytes(self.curve, point) for point in (self.p, *self.points))
        return header + points + b"".join(dword.to_bytes(8, "little") for dword in self.digits)


@cache
def program() -> Program:
    return built(HERE / "chain.c")


def random_chain(generator: random.Random, curve: Curve, is_on_curve: bool = True) -> Chain:
    """Points of the curve, or others; a y that is not reduced among them."""
    m = curve.modulus

    def point() -> Point:
        if is_on_curve:
            return on_curve(generator, curve)
        x = generator.choice([0, 1, m - 1, generator.randrange(m)])
        return x, generator.choice([m, generator.randrange(2**curve.bits)])

    digits = tuple(generator.randrange(2**64) for _ in range(DIGIT_DWORDS))
    return Chain(curve, point(), tuple(point() for _ in range(NUM_POINTS)), digits)


def point_before(chain_of: Chain, place: int) -> Point:
    """p before a step that is reached."""
    p = chain_of.p
    for index, sign in digits_of(chain_of.digits)[:place]:
        after = step(chain_of.curve, p, chain_of.points[index], sign)
        assert after
        p = after
    return p


def exceptional_chain(generator: random.Random, curve: Curve, place: int, is_opposite: bool) -> Chain:
    """One whose step at `place` has no result: the last point, which no step before it takes, has the x of p, or leads
    back to it."""
    honest = random_chain(generator, curve)
    bit = 1 << 63 - place
    never_the_last = honest.digits[0] & (bit - 1)
    digits = (never_the_last | bit, honest.digits[1] | bit, honest.digits[2] | bit, honest.digits[3])
    p = point_before(Chain(curve, honest.p, honest.points, digits), place)
    sign, last = digits_of(digits)[place][1], (p[0], generator.choice([p[1], curve.modulus - p[1], 5]))
    if is_opposite:
        twice = double(curve, p)
        assert twice
        last = twice[0], -sign * twice[1] % curve.modulus
    return Chain(curve, honest.p, (*honest.points[:-1], last), digits)


def events(chains: Sequence[Chain]) -> dict[str, PrecompileEvents]:
    """The events of these calls, all of one width, by precompile."""
    bits, generator, found = chains[0].curve.bits, np.random.default_rng(5), {}
    for curve in curves_of(bits):
        chosen = [k for k, one in enumerate(chains) if one.curve == curve]
        count = len(chosen)
        points = dwords([point for k in chosen for point in chains[k].points], bits).reshape(
            count, (NUM_POINTS * bits) // 32
        )
        digits = np.array([chains[k].digits for k in chosen], np.uint64).reshape(count, DIGIT_DWORDS)
        p = dwords([chains[k].p for k in chosen], bits)
        after = dwords([chains[k].result or NO_POINT for k in chosen], bits)
        arguments = (0x1_0000 + 0x1000 * np.arange(3 * count)).astype(np.uint64).reshape(-1, 3)
        blocks = [points, digits, p]
        previous = [generator.integers(0, 70_001, block.shape).astype(np.uint32) for block in blocks]
        times = (70_001 + 4 * np.array(chosen, np.int64)).astype(np.uint32)
        pointers = [arguments[:, 1], arguments[:, 2], arguments[:, 0]]
        found[name_of(curve)] = PrecompileEvents(times, arguments, pointers, blocks, previous, [points, digits, after])
    return found


def rows(table: str, chains: Sequence[Chain]) -> np.ndarray:
    """The rows of these calls in one of the tables, canonical int64 (width, n)."""
    source = SimpleNamespace(events=SimpleNamespace(precompiles=events(chains)))
    return rows_of(module_of(table, chains[0].curve.bits), source)


def module_of(table: str, bits: int) -> TableModule:
    return MODULES[table](bits)
