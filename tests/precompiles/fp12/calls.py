"""Calls of Fp12 without a machine around them: elements, events, and the rows of their tables."""

from __future__ import annotations

import random
from collections.abc import Sequence
from functools import cache
from types import SimpleNamespace

import numpy as np

from core_vm.machine.precompile import PrecompileEvents
from precompiles.fp12.fields import name_of
from precompiles.fp12.reference import Element, multiply
from precompiles.fp12.table import fp12_module
from precompiles.shared.fp12_field import NUMBERS, Field
from tests.soundness.honest_rows import rows_of

Case = tuple[Field, Element, Element]
"""A field, a and b."""


def result_of(case: Case) -> Element:
    field, a, b = case
    return multiply(a, b, field.real_of_xi, field.modulus)


def _random_case(generator: random.Random, field: Field) -> Case:
    """Random elements and edges, reduced and not."""
    m, size = field.modulus, 2**field.bits
    edges = [0, 1, 2, 2**64, 2**128 - 1, m - 2, m - 1, m, m + 1, size - 1, size - 2, size // 2]
    edges.append(sum(0xFF << 16 * k for k in range(field.bits // 16)))

    def element() -> Element:
        kind = generator.random()
        if kind < 0.3:
            return (generator.choice(edges),) * NUMBERS
        below = m if kind < 0.6 else size
        return tuple(generator.choice(edges) if kind > 0.8 else generator.randrange(below) for _ in range(NUMBERS))

    return field, element(), element()


def extreme_cases(field: Field) -> list[Case]:
    """Of each number of a product the largest and the least before it is reduced: as many products as can be are of the
    largest factors, and the others of a factor that is 0; besides 0, 1 and m - 1."""
    largest, found = 2**field.bits - 1, list[Case]()
    real, imaginary, every = (largest, 0) * 6, (0, largest) * 6, (largest,) * NUMBERS
    for a in (real, imaginary, every):
        found += [(field, a, b) for b in (real, imaginary, every)]
    zero, one, minus = (0,) * NUMBERS, (1, *(0,) * 11), (field.modulus - 1,) * NUMBERS
    return [*found, (field, zero, every), (field, one, every), (field, minus, minus), (field, zero, zero)]


@cache
def cases(field: Field, count: int, seed: int = 1) -> tuple[Case, ...]:
    """The extreme ones first."""
    generator = random.Random(seed)
    return (*extreme_cases(field), *(_random_case(generator, field) for _ in range(count)))


@cache
def plain_case(field: Field) -> Case:
    """Of random reduced elements."""
    generator = random.Random(field.name)

    def element() -> Element:
        return tuple(generator.randrange(field.modulus) for _ in range(NUMBERS))

    return field, element(), element()


def dwords(elements: Sequence[Element], bits: int) -> np.ndarray:
    """uint64 (n, 12 bits / 64)."""
    data = b"".join(number.to_bytes(bits // 8, "little") for element in elements for number in element)
    return np.frombuffer(data, "<u8").astype(np.uint64).reshape(-1, NUMBERS * bits // 64)


def events(of_cases: Sequence[Case], results: Sequence[Element] | None = None) -> PrecompileEvents:
    """The events of these calls of one field; `results` instead of the true ones."""
    generator, count, field = np.random.default_rng(5), len(of_cases), of_cases[0][0]
    a, b = (dwords([case[place] for case in of_cases], field.bits) for place in (1, 2))
    after = dwords(results or [result_of(case) for case in of_cases], field.bits)
    arguments = (0x1_0000 + 0x1000 * np.arange(3 * count)).astype(np.uint64).reshape(-1, 3)
    previous = [generator.integers(0, 70_001, block.shape).astype(np.uint32) for block in (b, a)]
    times = (70_001 + 4 * np.arange(count)).astype(np.uint32)
    return PrecompileEvents(times, arguments, [arguments[:, 1], arguments[:, 0]], [b, a], previous, [b, after])


def rows(of_cases: Sequence[Case], results: Sequence[Element] | None = None) -> np.ndarray:
    """The rows of these calls, canonical int64 (width, n)."""
    field = of_cases[0][0]
    source = SimpleNamespace(events=SimpleNamespace(precompiles={name_of(field): events(of_cases, results)}))
    return rows_of(fp12_module(field), source)
