"""Inverses modulo odd integers against Python's."""

from __future__ import annotations

import random
from math import gcd

import numpy as np
import pytest

from precompiles.curve.curves import CURVES
from precompiles.shared.inverse_kernels import invert_odd


def limbs(number: int, count: int) -> np.ndarray:
    return np.frombuffer(number.to_bytes(4 * count, "little"), "<u4").astype(np.uint64)


def number_of(of_limbs: np.ndarray) -> int:
    return sum(limb << 32 * k for k, limb in enumerate(of_limbs.tolist()))


def odd_moduli(generator: random.Random, bits: int, count: int) -> list[int]:
    """Of all lengths; the longest; those of curves; powers, which have many factors in common with others."""
    found = [2**bits - 1, 2**bits - 3, 2 ** (bits - 1) + 1, 3 ** (bits * 5 // 8), 15**60, 3, 2**30 + 1, 2**31 - 1]
    found += [curve.modulus for curve in CURVES if curve.bits <= bits]
    return [*found, *(generator.randrange(4, 2 ** generator.randrange(3, bits + 1)) | 1 for _ in range(count))]


@pytest.mark.parametrize("bits", [256, 384])
def test_inverses_are_those_of_python(bits: int) -> None:
    generator, refused = random.Random(bits), 0
    for m in odd_moduli(generator, bits, 300):
        for y in {1, 2, m - 1, m // 2, m // 3 or 1, *(generator.randrange(1, m) for _ in range(4))}:
            out = np.zeros(bits // 32, np.uint64)
            has_inverse = invert_odd(limbs(y, bits // 32), limbs(m, bits // 32 + 1), out)
            assert has_inverse == (gcd(y, m) == 1)
            assert not has_inverse or number_of(out) == pow(y, -1, m)
            refused += not has_inverse
    assert refused > 30
