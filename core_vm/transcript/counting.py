"""The verifier's arithmetic that counts: what verifying a proof would cost in a circuit, part by part.

Counted are Poseidon2 permutations (those of leaves, of width 24, apart from the others, of width 16), and additions and
multiplications of the extension field (by its own elements, or by base-field ones), as the verifier's source asks for
them: an inner product of n terms counts n of each. Numbers are computed along the way, by `numbers`, so a proof is also
verified.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from core_vm.errors import Rejection
from core_vm.field.extension import DEGREE, K
from core_vm.hash.poseidon2 import DIGEST, LEAF_RATE, permute
from core_vm.poly.tile_sums import SUMS_OF_FACTORS, shifted_sum_operations
from core_vm.transcript.channel import VerifierChannel
from core_vm.transcript.numbers import NUMBERS
from core_vm.transcript.parts import Parts

Cost = dict[str, Counter[str]]
"""By part of the verifier, how often each operation is done."""

PERMUTATIONS, LEAF_PERMUTATIONS = "permutations", "leaf permutations"


class Meter(Parts):
    """Counts go to the innermost part that is open."""

    def __init__(self) -> None:
        super().__init__()
        self.cost: Cost = {}

    def count(self, what: str, times: int = 1) -> None:
        self.cost.setdefault(self.innermost, Counter())[what] += times


class Counted:
    """An element of K whose additions and multiplications are counted."""

    __slots__ = ("meter", "value")

    def __init__(self, meter: Meter, value: K) -> None:
        self.meter, self.value = meter, value

    def __add__(self, other: Counted | K | int) -> Counted:
        return self._result("additions", other, self.value + plain(other))

    def __sub__(self, other: Counted | K | int) -> Counted:
        return self._result("additions", other, self.value - plain(other))

    def __rsub__(self, other: K | int) -> Counted:
        return self._result("additions", other, other - self.value)

    def __mul__(self, other: Counted | K | int) -> Counted:
        return self._result("multiplications", other, self.value * plain(other))

    __radd__, __rmul__ = __add__, __mul__

    def _result(self, operation: str, other: Counted | K | int, value: K) -> Counted:
        self.meter.count(f"{'base' if isinstance(other, int) else 'extension'} {operation}")
        return Counted(self.meter, value)


def plain(value: Any) -> Any:
    """The number behind a counted one."""
    return value.value if isinstance(value, Counted) else value


def _all_plain(values: Sequence[Any]) -> list[Any]:
    return [plain(value) for value in values]


class Counting:
    """`Arithmetic` that counts into a meter and computes by `NUMBERS`."""

    def __init__(self, meter: Meter) -> None:
        self._meter = meter
        self.part = meter.part

    def _counted(self, value: K) -> Counted:
        return Counted(self._meter, value)

    def _products(self, kind: str, count: int) -> None:
        """`count` products, added up."""
        self._meter.count(f"{kind} multiplications", count)
        self._meter.count("extension additions", count)

    def require_zero(self, value: Any, rejection: Rejection) -> None:
        NUMBERS.require_zero(plain(value), rejection)

    def require_equal(self, a: Any, b: Any, rejection: Rejection) -> None:
        NUMBERS.require_equal(plain(a), plain(b), rejection)

    def require_nonzero(self, value: Any, rejection: Rejection) -> None:
        self.inverse(value, rejection)

    def require_below(self, count: Any, log_bound: int, rejection: Rejection) -> None:
        self._meter.count("bits", log_bound)
        NUMBERS.require_below(count, log_bound, rejection)

    def inverse(self, value: Any, rejection: Rejection) -> Counted:
        """A circuit is given the inverse and multiplies."""
        self._meter.count("extension multiplications")
        return self._counted(NUMBERS.inverse(plain(value), rejection))

    def inner(self, a: Sequence[Any], b: Sequence[Any]) -> Counted:
        self._products("extension", len(a))
        return self._counted(NUMBERS.inner(_all_plain(a), _all_plain(b)))

    def sparse_inner(self, weights: Sequence[Any], values: Mapping[int, Any]) -> Counted:
        self._products("extension", len(values))
        return self._counted(NUMBERS.sparse_inner(_all_plain(weights), {i: plain(v) for i, v in values.items()}))

    def horner(self, x: Any, values: Sequence[Any]) -> Counted:
        self._products("extension", len(values))
        return self._counted(NUMBERS.horner(plain(x), _all_plain(values)))

    def eq_table(self, point: Sequence[Any], count: int | None = None, first: Any = 1) -> list[Counted]:
        entries = 1 << len(point) if count is None else count
        self._products("extension", sum(-(-entries >> below) for below in range(1, 1 + len(point))))
        return [self._counted(value) for value in NUMBERS.eq_table(_all_plain(point), count, plain(first))]

    def rows_below(self, tiles: int, point: Sequence[Any]) -> Counted:
        self._products("extension", len(point))
        self._meter.count("bits", len(point))
        return self._counted(NUMBERS.rows_below(tiles, _all_plain(point)))

    def shifted_sums(self, blocks: Sequence[tuple[int, int]], bit_points: Sequence[tuple[Any, Any]]) -> list[Counted]:
        above = sum(isinstance(z, int) for z, _ in bit_points)
        factors = len(bit_points) - above
        products, sums = shifted_sum_operations(factors, above)
        self._meter.count("extension multiplications", factors + products * len(blocks))
        self._meter.count("extension additions", SUMS_OF_FACTORS * factors + sums * len(blocks))
        self._meter.count("bits", 2 * len(blocks) * len(bit_points))
        points = [(plain(z), plain(y)) for z, y in bit_points]
        return [self._counted(value) for value in NUMBERS.shifted_sums(blocks, points)]

    def fold_rows(self, rows: Sequence[Any], point: Sequence[Any], in_extension: bool) -> list[Counted]:
        elements = sum(matrix.size for matrix in rows)
        self._products("extension" if in_extension else "base", elements // (DEGREE if in_extension else 1))
        folded = NUMBERS.fold_rows(rows, _all_plain(point), in_extension)
        return [self._counted(value) for value in folded]

    def domain_points(self, indices: Sequence[int], log_domain: int) -> npt.NDArray[np.uint64]:
        self._meter.count("bits", len(indices) * log_domain)
        return NUMBERS.domain_points(indices, log_domain)

    def power_extensions(self, points: npt.NDArray[np.uint64], coordinates: Sequence[Any]) -> list[Counted]:
        factors = len(points) * len(coordinates)  # 1 + y (x - 1), multiplied up, and x squared
        self._meter.count("base multiplications", factors)
        self._products("extension", factors)
        return [self._counted(value) for value in NUMBERS.power_extensions(points, _all_plain(coordinates))]


class CountingChannel(VerifierChannel):
    """A verifier's channel whose elements are counted, and the permutations of whatever it hashes."""

    def __init__(self, words: npt.NDArray[np.uint32]) -> None:
        self.meter = Meter()
        super().__init__(words, self._permute_counted)
        self.arithmetic = Counting(self.meter)

    def _permute_counted(self, state: list[int]) -> list[int]:
        with self.meter.part("transcript"):
            self.meter.count(PERMUTATIONS)
        return permute(state)

    def challenges(self, label: str, count: int) -> list[Any]:
        return [Counted(self.meter, value) for value in super().challenges(label, count)]

    def receive_extension(self, label: str, count: int) -> list[Any]:
        return [Counted(self.meter, value) for value in super().receive_extension(label, count)]

    def receive_columns(self, count: int) -> list[Any]:
        with self.meter.part("column digest"):
            nodes = -(-DEGREE * count // DIGEST)
            while nodes > 1:
                nodes = -(-nodes // 2)
                self.meter.count(PERMUTATIONS, nodes)
        return [Counted(self.meter, value) for value in super().receive_columns(count)]

    def receive_rows(
        self, root: Sequence[int], width: int, indices: Sequence[int], depth: int, log_cap: int
    ) -> npt.NDArray[np.uint32]:
        with self.meter.part("merkle leaves"):
            self.meter.count(LEAF_PERMUTATIONS, len(indices) * -(-width // LEAF_RATE))
        with self.meter.part("merkle paths"):
            self.meter.count(PERMUTATIONS, len(indices) * (depth - log_cap))
        with self.meter.part("merkle caps"):
            self.meter.count(PERMUTATIONS, (1 << log_cap) - 1)
        return super().receive_rows(root, width, indices, depth, log_cap)
