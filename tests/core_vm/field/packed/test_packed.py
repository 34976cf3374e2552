"""The packed kernels against plain Python integers."""

from __future__ import annotations

import numpy as np
import pytest

from core_vm.field import packed
from core_vm.field.extension import DEGREE, K, from_planes, to_planes
from core_vm.field.koalabear import MONTGOMERY_R, P, from_montgomery, to_montgomery
from core_vm.field.packed import LANES
from core_vm.host.kernel_cache import njit

SIZE = 64
EDGES = [0, 1, 2, P - 1, P - 2, (P - 1) // 2, (P + 1) // 2, 1 << 24, (1 << 24) - 1, 127, P - 127, MONTGOMERY_R, 2**30]


def _values(seed: int, count: int) -> np.ndarray:
    """Random values with every pair of edge cases met somewhere."""
    values = np.random.default_rng(seed).integers(0, P, count).astype(np.uint32)
    values[: len(EDGES)] = np.roll(EDGES, seed)
    return values


def _elements(seed: int) -> list[K]:
    coefficients = _values(seed, DEGREE * SIZE).reshape(SIZE, DEGREE).tolist()
    coefficients[1], coefficients[2] = [P - 1] * DEGREE, [0] * DEGREE
    return [K(*row) for row in coefficients]


@njit
def _base_operations(a, b, out):
    n = a.shape[0]
    for i in range(0, n, LANES):
        x, y = packed.load(a, i), packed.load(b, i)
        packed.store(out, i, x + y)
        packed.store(out, n + i, x - y)
        packed.store(out, 2 * n + i, x * y)
        packed.store(out, 3 * n + i, packed.splat(b[3]) * x)


def test_base_operations_agree_with_integers() -> None:
    for shift in range(len(EDGES)):
        a, b = _values(0, SIZE), _values(shift, SIZE)
        out = np.zeros(4 * SIZE, np.uint32)
        _base_operations(to_montgomery(a), to_montgomery(b), out)
        assert (out < P).all()
        x, y = a.astype(object), b.astype(object)
        expected = np.concatenate([(x + y) % P, (x - y) % P, x * y % P, x * y[3] % P])
        assert (from_montgomery(out) == expected).all()


@njit
def _extension_operations(a, b, base, out):
    n = base.shape[0]
    for i in range(0, n, LANES):
        x, y = packed.ext_load(a, i, n), packed.ext_load(b, i, n)
        factor = packed.load(base, i)
        packed.ext_store(out, i, n, packed.ext_add(x, y))
        packed.ext_store(out, 5 * n + i, n, packed.ext_sub(x, y))
        packed.ext_store(out, 10 * n + i, n, packed.ext_mul(x, y))
        packed.ext_store(out, 15 * n + i, n, packed.ext_mul_base(x, factor))
        packed.ext_store(out, 20 * n + i, n, packed.ext_add_base(x, factor))
        packed.ext_store(out, 25 * n + i, n, packed.ext_mul_pairs(x, y, y, packed.ext_splat(a, 5, n)))
        packed.ext_store(out, 30 * n + i, n, packed.ext_sub(packed.ext_zero(), packed.lift(factor)))


def test_extension_operations_agree_with_elements() -> None:
    a, b, base = _elements(0), _elements(1), _values(2, SIZE)
    a[3], b[3] = K(*[P - 1] * DEGREE), K(*[P - 1] * DEGREE)
    out = np.zeros((7, DEGREE, SIZE), np.uint32)
    _extension_operations(to_planes(a).reshape(-1), to_planes(b).reshape(-1), to_montgomery(base), out.reshape(-1))
    assert (out < P).all()
    total, difference, product, scaled, shifted, pairs, negated = (from_planes(planes) for planes in out)
    for i, (x, y, c) in enumerate(zip(a, b, base.tolist(), strict=True)):
        assert total[i] == x + y
        assert difference[i] == x - y
        assert product[i] == x * y
        assert scaled[i] == x * c
        assert shifted[i] == x + c
        assert pairs[i] == x * y + y * a[5]
        assert negated[i] == K(-c)


@njit
def _scalar_operations(a, b, out):
    for i in range(a.shape[0]):
        out[0, i] = packed.monty_mul(a[i], b[i])
        out[1, i] = packed.monty_add(a[i], b[i])
        out[2, i] = packed.monty_sub(a[i], b[i])
        out[3, i] = packed.monty_encode(packed.monty_decode(a[i]))


def test_scalar_operations_agree_with_integers() -> None:
    for shift in range(len(EDGES)):
        a, b = _values(0, SIZE), _values(shift, SIZE)
        out = np.zeros((4, SIZE), np.uint32)
        _scalar_operations(to_montgomery(a), to_montgomery(b), out)
        x, y = a.astype(object), b.astype(object)
        assert (from_montgomery(out) == np.stack([x * y % P, (x + y) % P, (x - y) % P, x])).all()


@njit
def _scalar_extension(a, b, out):
    for i in range(a.shape[1]):
        x = (a[0, i], a[1, i], a[2, i], a[3, i], a[4, i])
        y = (b[0, i], b[1, i], b[2, i], b[3, i], b[4, i])
        out[0, i], out[1, i], out[2, i], out[3, i], out[4, i] = packed.ext_mul_scalar(x, y)


def test_scalar_extension_product() -> None:
    a, b = _elements(0), _elements(1)
    out = np.zeros((DEGREE, SIZE), np.uint32)
    _scalar_extension(to_planes(a), to_planes(b), out)
    assert from_planes(out) == [x * y for x, y in zip(a, b, strict=True)]


def test_loads_refuse_other_arrays_when_compiled() -> None:
    @njit
    def bad(array):
        packed.store(array, 0, packed.load(array, 0))

    with pytest.raises(Exception, match="C-contiguous uint32"):
        bad(np.zeros(LANES, np.int64))
