"""Sums of many products with one reduction, against plain integers: random words, and the smallest and largest."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from llvmlite import ir

from core_vm.field.extension import DEGREE, K, from_planes
from core_vm.field.koalabear import MONTGOMERY_R, P
from core_vm.field.packed import LANES, emit, ext_load, ext_mul, ext_mul_pairs, ext_store, store
from core_vm.field.packed.base import kinds, load_vector, require_words
from core_vm.host.kernel_cache import njit
from core_vm.host.kernel_language import intrinsic, types

ROWS = 3
ELEMENT = DEGREE * LANES
EXTREMES = (0, 1, P - 2, P - 1)


def _dots(count: int) -> Callable[[np.ndarray, np.ndarray], None]:
    """A kernel: words (1 + ROWS, count, LANES) -> (ROWS, LANES), the dot products of row 0 with the others."""

    @intrinsic
    def packed_dots(_, words):
        require_words(words)

        def generate(context, b, signature, args):
            def row(k: int):
                offsets = [ir.Constant(emit.I64, (k * count + i) * LANES) for i in range(count)]
                return [emit.halves(b, load_vector(context, b, signature.args[0], args[0], at)) for at in offsets]

            products = emit.dots(b, row(0), [row(k) for k in range(1, ROWS + 1)])
            return context.make_tuple(b, signature.return_type, products)

        return types.UniTuple(kinds.Packed, ROWS)(words), generate

    @njit
    def kernel(words, out):
        first, second, third = packed_dots(words)
        store(out, 0, first)
        store(out, LANES, second)
        store(out, 2 * LANES, third)

    return kernel


def _words(rng: np.random.Generator, count: int, extreme: bool) -> np.ndarray:
    return rng.choice(EXTREMES, count).astype(np.uint32) if extreme else rng.integers(0, P, count, dtype=np.uint32)


@pytest.mark.parametrize("count", [1, 2, 4, 5, 8, 11])
def test_dot_products_agree_with_integers(count: int) -> None:
    rng, kernel, out = np.random.default_rng(count), _dots(count), np.zeros((ROWS, LANES), np.uint32)
    inputs = [_words(rng, (1 + ROWS) * count * LANES, extreme) for extreme in [False, True] * 20]
    for words in [*inputs, np.full_like(inputs[0], P - 1), np.zeros_like(inputs[0])]:
        kernel(words, out.reshape(-1))
        x, *rows = words.astype(object).reshape(1 + ROWS, count, LANES)
        expected = [(x * row).sum(axis=0) * pow(MONTGOMERY_R, -1, P) % P for row in rows]
        assert out.tolist() == np.array(expected).tolist()


@njit
def _products(words, out):
    x, y = ext_load(words, 0, LANES), ext_load(words, ELEMENT, LANES)
    z, w = ext_load(words, 2 * ELEMENT, LANES), ext_load(words, 3 * ELEMENT, LANES)
    ext_store(out, 0, LANES, ext_mul(x, y))
    ext_store(out, ELEMENT, LANES, ext_mul_pairs(x, y, z, w))


def test_products_in_k_agree_with_elements() -> None:
    rng, out = np.random.default_rng(0), np.zeros((2, DEGREE, LANES), np.uint32)
    for extreme in [False, True] * 20:
        words = _words(rng, 4 * ELEMENT, extreme)
        _products(words, out.reshape(-1))
        assert (out < P).all()
        x, y, z, w = (from_planes(planes) for planes in words.reshape(4, DEGREE, LANES))
        products: list[K] = [a * b for a, b in zip(x, y, strict=True)]
        pairs = [a + b * c for a, b, c in zip(products, z, w, strict=True)]
        assert from_planes(out[0]) == products
        assert from_planes(out[1]) == pairs
