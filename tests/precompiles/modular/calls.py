"""Calls of modular arithmetic without a machine around them: operands, events, and the rows of their tables."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from functools import cache
from types import SimpleNamespace

import numpy as np

from core_vm.machine.precompile import PrecompileEvents
from core_vm.witness.module import TableModule
from precompiles.modular.precompile import PRECOMPILES, SIZES
from precompiles.modular.reference import OPERATIONS, compute, modulus_of
from precompiles.modular.table import call_names
from tests.soundness.honest_rows import rows_of

Case = tuple[str, int, int, int]
"""An operation, and x, y, m."""

SECP256K1_P = 2**256 - 2**32 - 977
SECP256K1_N = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
SECP256R1_P = 2**256 - 2**224 + 2**192 + 2**96 - 1
BLS12_381_P = 0x1A0111EA397FE69A4B1BA7B6434BACD764774B84F38512BF6730D2A0F6B0F6241EABFFFEB153FFFFB9FEFFFFFFFFAAAB
PRIMES = {256: (SECP256K1_P, SECP256K1_N, SECP256R1_P), 384: (BLS12_381_P,)}


def module_of(bits: int) -> TableModule:
    return next(p.tables[0] for p in PRECOMPILES if p.name == call_names(bits)[0])


def edges(modulus: int, bits: int) -> list[int]:
    """Operands at which something begins or ends: of the modulus, of limbs, of all bits."""
    near = [modulus - 2, modulus - 1, modulus, modulus + 1, 2 * modulus, 2**bits - 1, 2**bits - 2, 2 ** (bits - 1)]
    return [0, 1, 2, 2**32 - 1, 2**64 - 1, 2**128, *near, sum(0xFF << 16 * k for k in range(bits // 16))]


def random_case(generator: random.Random, operation: str, bits: int) -> Case:
    """Moduli: primes of curves, 2^bits, small and large ones, even and odd."""
    chosen = generator.choice([*PRIMES[bits], 0, generator.randrange(2**bits), generator.randrange(1, 2**20), 1, 2, 3])
    modulus = modulus_of(chosen, bits)

    def number() -> int:
        kind = generator.random()
        if kind < 0.3:
            return generator.choice(edges(modulus, bits)) % 2**bits
        return generator.randrange(2**bits if kind < 0.5 else modulus)

    return operation, number(), number(), chosen


@cache
def cases(bits: int, count: int, seed: int = 1) -> tuple[Case, ...]:
    """Calls that have a result, as many of each operation."""
    generator, found = random.Random(seed), []
    for operation in OPERATIONS:
        of_operation: list[Case] = []
        while len(of_operation) < count:
            case = random_case(generator, operation, bits)
            if compute(*case, bits) is not None:
                of_operation.append(case)
        found += of_operation
    return tuple(found)


def dwords(numbers: Iterable[int], bits: int) -> np.ndarray:
    """uint64 (n, bits / 64)."""
    data = b"".join(number.to_bytes(bits // 8, "little") for number in numbers)
    return np.frombuffer(data, "<u8").astype(np.uint64).reshape(-1, bits // 64)


def events(of_cases: Sequence[Case], bits: int, results: Sequence[int] | None = None) -> dict[str, PrecompileEvents]:
    """The events of these calls, by precompile, at consecutive instructions; `results` instead of the true ones."""
    generator, found = np.random.default_rng(5), {}
    given = results or [compute(*case, bits) for case in of_cases]
    for operation, name in zip(OPERATIONS, call_names(bits), strict=True):
        chosen = [k for k, case in enumerate(of_cases) if case[0] == operation]
        x, y, m = ([of_cases[k][place] for k in chosen] for place in (1, 2, 3))
        pointers = (0x1_0000 + 0x100 * np.arange(3 * len(chosen))).astype(np.uint64).reshape(-1, 3)
        blocks = [dwords(numbers, bits) for numbers in (y, m, x)]
        after = [*blocks[:2], dwords([given[k] or 0 for k in chosen], bits)]
        previous = [generator.integers(0, 70_001, block.shape).astype(np.uint32) for block in blocks]
        times = (70_001 + 4 * np.array(chosen, np.int64)).astype(np.uint32)
        by_operand = [pointers[:, 1], pointers[:, 2], pointers[:, 0]]
        found[name] = PrecompileEvents(times, pointers, by_operand, blocks, previous, after)
    return found


def rows(of_cases: Sequence[Case], bits: int, results: Sequence[int] | None = None) -> np.ndarray:
    """The rows of these calls, canonical int64 (width, n)."""
    source = SimpleNamespace(events=SimpleNamespace(precompiles=events(of_cases, bits, results)))
    return rows_of(module_of(bits), source)


__all__ = ["SIZES", "Case", "cases", "events", "module_of", "rows"]
