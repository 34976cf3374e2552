"""The verifier's arithmetic on numbers: integers and `K`, and numpy where many of them are treated alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext

import numpy as np
import numpy.typing as npt

from core_vm.errors import Rejection
from core_vm.field.extension import DEGREE, K, eq_table, first_of_eq_table, from_planes, inner, lift, to_planes
from core_vm.field.koalabear import P, Words, root_of_unity, to_montgomery
from core_vm.field.reference import add, extension_multiply, multiply
from core_vm.poly.tile_sums import rows_below, shifted_sum, step_factors

BASIS = [K(*(int(i == k) for i in range(DEGREE))) for k in range(DEGREE)]
_NO_PART = nullcontext()


class Numbers:
    """`Arithmetic` that verifies: what must hold and does not raises its rejection at once."""

    def require_zero(self, value: K, rejection: Rejection) -> None:
        if value != 0:
            raise rejection

    def require_equal(self, a: K, b: K, rejection: Rejection) -> None:
        if a != b:
            raise rejection

    def require_nonzero(self, value: K, rejection: Rejection) -> None:
        if value == 0:
            raise rejection

    def require_below(self, count: int, log_bound: int, rejection: Rejection) -> None:
        if count >> log_bound:
            raise rejection

    def inverse(self, value: K, rejection: Rejection) -> K:
        self.require_nonzero(value, rejection)
        return value.inverse()

    def inner(self, a: Sequence[K], b: Sequence[K]) -> K:
        return inner(a, b)

    def sparse_inner(self, weights: Sequence[K], values: Mapping[int, K]) -> K:
        return inner([weights[i] for i in values], list(values.values()))

    def horner(self, x: K, values: Sequence[K]) -> K:
        total = K.zero
        for value in reversed(values):
            total = (total + value) * x
        return total

    def eq_table(self, point: Sequence[K], count: int | None = None, first: K | int = 1) -> list[K]:
        if count is None and first == 1:
            return eq_table(point)
        return first_of_eq_table(point, 1 << len(point) if count is None else count, lift(first))

    def rows_below(self, tiles: int, point: Sequence[K]) -> K:
        return rows_below(tiles, point)

    def shifted_sums(self, blocks: Sequence[tuple[int, int]], bit_points: Sequence[tuple[K | int, K]]) -> list[K]:
        factors = [step_factors(z, y) for z, y in bit_points if not isinstance(z, int)]
        above = [y for z, y in bit_points if isinstance(z, int)]
        return [shifted_sum(start, tiles, factors, above) if tiles else K.zero for start, tiles in blocks]

    def fold_rows(self, rows: Sequence[Words], point: Sequence[K], in_extension: bool) -> list[K]:
        joined = np.concatenate(rows, axis=1).astype(np.uint64)
        weights = eq_table(point)
        if in_extension:
            weights = [weight * power for power in BASIS for weight in weights[: joined.shape[1] // DEGREE]]
        matrix = np.array([weight.c for weight in weights[: joined.shape[1]]], np.uint64)
        low, high = joined & 0xFFFF, joined >> 16
        # Entries are below 2^16 and 2^31: 2^17 of their products add up without overflow.
        values = (low @ matrix + ((high @ matrix % P) << np.uint64(16))) % P
        return [K(*value) for value in values.tolist()]

    def domain_points(self, indices: Sequence[int], log_domain: int) -> npt.NDArray[np.uint64]:
        points = np.ones(len(indices), np.uint64)
        for bit in range(log_domain):  # bit b of the index is bit log_domain - 1 - b of the exponent
            root = np.uint64(root_of_unity(bit + 1))
            is_set = (np.asarray(indices, np.int64) >> bit & 1).astype(np.bool_)
            points = np.where(is_set, points * root % np.uint64(P), points)
        return points

    def power_extensions(self, points: npt.NDArray[np.uint64], coordinates: Sequence[K]) -> list[K]:
        total, powers = to_planes([K.one] * len(points)), points
        for y in coordinates:
            factors = multiply(to_planes([y]), to_montgomery((powers + P - 1) % P))
            factors[0] = add(factors[0], to_montgomery([1]))
            total, powers = extension_multiply(total, factors), powers * powers % P
        return from_planes(total)

    def part(self, name: str) -> AbstractContextManager[None]:
        return _NO_PART


NUMBERS = Numbers()
