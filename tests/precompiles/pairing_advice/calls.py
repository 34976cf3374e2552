"""Calls of advice: pairs and classes, what they become, and the rows of the table."""

from __future__ import annotations

import ctypes
import random
from collections.abc import Iterable, Sequence
from functools import cache
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import py_ecc.optimized_bls12_381
import py_ecc.optimized_bn128

from core_vm.machine.precompile import PrecompileEvents
from core_vm.machine.program.program import Program
from precompiles.pairing_advice import reference
from precompiles.pairing_advice.curves import BLS12_381, BN254, CURVES, DWORDS, OPERATIONS, Curve, name_of
from precompiles.pairing_advice.precompile import parameter_of
from precompiles.pairing_advice.table import advice_module
from tests.places import ROOT
from tests.precompiles.guests import built
from tests.soundness.honest_rows import rows_of

ORACLES: dict[str, ModuleType] = {
    BN254.name: py_ecc.optimized_bn128,
    BLS12_381.name: py_ecc.optimized_bls12_381,
}
Numbers = tuple[int, ...]
Case = tuple[str, Curve, Numbers, Numbers]
"""An operation, a curve, a pair and a class, six numbers each."""
PADDING = 0xA5A5_A5A5_A5A5_A5A5
"""What stands in dwords behind six numbers of the shorter kind."""
_CALL = ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.POINTER(ctypes.c_uint64), ctypes.c_int64)


def result_of(case: Case) -> Numbers:
    operation, curve, pair, state = case
    return reference.compute(operation, pair, state, curve)


def pair_of(curve: Curve, p: Any, q: Any) -> Numbers:
    """Of py_ecc's points."""
    oracle = ORACLES[curve.name]
    (x, y), q = oracle.normalize(p), oracle.normalize(q)
    return int(x), int(y), *(int(part) for coordinate in q for part in coordinate.coeffs)


def class_of_pairs(curve: Curve, pairs: Iterable[tuple[Any, Any]]) -> Numbers:
    """Of the product of their Miller functions."""
    state: Numbers = (0,) * 6
    for p, q in pairs:
        state = reference.compute("miller", pair_of(curve, p, q), state, curve)
    return state


def random_case(generator: random.Random, operation: str, curve: Curve) -> Case:
    """Anything, mostly not on a curve: 0 and 1, multiples of the modulus, numbers that are not reduced."""
    m, size = curve.field.modulus, 2**curve.field.bits
    edges = [0, 0, 1, m - 1, m, m + 1, size - 1]

    def six() -> Numbers:
        rare = generator.random() < 0.5
        return tuple(generator.choice(edges) if rare else generator.randrange(size) for _ in range(6))

    return operation, curve, six(), six()


def edge_cases(curve: Curve) -> list[Case]:
    """Zeros; a point whose double has no slope; equal points in a sum; classes of 1, and of numbers that are 0."""
    m, generator = curve.field.modulus, random.Random(curve.name)
    some, zeros = tuple(generator.randrange(m) for _ in range(6)), (0,) * 6
    pairs = [zeros, (*some[:4], 0, 0), (*some[:4], m, m), (0, 0, *some[2:]), (*some[:2], 0, 0, *some[4:]), (m,) * 6]
    return [(o, curve, pair, state) for o in OPERATIONS for pair in pairs for state in (zeros, (m,) * 6, some)]


@cache
def cases(curve: Curve, count: int) -> tuple[Case, ...]:
    """As many of each operation, and the edges."""
    generator = random.Random(curve.name)
    return (*edge_cases(curve), *(random_case(generator, o, curve) for o in OPERATIONS for _ in range(count)))


def block_of(curve: Curve, numbers: Numbers) -> np.ndarray:
    """uint64 (36,)."""
    data = b"".join(number.to_bytes(8 * curve.field.dwords, "little") for number in numbers)
    block = np.full(DWORDS, PADDING, np.uint64)
    block[: len(data) // 8] = np.frombuffer(data, "<u8")
    return block


def numbers_of(curve: Curve, block: np.ndarray) -> Numbers:
    """The inverse."""
    d = curve.field.dwords
    assert (block[6 * d :] == PADDING).all()
    return tuple(int.from_bytes(block[k * d : (k + 1) * d].tobytes(), "little") for k in range(6))


def called(case: Case) -> Numbers:
    """What the kernel makes of a call."""
    from precompiles.pairing_advice.call_kernels import compute

    operation, curve, pair, state = case
    values = np.concatenate([block_of(curve, pair), block_of(curve, state)])
    pointer = values.ctypes.data_as(ctypes.POINTER(ctypes.c_uint64))
    assert _CALL(compute.address)(pointer, parameter_of(operation, curve))
    assert (values[:DWORDS] == block_of(curve, pair)).all()
    return numbers_of(curve, values[DWORDS:])


@cache
def program() -> Program:
    return built(ROOT / "tests" / "precompiles" / "pairing_advice" / "advice.c")


def input_of(curve: Curve, pair: Numbers, state: Numbers) -> bytes:
    """For the guest."""
    return b"".join(
        [CURVES.index(curve).to_bytes(8, "little"), *(block_of(curve, numbers).tobytes() for numbers in (pair, state))]
    )


def events(of_cases: Sequence[Case], results: Sequence[Numbers] | None = None) -> dict[str, PrecompileEvents]:
    """The events of these calls, by precompile; `results` instead of the true ones."""
    generator, found = np.random.default_rng(5), dict[str, PrecompileEvents]()
    given = results or [result_of(case) for case in of_cases]
    for curve in CURVES:
        for operation in OPERATIONS:
            chosen = [k for k, case in enumerate(of_cases) if case[:2] == (operation, curve)]
            pairs, before, after = (
                np.array([block_of(curve, numbers) for numbers in several], np.uint64).reshape(-1, DWORDS)
                for several in zip(*((*of_cases[k][2:], given[k]) for k in chosen), strict=True)
            ) if chosen else [np.zeros((0, DWORDS), np.uint64)] * 3  # fmt: skip
            arguments = (0x1_0000 + 0x400 * np.arange(3 * len(chosen))).astype(np.uint64).reshape(-1, 3)
            previous = [generator.integers(0, 70_001, before.shape).astype(np.uint32) for _ in range(2)]
            times = (70_001 + 4 * np.array(chosen, np.int64)).astype(np.uint32)
            found[name_of(operation, curve)] = PrecompileEvents(
                times, arguments, [arguments[:, 1], arguments[:, 0]], [pairs, before], previous, [pairs, after]
            )
    return found


def rows(of_cases: Sequence[Case], results: Sequence[Numbers] | None = None) -> np.ndarray:
    """The rows of these calls, canonical int64 (width, n), one precompile after the other."""
    source = SimpleNamespace(events=SimpleNamespace(precompiles=events(of_cases, results)))
    return rows_of(advice_module(), source)
