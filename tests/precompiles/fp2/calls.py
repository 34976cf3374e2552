"""Calls of Fp2 without a machine around them: elements, events, and the rows of their tables."""

from __future__ import annotations

import random
from collections.abc import Sequence
from functools import cache
from types import SimpleNamespace

import numpy as np

from core_vm.machine.precompile import PrecompileEvents
from precompiles.fp2.calls import CALLS
from precompiles.fp2.fields import Field
from precompiles.fp2.reference import OPERATIONS, Element, compute
from precompiles.fp2.table import fp2_module
from tests.soundness.honest_rows import rows_of

Case = tuple[str, Field, Element, Element]
"""An operation, a field's field, a and b."""


def result_of(case: Case) -> Element:
    operation, field, a, b = case
    return compute(operation, a, b, field.modulus)


def random_case(generator: random.Random, operation: str, field: Field) -> Case:
    """Random elements and edges, reduced and not: the largest of all among them."""
    m, size = field.modulus, 2**field.bits
    edges = [0, 1, 2, 2**64, 2**128 - 1, m - 2, m - 1, m, m + 1, size - 1, size - 2, size // 2]
    edges.append(sum(0xFF << 16 * k for k in range(field.bits // 16)))

    def number() -> int:
        kind = generator.random()
        return generator.choice(edges) if kind < 0.5 else generator.randrange(m if kind < 0.75 else size)

    return operation, field, (number(), number()), (number(), number())


@cache
def cases(field: Field, count: int, seed: int = 1) -> tuple[Case, ...]:
    """As many of each operation, the largest products first."""
    generator, largest = random.Random(seed), 2**field.bits - 1
    found: list[Case] = [("multiply", field, (0, largest), (largest, largest))]
    found += [("multiply", field, (largest, 0), (largest, 0)), ("subtract", field, (0, 0), (largest, largest))]
    return (*found, *(random_case(generator, o, field) for o in OPERATIONS for _ in range(count)))


def plain_cases(field: Field) -> list[Case]:
    """One of each operation, of random reduced elements."""
    generator = random.Random(field.name)

    def element() -> Element:
        return generator.randrange(field.modulus), generator.randrange(field.modulus)

    return [(operation, field, element(), element()) for operation in OPERATIONS]


def dwords(elements: Sequence[Element], bits: int) -> np.ndarray:
    """uint64 (n, bits / 32)."""
    data = b"".join(part.to_bytes(bits // 8, "little") for element in elements for part in element)
    return np.frombuffer(data, "<u8").astype(np.uint64).reshape(-1, bits // 32)


def events(of_cases: Sequence[Case], results: Sequence[Element] | None = None) -> dict[str, PrecompileEvents]:
    """The events of these calls of one field, by precompile; `results` instead of the true ones."""
    generator, found = np.random.default_rng(5), {}
    given, field = results or [result_of(case) for case in of_cases], of_cases[0][1]
    for operation in OPERATIONS:
        chosen = [k for k, case in enumerate(of_cases) if case[0] == operation]
        a, b = (dwords([of_cases[k][place] for k in chosen], field.bits) for place in (2, 3))
        after = dwords([given[k] for k in chosen], field.bits)
        arguments = (0x1_0000 + 0x100 * np.arange(3 * len(chosen))).astype(np.uint64).reshape(-1, 3)
        previous = [generator.integers(0, 70_001, block.shape).astype(np.uint32) for block in (b, a)]
        times = (70_001 + 4 * np.array(chosen, np.int64)).astype(np.uint32)
        pointers = [arguments[:, 1], arguments[:, 0]]
        found[CALLS.name_of(operation, field)] = PrecompileEvents(
            times, arguments, pointers, [b, a], previous, [b, after]
        )
    return found


def rows(of_cases: Sequence[Case], results: Sequence[Element] | None = None) -> np.ndarray:
    """The rows of these calls, canonical int64 (width, n), one operation after the other."""
    source = SimpleNamespace(events=SimpleNamespace(precompiles=events(of_cases, results)))
    return rows_of(fp2_module(of_cases[0][1]), source)
