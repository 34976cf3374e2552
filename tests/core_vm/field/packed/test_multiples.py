"""Sums of many and multiples, in packed code, against plain Python integers."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pytest

from core_vm.field import packed
from core_vm.field.koalabear import P
from core_vm.field.packed import LANES, emit_multiples
from core_vm.field.packed.base import kinds, load_vector
from core_vm.host.kernel_cache import njit
from core_vm.host.kernel_language import intrinsic, types

WORDS = 2**32
QUOTIENT_SHIFTS = (8, 9, 10, 12, 15, 16, 23, 24, 25, 26, 32, 47, 48)


def _padded(values: list[int]) -> np.ndarray:
    words = np.array(values, np.uint32)
    return np.resize(words, -(-len(words) // LANES) * LANES)


def _words() -> list[int]:
    """Edges of words, of p, and of the parts that shifts cut a word into, and random words."""
    edges = {0, WORDS - 1, WORDS - P - 1, WORDS - P}
    for centre in (
        P,
        2 * P,
        *(-1 << shift for shift in range(32)),
        *(k << shift for shift in range(32) for k in (1, 3, 127, 255)),
        P << 24,
    ):
        edges |= {(centre + i) % WORDS for i in (-2, -1, 0, 1, 2)}
    return [*edges, *np.random.default_rng(0).integers(0, WORDS, 2000).tolist()]


def _canonical_values() -> list[int]:
    return [x for x in _words() if x < P] + [P - 1]


def _unary(operation: Callable) -> Callable[[np.ndarray], np.ndarray]:
    @intrinsic
    def packed_operation(_, x):
        return kinds.Packed(kinds.Packed), lambda context, b, signature, args: operation(b, args[0])

    @njit
    def kernel(words, out):
        for i in range(0, words.shape[0], LANES):
            packed.store(out, i, packed_operation(packed.load(words, i)))

    def run(words: np.ndarray) -> np.ndarray:
        out = np.zeros_like(words)
        kernel(words, out)
        return out

    return run


def _binary(operation: Callable) -> Callable[[np.ndarray, np.ndarray], np.ndarray]:
    @intrinsic
    def packed_operation(_, x, y):
        return kinds.Packed(kinds.Packed, kinds.Packed), lambda context, b, signature, args: operation(b, *args)

    @njit
    def kernel(left, right, out):
        for i in range(0, left.shape[0], LANES):
            packed.store(out, i, packed_operation(packed.load(left, i), packed.load(right, i)))

    def run(left: np.ndarray, right: np.ndarray) -> np.ndarray:
        out = np.zeros_like(left)
        kernel(left, right, out)
        return out

    return run


def test_any_word_becomes_canonical() -> None:
    words = _padded(_words())
    assert (_unary(emit_multiples.canonical)(words) == words % P).all()


@pytest.mark.parametrize("k", [1, 2, 3, 9, 23, 24])
def test_division_of_canonical_values(k: int) -> None:
    values = _padded(_canonical_values())
    quotients = _unary(lambda b, x: emit_multiples.divide_by_power_of_two(b, x, k))(values)
    assert (quotients < P).all()
    assert ((quotients.astype(np.uint64) << np.uint64(k)) % P == values).all()


@pytest.mark.parametrize("factor", [*range(2, 15), 16])
def test_multiples_of_canonical_values(factor: int) -> None:
    values = _padded(_canonical_values())
    multiples = _unary(lambda b, x: emit_multiples.multiply_by_small(b, x, factor))(values)
    assert (multiples == values.astype(np.uint64) * factor % P).all()


@pytest.mark.parametrize("k", QUOTIENT_SHIFTS)
def test_total_and_quotient_of_any_word(k: int) -> None:
    """A result outside of 32 bits would be in another class, as 2^32 is not 0 modulo p."""
    add_quotient = _binary(lambda b, raised, x: emit_multiples.add_quotient(b, raised, x, k))
    words, inverse = _padded(_words()), pow(2, -k, P)
    for total in (0, 1, P // 2, P - 1):
        result = add_quotient(np.full(len(words), total + P, np.uint32), words)
        assert (result % P).tolist() == [(total + word * inverse) % P for word in words.tolist()]


def _lists_of_words(count: int) -> Iterator[list[int]]:
    """Words that come closest to what the bound of the sum allows, and random ones."""
    for word in (0, P - 1, P, 2**24 - 1, 2**31 - 1, 2**31, WORDS - 1, WORDS - 2**24, (127 << 24) - 1):
        yield [word] * count
    rng = np.random.default_rng(count)
    yield from rng.integers(0, WORDS, (500, count)).tolist()
    for _ in range(500):
        tops = rng.integers(0, 256, count)
        yield ((tops << 24) + (rng.integers(0, 2) << 24) - rng.integers(0, 2)).clip(0, WORDS - 1).tolist()


@pytest.mark.parametrize(("once", "twice"), [(1, 1), (3, 7), (2, 20), (40, 1), (14, 14)])
def test_sums_of_words(once: int, twice: int) -> None:
    @intrinsic
    def weighed(_, columns, height, index):
        def generate(context, b, signature, args):
            offsets = [b.add(args[2], b.mul(args[1], args[1].type(k))) for k in range(once + twice)]
            values = [load_vector(context, b, signature.args[0], args[0], offset) for offset in offsets]
            return emit_multiples.sum_of_many(b, values[:once], values[once:])

        return kinds.Packed(columns, types.intp, types.intp), generate

    @njit
    def kernel(columns, out):
        for i in range(0, out.shape[0], LANES):
            packed.store(out, i, weighed(columns, out.shape[0], i))

    lists = list(_lists_of_words(once + twice))
    lists += lists[: -len(lists) % LANES]
    out = np.zeros(len(lists), np.uint32)
    kernel(np.ascontiguousarray(np.array(lists, np.uint32).T).reshape(-1), out)
    assert out.tolist() == [(sum(row[:once]) + 2 * sum(row[once:])) % P for row in lists]


@pytest.mark.parametrize(("once", "twice"), [(0, 1), (1, 0), (1, 21), (41, 1)])
def test_sums_that_would_not_be_right_are_refused(once: int, twice: int) -> None:
    with pytest.raises(ValueError, match="up to 42 words"):
        emit_multiples.sum_of_many(None, [None] * once, [None] * twice)


@pytest.mark.parametrize("factor", [1, 15, 17])
def test_factors_that_would_not_be_right_are_refused(factor: int) -> None:
    with pytest.raises(ValueError, match="expected a factor"):
        emit_multiples.multiply_by_small(None, None, factor)


@pytest.mark.parametrize("k", [7, 49])
def test_shifts_that_would_not_be_right_are_refused(k: int) -> None:
    with pytest.raises(ValueError, match="expected a shift"):
        emit_multiples.add_quotient(None, None, None, k)
