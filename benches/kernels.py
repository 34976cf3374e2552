"""The arithmetic kernels, one core: nanoseconds per operation beside what was measured to be within reach.

The ceilings were measured on a Zen 5 core with AVX-512; a core with half as wide vector units (Zen 4) takes about twice
as long for whatever does not wait for memory.

The limit is what the multiplications of vectors that the arithmetic needs would take alone, at the rate at which this
processor does them, measured beside. A processor begins two of them a cycle (Zen 2 one; Zen 5 three, if half of all are
multiplications), and four vector instructions in all, so that others take their places. Additions, corrections and
shuffles are one to three for each multiplication. So a kernel whose every instruction is needed stands at one and a
half limits, and at two to three where there is a linear layer or a butterfly for every few products.

For the kernels of AVX2 on a processor that has AVX-512, name the processor and its features:
`NUMBA_CPU_NAME=znver3 NUMBA_CPU_FEATURES=+avx,+avx2,+bmi,+bmi2,+fma,+popcnt,+sse4.2`. By the name alone they have eight
lanes, but the instructions and the 32 registers of AVX-512, where those of AVX2 are sixteen.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

import numpy as np
from rich.console import Console
from rich.table import Table

from benches import vector_multiplications as needed
from core_vm.field.extension import K
from core_vm.field.koalabear import P
from core_vm.field.packed import LANES, ext_load, ext_mul, ext_mul_pairs, ext_store, load, store
from core_vm.hash import poseidon2, poseidon2_kernels
from core_vm.hash.long_poseidon2 import permute_long
from core_vm.hash.merkle import MerkleTree
from core_vm.hash.poseidon2_parameters import POSEIDON2_16, POSEIDON2_24
from core_vm.host.kernel_cache import njit
from core_vm.host.memory import aligned_words
from core_vm.poly.multilinear import eq_planes
from core_vm.poly.ntt_kernels import encode_segments

LOG_ROWS = 16
REPETITIONS = 5
CHAINS = 4  # independent chains of products, so that throughput is measured and not latency
CHAIN_LENGTH = 20_000


class Measurement(NamedTuple):
    """One line of the table; the ceiling is None where none was measured, the multiplications (of vectors, for LANES
    operations) where they do not say much."""

    name: str
    nanoseconds: float
    ceiling: float | None
    multiplications: float | None = None


@njit(nogil=True)
def _base_chains(words, out, length):
    a, b = load(words, 0), load(words, LANES)
    c, d = load(words, 2 * LANES), load(words, 3 * LANES)
    for _ in range(length):
        a, b, c, d = a * a, b * b, c * c, d * d
    store(out, 0, a)
    store(out, LANES, b)
    store(out, 2 * LANES, c)
    store(out, 3 * LANES, d)


@njit(nogil=True)
def _extension_chain(words, out, length):
    x, y = ext_load(words, 0, LANES), ext_load(words, 5 * LANES, LANES)
    for _ in range(length):
        x = ext_mul(x, y)
    ext_store(out, 0, LANES, x)


@njit(nogil=True)
def _pairs_chain(words, out, length):
    x, y = ext_load(words, 0, LANES), ext_load(words, 5 * LANES, LANES)
    for _ in range(length):
        x = ext_mul_pairs(x, y, y, x)
    ext_store(out, 0, LANES, x)


def best_seconds(work: Callable[[], object]) -> float:
    """The fastest of several runs after one that compiles and touches the memory."""
    work()
    times = []
    for _ in range(REPETITIONS):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def _measure(
    name: str, operations: int, ceiling: float | None, work: Callable[[], object], multiplications: float | None = None
) -> Measurement:
    return Measurement(name, best_seconds(work) / operations * 1e9, ceiling, multiplications)


def _words(shape: int | tuple[int, ...]) -> np.ndarray:
    return np.random.default_rng(0).integers(0, P, shape, dtype=np.uint32)


def _arithmetic() -> Iterator[Measurement]:
    words, out = _words(10 * LANES), np.empty(10 * LANES, np.uint32)
    chains: list[tuple[str, Callable, int, float | None, int]] = [
        ("field multiplication", _base_chains, CHAINS * LANES, 0.15, needed.FIELD_PRODUCT),
        ("extension multiplication", _extension_chain, LANES, 1.1, needed.sum_of_extension_products(1)),
        ("extension x y + z w", _pairs_chain, LANES, None, needed.sum_of_extension_products(2)),
    ]
    for name, kernel, width, ceiling, multiplications in chains:
        work = partial(kernel, words, out, CHAIN_LENGTH)
        yield _measure(name, CHAIN_LENGTH * width, ceiling, work, multiplications)


def _hashing(log_rows: int) -> Iterator[Measurement]:
    states = _words((1 << 12, 16))
    flat = states.reshape(-1)
    yield _measure("Poseidon2, packed", 1 << 12, 50.0, lambda: poseidon2_kernels.permute_rows(flat, False),
                   needed.permutation(POSEIDON2_16))  # fmt: skip
    yield _measure("Poseidon2, packed, of a leaf", 1 << 12, None, lambda: poseidon2_kernels.hash_matrix(states, 16),
                   needed.permutation(POSEIDON2_24))  # fmt: skip
    rows = _words((1 << log_rows, 64))
    yield _measure("Merkle tree, per element of rows of 64", rows.size, 6.3, lambda: MerkleTree.commit(rows, 64))
    state = list(range(16))
    yield _measure("Poseidon2, one, of a transcript", 1, None, lambda: poseidon2_kernels.permute_canonical(state))
    yield _measure("Poseidon2, one, in plain Python", 1, None, lambda: poseidon2.permute(state))
    yield _measure("Poseidon2, one, by long integers", 1, None, lambda: permute_long(state))
    yield _measure("Poseidon2, 300 in numpy", 300, None, lambda: poseidon2.permute_batch(states[:300]))


def _polynomials(log_rows: int) -> Iterator[Measurement]:
    for columns in (64, 128):
        q, out = _words(columns << log_rows), aligned_words(2 * columns << log_rows).reshape(-1, columns)
        name = f"encoding at rate 1/2, rows of {columns}, per output"
        ceiling = 1.57 if columns == 64 else None
        work = partial(encode_segments, q, columns, log_rows, 1, out)
        yield _measure(name, out.size, ceiling, work, needed.butterflies(log_rows))
    point = [K(i, 2 * i + 1) for i in range(log_rows)]
    yield _measure("equality table, per entry", 1 << log_rows, None, lambda: eq_planes(point))


def measured(log_rows: int) -> Iterator[Measurement]:
    """Every kernel, matrices with so many rows."""
    yield from _arithmetic()
    yield from _hashing(log_rows)
    yield from _polynomials(log_rows)


def report(console: Console, scale: float) -> None:
    """Prints the table; at scale 1 matrices have 2^16 rows."""
    log_rows = max(8, round(LOG_ROWS + np.log2(scale)))
    table = Table(title=f"Kernels, one core, {LANES} lanes, 2^{log_rows} rows", title_justify="left")
    for column in ("kernel", "ns", "ceiling (Zen 5)", "ratio", "limit", "ratio"):
        table.add_column(column, justify="left" if column == "kernel" else "right")
    each = needed.nanoseconds_each()
    for name, nanoseconds, ceiling, multiplications in measured(log_rows):
        limit = None if multiplications is None else multiplications * each / LANES
        shown = f"{nanoseconds:.2f}" if nanoseconds < 1000 else f"{nanoseconds:.0f}"
        table.add_row(name, shown, *_beside(nanoseconds, ceiling), *_beside(nanoseconds, limit))
    console.print(table)
    console.print(f"A multiplication of {LANES // 2} 64-bit words takes {each:.3f} ns.")


def _beside(nanoseconds: float, least: float | None) -> tuple[str, str]:
    return ("", "") if least is None else (f"{least:.2f}", f"{nanoseconds / least:.2f}")
