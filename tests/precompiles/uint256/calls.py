"""Calls of 256-bit integers without a machine around them: operands, events, and the rows of their tables."""

from __future__ import annotations

import random
from collections.abc import Sequence
from functools import cache
from types import SimpleNamespace

import numpy as np

from core_vm.machine.precompile import PrecompileEvents
from core_vm.witness.module import TableModule
from precompiles.uint256.products_table import products_module
from precompiles.uint256.reference import PRODUCTS, SUMS, compute_product, compute_sum
from precompiles.uint256.sums_table import sums_module
from tests.soundness.honest_rows import rows_of

Case = tuple[str, int, int, int]
"""An operation, and x, y, and the carry or z."""
MOST = 2**256 - 1
EDGES = (
    *(0, 1, 2, 3, 0xFF, 0x100, 2**16 - 1, 2**16, 2**32 - 1, 2**64 - 1, 2**64, 2**128 - 1, 2**128, 2**128 + 1),
    *(
        2**255 - 1,
        2**255,
        2**255 + 1,
        MOST - 2**64,
        MOST - 1,
        MOST,
        MOST // 255,
        MOST // 3,
        10**18,
        2**256 - 2**32 - 977,
    ),
)


def is_sum(operation: str) -> bool:
    return operation in SUMS


def module_of(operation: str) -> TableModule:
    return sums_module() if is_sum(operation) else products_module()


def result_of(case: Case) -> tuple[int, int]:
    """The new x, and the new carry or z."""
    found = compute_sum(*case) if is_sum(case[0]) else compute_product(*case)
    assert found is not None
    return found


def random_case(generator: random.Random, operation: str) -> Case:
    """Random numbers of random sizes, and edges."""

    def number() -> int:
        return generator.choice(EDGES) if generator.random() < 0.4 else generator.getrandbits(generator.randint(0, 256))

    return operation, number(), number(), generator.randrange(2) if is_sum(operation) else number()


@cache
def cases(operations: tuple[str, ...], count: int, seed: int = 1) -> tuple[Case, ...]:
    """As many of each operation, the largest operands first."""
    generator, found = random.Random(seed), []
    for operation in operations:
        most = 1 if is_sum(operation) else MOST
        found += [(operation, MOST, MOST, most), (operation, 0, MOST, most), (operation, MOST, 0, most)]
        found += [random_case(generator, operation) for _ in range(count)]
    return tuple(found)


def plain_cases(operations: Sequence[str]) -> list[Case]:
    """One of each operation, of random operands; of divisions, one by zero and one by a smaller number too."""
    generator = random.Random(len(operations[0]))
    found = [
        (
            operation,
            *(generator.getrandbits(256) for _ in range(2)),
            1 if is_sum(operation) else generator.getrandbits(256),
        )
        for operation in operations
    ]
    if "divide" in operations:
        found += [("divide", MOST - 12, 0, 7), ("divide", MOST // 11, generator.getrandbits(100), MOST // 5)]
    return found


def dwords(numbers: Sequence[int], count: int = 4) -> np.ndarray:
    """uint64 (n, count)."""
    data = b"".join(number.to_bytes(8 * count, "little") for number in numbers)
    return np.frombuffer(data, "<u8").astype(np.uint64).reshape(-1, count)


def events(of_cases: Sequence[Case], results: Sequence[tuple[int, int]] | None = None) -> dict[str, PrecompileEvents]:
    """The events of these calls of one table, by precompile; `results` instead of the true ones."""
    generator, found = np.random.default_rng(5), {}
    given = results or [result_of(case) for case in of_cases]
    for operation in SUMS if is_sum(of_cases[0][0]) else PRODUCTS:
        chosen = [k for k, case in enumerate(of_cases) if case[0] == operation]
        last = 1 if is_sum(operation) else 4
        x, y = (dwords([of_cases[k][place] for k in chosen]) for place in (1, 2))
        before = [y, x, dwords([of_cases[k][3] for k in chosen], last)]
        after = [y, dwords([given[k][0] for k in chosen]), dwords([given[k][1] for k in chosen], last)]
        arguments = (0x1_0000 + 0x100 * np.arange(3 * len(chosen))).astype(np.uint64).reshape(-1, 3)
        previous = [generator.integers(0, 70_001, block.shape).astype(np.uint32) for block in before]
        times = (70_001 + 4 * np.array(chosen, np.int64)).astype(np.uint32)
        pointers = [arguments[:, 1], arguments[:, 0], arguments[:, 2]]
        found[f"uint256_{operation}"] = PrecompileEvents(times, arguments, pointers, before, previous, after)
    return found


def rows(of_cases: Sequence[Case], results: Sequence[tuple[int, int]] | None = None) -> np.ndarray:
    """The rows of these calls of one table, canonical int64 (width, n), one operation after the other."""
    source = SimpleNamespace(events=SimpleNamespace(precompiles=events(of_cases, results)))
    return rows_of(module_of(of_cases[0][0]), source)
