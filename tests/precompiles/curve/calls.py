"""Calls on curves without a machine around them: points, events, and the rows of their tables."""

from __future__ import annotations

import random
from collections.abc import Sequence
from functools import cache
from types import SimpleNamespace

import numpy as np

from core_vm.machine.precompile import PrecompileEvents
from core_vm.witness.module import TableModule
from precompiles.curve.add_table import add_module
from precompiles.curve.curves import Curve, curves_of
from precompiles.curve.double_table import double_module
from precompiles.curve.numbers import add_name, double_name
from precompiles.curve.reference import Point, add, double
from tests.soundness.honest_rows import rows_of

Case = tuple[str, Curve, Point, Point]
"""An operation, a curve, p, and q, which a double ignores."""
SIZES = (256, 384)


def module_of(operation: str, bits: int) -> TableModule:
    return (add_module if operation == "add" else double_module)(bits)


def name_of(operation: str, curve: Curve) -> str:
    """Of the precompile."""
    return (add_name if operation == "add" else double_name)(curve)


def compute(case: Case) -> Point | None:
    operation, curve, p, q = case
    return add(curve, p, q) if operation == "add" else double(curve, p)


def on_curve(generator: random.Random, curve: Curve) -> Point:
    """A random point; all moduli leave 3 modulo 4."""
    m = curve.modulus
    while True:
        x = generator.randrange(m)
        square = (x**3 - curve.minus_a * x + curve.b) % m
        y = pow(square, (m + 1) // 4, m)
        if y * y % m == square:
            return x, generator.choice([y, m - y])


def random_case(generator: random.Random, operation: str, curve: Curve) -> Case:
    """Points of the curve and others, of edge coordinates, reduced and not."""
    m, size = curve.modulus, 2**curve.bits
    edges = [0, 1, 2, 2**64, 2**128 - 1, m - 2, m - 1, m, m + 1, size - 1, size - 2, size // 2]
    edges.append(sum(0xFF << 16 * k for k in range(curve.bits // 16)))

    def point() -> Point:
        kind = generator.random()
        if kind < 0.4:
            return on_curve(generator, curve)
        if kind < 0.6:
            return generator.randrange(m), generator.randrange(size)
        return generator.choice(edges), generator.choice([*edges, generator.randrange(m)])

    return operation, curve, point(), point()


@cache
def cases(operation: str, bits: int, count: int, seed: int = 1) -> tuple[Case, ...]:
    """Calls that have a result, as many of each curve."""
    generator, found = random.Random(seed), []
    for curve in curves_of(bits):
        of_curve: list[Case] = []
        while len(of_curve) < count:
            case = random_case(generator, operation, curve)
            if compute(case) is not None:
                of_curve.append(case)
        found += of_curve
    return tuple(found)


def dwords(points: Sequence[Point], bits: int) -> np.ndarray:
    """uint64 (n, bits / 32)."""
    data = b"".join(coordinate.to_bytes(bits // 8, "little") for point in points for coordinate in point)
    return np.frombuffer(data, "<u8").astype(np.uint64).reshape(-1, bits // 32)


def events(of_cases: Sequence[Case], results: Sequence[Point] | None = None) -> dict[str, PrecompileEvents]:
    """The events of these calls, all of one operation and width, by precompile; `results` instead of the true ones."""
    operation, bits = of_cases[0][0], of_cases[0][1].bits
    generator, found = np.random.default_rng(5), {}
    given = results or [compute(case) or (0, 0) for case in of_cases]
    for curve in curves_of(bits):
        chosen = [k for k, case in enumerate(of_cases) if case[1] == curve]
        p, q = (dwords([of_cases[k][place] for k in chosen], bits) for place in (2, 3))
        after = dwords([given[k] for k in chosen], bits)
        arguments = (0x1_0000 + 0x100 * np.arange(3 * len(chosen))).astype(np.uint64).reshape(-1, 3)
        blocks, results_of = ([q, p], [q, after]) if operation == "add" else ([p], [after])
        pointers = [arguments[:, 1], arguments[:, 0]][-len(blocks) :]
        previous = [generator.integers(0, 70_001, block.shape).astype(np.uint32) for block in blocks]
        times = (70_001 + 4 * np.array(chosen, np.int64)).astype(np.uint32)
        found[name_of(operation, curve)] = PrecompileEvents(times, arguments, pointers, blocks, previous, results_of)
    return found


def rows(of_cases: Sequence[Case], results: Sequence[Point] | None = None) -> np.ndarray:
    """The rows of these calls, canonical int64 (width, n), one curve after the other."""
    source = SimpleNamespace(events=SimpleNamespace(precompiles=events(of_cases, results)))
    return rows_of(module_of(of_cases[0][0], of_cases[0][1].bits), source)
