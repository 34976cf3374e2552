"""How fast this processor multiplies vectors, and how many such multiplications a kernel cannot do without.

A multiplication here is one of LANES / 2 64-bit words by their low halves (vpmuludq), or of LANES 32-bit words
(vpmulld). A Montgomery product takes three for even lanes and three for odd ones; of a sum of products only the last
two of three, once.
"""

from __future__ import annotations

import time
from typing import Final

import numpy as np
from llvmlite import ir

from core_vm.field.extension import DEGREE
from core_vm.field.packed import LANES, emit, load, store
from core_vm.field.packed.base import kinds
from core_vm.hash.poseidon2_parameters import FULL_ROUNDS, Poseidon2
from core_vm.host.kernel_cache import njit
from core_vm.host.kernel_language import intrinsic

CHAINS: Final = 8
"""As many as a multiplication takes cycles, on processors that begin two a cycle, and more."""
LENGTH: Final = 200_000
REPETITIONS: Final = 7

REDUCTION: Final = 4
"""Of a vector of sums of products: for each half the multiple of p, and its product with p."""
FIELD_PRODUCT: Final = 2 + REDUCTION
CUBE: Final = 2 * FIELD_PRODUCT


def sum_of_extension_products(count: int) -> int:
    """x_1 y_1 + ... + x_count y_count in K."""
    return 2 * count * DEGREE**2 + REDUCTION * DEGREE


def permutation(parameters: Poseidon2) -> int:
    """The cubes alone: linear layers are additions, but for a few shifts."""
    return CUBE * (FULL_ROUNDS * parameters.width + parameters.partial_rounds)


def butterflies(log_rows: int) -> float:
    """An output of a transform of 2^log_rows: half a product by a known factor in each stage, of four."""
    return 4 * log_rows / 2


@intrinsic
def _low_product(_, x, y):
    """Of the low halves of 64-bit words: one instruction where there is one.

    It passes through an empty piece of assembly, or LLVM would make one multiplication by a square of two.
    """

    def generate(context, b, signature, args):
        low = emit.constant64(emit.LOW_WORD)
        product = b.mul(*(b.and_(b.bitcast(vector, emit.V64), low) for vector in args))
        hidden = b.asm(ir.FunctionType(emit.V64, [emit.V64]), "", "=v,0", [product], side_effect=False)
        return b.bitcast(hidden, emit.V32)

    return kinds.Packed(kinds.Packed, kinds.Packed), generate


@njit(nogil=True)
def _chains(words, length):
    a, b, c, d = load(words, 0), load(words, LANES), load(words, 2 * LANES), load(words, 3 * LANES)
    e, f, g, h = load(words, 4 * LANES), load(words, 5 * LANES), load(words, 6 * LANES), load(words, 7 * LANES)
    y = load(words, 8 * LANES)
    for _ in range(length):
        a, b, c, d = _low_product(a, y), _low_product(b, y), _low_product(c, y), _low_product(d, y)
        e, f, g, h = _low_product(e, y), _low_product(f, y), _low_product(g, y), _low_product(h, y)
    store(words, 0, a)
    store(words, LANES, b)
    store(words, 2 * LANES, c)
    store(words, 3 * LANES, d)
    store(words, 4 * LANES, e)
    store(words, 5 * LANES, f)
    store(words, 6 * LANES, g)
    store(words, 7 * LANES, h)


def nanoseconds_each() -> float:
    """Of a multiplication of vectors, where many do not wait for one another; the least of several measurements."""
    words = np.random.default_rng(0).integers(0, 2**32, (CHAINS + 1) * LANES, dtype=np.uint32)
    _chains(words, 1)
    times = []
    for _ in range(REPETITIONS):
        start = time.perf_counter()
        _chains(words, LENGTH)
        times.append(time.perf_counter() - start)
    return min(times) / (CHAINS * LENGTH) * 1e9
