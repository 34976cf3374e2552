"""The extension field K = F[X] / (X^5 + X^2 - 1), in which challenges live; |K| = 2^154.9.

`K` is the plain-Python element that protocol logic uses; `to_planes` and `from_planes` cross to bulk data (five planes
of Montgomery values, shape (5, n)). Points are lists of coordinates from the lowest index bit to the highest.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain

import numpy as np
import numpy.typing as npt

from core_vm.field.koalabear import MONTGOMERY_R_INVERSE, P, from_montgomery, to_montgomery
from core_vm.field.reference import extension_multiply, extension_subtract

DEGREE = 5
# From this length on an inner product is faster as a matrix product in numpy than element by element.
LONG_INNER_PRODUCT = 24
# And from this length on, a power of two, are lists that are products of one another.
LONG_LIST = 64
# Products of 16-bit halves are below 2^32, so that 2^20 of them add up exactly in a float64.
EXACT_FLOAT_TERMS = 1 << 20


class K:
    """An element of the extension: `c` holds its five canonical coefficients, the constant first.

    Integers stand for base-field elements in every operation.
    """

    __slots__ = ("c",)
    c: tuple[int, int, int, int, int]
    zero: K
    one: K

    def __init__(self, c0: int = 0, c1: int = 0, c2: int = 0, c3: int = 0, c4: int = 0) -> None:
        self.c = (c0 % P, c1 % P, c2 % P, c3 % P, c4 % P)

    def __add__(self, other: K | int) -> K:
        result = _new(K)
        a0, a1, a2, a3, a4 = self.c
        if other.__class__ is K:
            b0, b1, b2, b3, b4 = other.c  # pyright: ignore
            result.c = ((a0 + b0) % P, (a1 + b1) % P, (a2 + b2) % P, (a3 + b3) % P, (a4 + b4) % P)
        elif isinstance(other, int):
            result.c = ((a0 + other) % P, a1, a2, a3, a4)
        else:
            return NotImplemented
        return result

    def __sub__(self, other: K | int) -> K:
        result = _new(K)
        a0, a1, a2, a3, a4 = self.c
        if other.__class__ is K:
            b0, b1, b2, b3, b4 = other.c  # pyright: ignore
            result.c = ((a0 - b0) % P, (a1 - b1) % P, (a2 - b2) % P, (a3 - b3) % P, (a4 - b4) % P)
        elif isinstance(other, int):
            result.c = ((a0 - other) % P, a1, a2, a3, a4)
        else:
            return NotImplemented
        return result

    def __rsub__(self, other: int) -> K:
        if not isinstance(other, int):
            return NotImplemented
        result = _new(K)
        a0, a1, a2, a3, a4 = self.c
        result.c = ((other - a0) % P, -a1 % P, -a2 % P, -a3 % P, -a4 % P)
        return result

    def __neg__(self) -> K:
        return 0 - self

    def __mul__(self, other: K | int) -> K:
        """Schoolbook with X^5 = 1 - X^2 folded into the right operand: 25 products, five reductions."""
        result = _new(K)
        a0, a1, a2, a3, a4 = self.c
        if other.__class__ is K:
            b0, b1, b2, b3, b4 = other.c  # pyright: ignore
            m, n, q = b0 - b3, b1 - b4, b4 - b2
            s = b3 - n
            result.c = (
                (a0 * b0 + a1 * b4 + a2 * b3 + a3 * b2 + a4 * n) % P,
                (a0 * b1 + a1 * b0 + a2 * b4 + a3 * b3 + a4 * b2) % P,
                (a0 * b2 + a1 * n + a2 * m + a3 * q + a4 * s) % P,
                (a0 * b3 + a1 * b2 + a2 * n + a3 * m + a4 * q) % P,
                (a0 * b4 + a1 * b3 + a2 * b2 + a3 * n + a4 * m) % P,
            )
        elif isinstance(other, int):
            result.c = (a0 * other % P, a1 * other % P, a2 * other % P, a3 * other % P, a4 * other % P)
        else:
            return NotImplemented
        return result

    __radd__, __rmul__ = __add__, __mul__

    def __pow__(self, exponent: int) -> K:
        if exponent < 0:
            return self.inverse() ** -exponent
        result, base = K.one, self
        while exponent:
            if exponent & 1:
                result = result * base
            exponent >>= 1
            if exponent:
                base = base * base
        return result

    def __eq__(self, other: object) -> bool:
        if isinstance(other, K):
            return self.c == other.c
        if isinstance(other, int):
            return self.c == (other % P, 0, 0, 0, 0)
        return NotImplemented

    def __hash__(self) -> int:
        return hash(self.c)

    def __bool__(self) -> bool:
        return any(self.c)

    def __repr__(self) -> str:
        return f"K{self.c}"

    def frobenius(self, times: int = 1) -> K:
        """self^(p^times): linear over F, so a sum of precomputed powers of X."""
        result = self
        for _ in range(times % DEGREE):
            total = K.zero
            for coefficient, image in zip(result.c, FROBENIUS_OF_POWERS_OF_X, strict=True):
                total = total + image * coefficient
            result = total
        return result

    def inverse(self) -> K:
        """x^-1 = (x^p x^p2 x^p3 x^p4) / norm, where the norm lies in F. Raises ZeroDivisionError for zero."""
        if not self:
            raise ZeroDivisionError("zero has no inverse in the extension field")
        once = self.frobenius()
        pair = once * once.frobenius()
        conjugates = pair * pair.frobenius(2)
        norm = (self * conjugates).c[0]
        return conjugates * pow(norm, -1, P)


_new = object.__new__
K.zero, K.one = K(0), K(1)
# X^(k p) for k = 0..4: the images of the basis under x -> x^p.
FROBENIUS_OF_POWERS_OF_X = [K(0, 1) ** (k * P) for k in range(DEGREE)]


def lift(x: K | int) -> K:
    """The element itself, or the base-field integer as an element of the extension."""
    return x if isinstance(x, K) else K(x)


def powers(x: K, count: int, first: K | None = None) -> list[K]:
    """[first, first x, first x^2, ...] of `count` elements; `first` is one unless given."""
    if count <= 0:
        return []
    result = [K.one if first is None else first]
    for _ in range(min(count, LONG_LIST) - 1):
        result.append(result[-1] * x)
    if count <= LONG_LIST:
        return result
    planes, step = to_planes(result), x**LONG_LIST
    while planes.shape[1] < count:
        planes = np.concatenate([planes, extension_multiply(planes, to_planes([step]))], axis=1)
        step = step * step
    return from_planes(planes[:, :count])


def eq_table(point: Sequence[K]) -> list[K]:
    """The 2^n values eq(point, x); bit i of the index goes with coordinate i."""
    table = [K.one]
    for number, z in enumerate(point):
        if len(table) == LONG_LIST:
            return _doubled(table, point[number:])
        high = [e * z for e in table]
        table = [e - h for e, h in zip(table, high, strict=True)] + high
    return table


def first_of_eq_table(point: Sequence[K], count: int, scale: K) -> list[K]:
    """`scale` times the first `count` values of `eq_table(point)`: from the highest coordinate down, so that each is
    made from half as many."""
    table = [scale]
    for number, z in reversed(list(enumerate(point))):
        needed = min(-(-count >> number), 2 * len(table))
        high = [e * z for e in table]
        table = [value for e, h in zip(table, high, strict=True) for value in (e - h, h)][:needed]
    return table[:count]


def _doubled(table: list[K], point: Sequence[K]) -> list[K]:
    """An equality table with further coordinates."""
    planes = to_planes(table)
    for z in point:
        high = extension_multiply(planes, to_planes([z]))
        planes = np.concatenate([extension_subtract(planes, high), high], axis=1)
    return from_planes(planes)


def inner(a: Iterable[K], b: Iterable[K]) -> K:
    """sum_i a_i b_i. Raises ValueError when the lengths differ."""
    a, b = list(a), list(b)
    if len(a) != len(b):
        raise ValueError(f"inner product of {len(a)} with {len(b)} elements")
    if len(a) >= LONG_INNER_PRODUCT:
        return _inner_matrices(_coefficients(a), _coefficients(b), 1)
    total = K.zero
    for x, y in zip(a, b, strict=True):
        total = total + x * y
    return total


def inner_planes(a: npt.NDArray[np.uint32], b: npt.NDArray[np.uint32]) -> K:
    """sum_i a_i b_i of two (5, n) arrays in Montgomery form."""
    if a.shape != b.shape or a.ndim != 2 or a.shape[0] != DEGREE:
        raise ValueError(f"inner product of planes of shapes {a.shape} and {b.shape}")
    return _inner_matrices(a, b, MONTGOMERY_R_INVERSE * MONTGOMERY_R_INVERSE % P)


def _coefficients(elements: Sequence[K]) -> npt.NDArray[np.uint32]:
    flat = np.fromiter(chain.from_iterable([element.c for element in elements]), np.uint32, DEGREE * len(elements))
    return np.ascontiguousarray(flat.reshape(-1, DEGREE).T)


def _inner_matrices(a: npt.NDArray[np.uint32], b: npt.NDArray[np.uint32], scale: int) -> K:
    """All 25 coefficient products at once, as one float64 matrix product of 16-bit halves, which is exact."""
    products = [0] * (2 * DEGREE - 1)
    for start in range(0, a.shape[1], EXACT_FLOAT_TERMS):
        left, right = (_halves(x[:, start : start + EXACT_FLOAT_TERMS]) for x in (a, b))
        sums = left @ right.T
        for i in range(DEGREE):
            for j in range(DEGREE):
                low, high = int(sums[i, j]), int(sums[i + DEGREE, j + DEGREE])
                middle = int(sums[i, j + DEGREE]) + int(sums[i + DEGREE, j])
                products[i + j] += low + (middle << 16) + (high << 32)
    for power in range(2 * DEGREE - 2, DEGREE - 1, -1):  # X^5 = 1 - X^2
        products[power - 5] += products[power]
        products[power - 3] -= products[power]
    return K(*(x * scale for x in products[:DEGREE]))


def _halves(planes: npt.NDArray[np.uint32]) -> npt.NDArray[np.float64]:
    return np.concatenate([planes & np.uint32(0xFFFF), planes >> np.uint32(16)]).astype(np.float64)


def to_planes(elements: Sequence[K]) -> npt.NDArray[np.uint32]:
    """n elements as five planes, shape (5, n), uint32, Montgomery form."""
    return to_montgomery(_coefficients(elements))


def from_planes(planes: npt.NDArray[np.uint32]) -> list[K]:
    """The inverse of `to_planes`."""
    result = []
    for c in zip(*from_montgomery(planes).tolist(), strict=True):
        element = _new(K)
        element.c = c
        result.append(element)
    return result
