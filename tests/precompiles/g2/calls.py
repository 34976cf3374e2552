"""Calls on points over Fp2 without a machine around them: points, events, and the rows of their tables."""

from __future__ import annotations

import random
from collections.abc import Sequence
from functools import cache
from types import SimpleNamespace

import numpy as np

from core_vm.machine.precompile import PrecompileEvents
from precompiles.g2.calls import CALLS
from precompiles.g2.fields import SLOPE_AT, Field
from precompiles.g2.reference import OPERATIONS, Element, Line, Point, Result, add, double
from precompiles.g2.table import g2_module
from tests.soundness.honest_rows import rows_of

Case = tuple[str, Field, Point, Point]
"""An operation, a field, t, and q, which a double reads and ignores."""


def compute(case: Case) -> Result | None:
    operation, field, t, q = case
    return add(t, q, field.modulus) if operation == "add" else double(t, field.modulus)


def result_of(case: Case) -> Result:
    """Of a call that has one."""
    result = compute(case)
    assert result
    return result


def random_element(generator: random.Random, field: Field) -> Element:
    return generator.randrange(field.modulus), generator.randrange(field.modulus)


def plain_case(operation: str, field: Field, seed: int = 1) -> Case:
    """Of random reduced elements: points of some curve each."""
    generator = random.Random(f"{operation} {field.name} {seed}")
    x1, y1, x2, y2 = (random_element(generator, field) for _ in range(4))
    return operation, field, (x1, y1), (x2, y2)


def random_case(generator: random.Random, operation: str, field: Field) -> Case:
    """Edges, reduced and not; the largest of all among them."""
    m, size = field.modulus, 2**field.bits
    edges = [0, 1, 2, 2**64, 2**128 - 1, m - 2, m - 1, m, m + 1, size - 1, size - 2, size // 2]
    edges.append(sum(0xFF << 16 * k for k in range(field.bits // 16)))

    def number() -> int:
        kind = generator.random()
        return generator.choice(edges) if kind < 0.4 else generator.randrange(m if kind < 0.8 else size)

    def point() -> Point:
        return (number(), number()), (number(), number())

    t, q = point(), point()
    if generator.random() < 0.2:  # where one part alone can tell
        q = (t[0][0], q[0][1]), q[1]
    return operation, field, t, q


@cache
def cases(operation: str, field: Field, count: int, seed: int = 1) -> tuple[Case, ...]:
    """Calls that have a result; the largest numbers that have one first."""
    largest, generator = 2**field.bits - 1, random.Random(seed)
    found: list[Case] = [
        (operation, field, ((0, largest), (1, largest)), ((1, largest), (largest, largest))),
        (operation, field, ((largest, 1), (largest, 1)), ((0, 0), (0, 0))),
        (operation, field, ((largest, largest), (1, 0)), ((0, 0), (0, 0))),
    ]
    found = [case for case in found if compute(case)]
    while len(found) < count:
        case = random_case(generator, operation, field)
        if compute(case):
            found.append(case)
    return tuple(found)


def dwords(rows_of_elements: Sequence[Sequence[Element]], count: int, field: Field) -> np.ndarray:
    """Of `count` elements a row: uint64 (n, dwords)."""
    parts = [part for elements in rows_of_elements for element in elements for part in element]
    data = b"".join(part.to_bytes(field.bits // 8, "little") for part in parts)
    return np.frombuffer(data, "<u8").astype(np.uint64).reshape(-1, 2 * count * field.dwords)


def line_elements(field: Field, line: Line) -> tuple[Element, Element, Element]:
    """As they lie in memory."""
    first, last = line if SLOPE_AT[field] == 0 else line[::-1]
    return first, (0, 0), last


def events(of_cases: Sequence[Case], results: Sequence[Result] | None = None) -> dict[str, PrecompileEvents]:
    """The events of these calls in one field, by precompile; `results` instead of the true ones."""
    generator, found = np.random.default_rng(5), {}
    given, field = results or [result_of(case) for case in of_cases], of_cases[0][1]
    for operation in OPERATIONS:
        chosen = [k for k, case in enumerate(of_cases) if case[0] == operation]
        t, q = (dwords([of_cases[k][place] for k in chosen], 2, field) for place in (2, 3))
        after = dwords([given[k][0] for k in chosen], 2, field)
        line = dwords([line_elements(field, given[k][1]) for k in chosen], 3, field)
        old = generator.integers(0, 2**63, line.shape).astype(np.uint64)
        old[:, 2 * field.dwords : 4 * field.dwords] = 0
        arguments = (0x1_0000 + 0x400 * np.arange(3 * len(chosen))).astype(np.uint64).reshape(-1, 3)
        pointers = [arguments[:, 1], arguments[:, 2], arguments[:, 0]]
        before = [q, old, t]
        previous = [generator.integers(0, 70_001, block.shape).astype(np.uint32) for block in before]
        times = (70_001 + 4 * np.array(chosen, np.int64)).astype(np.uint32)
        found[CALLS.name_of(operation, field)] = PrecompileEvents(
            times, arguments, pointers, before, previous, [q, line, after]
        )
    return found


def rows(of_cases: Sequence[Case], results: Sequence[Result] | None = None) -> np.ndarray:
    """The rows of these calls, canonical int64 (width, n), one operation after the other."""
    source = SimpleNamespace(events=SimpleNamespace(precompiles=events(of_cases, results)))
    return rows_of(g2_module(of_cases[0][1]), source)
