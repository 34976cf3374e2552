"""Values that cannot be looked at, and a channel that hands them out: the verifier runs on them to its end.

They raise when they are asked for their truth, compared, hashed or used as an index. The channel counts the words that
it reads and the elements that it draws: a proof's length and its challenges are matters of shape as well.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from typing import Any

from core_vm.field.extension import DEGREE
from core_vm.hash.poseidon2 import DIGEST
from core_vm.transcript.unseen import Unseen


class Opaque(Unseen):
    """A value that takes part in +, - and *, and in nothing else."""

    def __add__(self, other: object) -> Opaque:
        return Opaque()

    __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __add__

    def refusal(self) -> AssertionError:
        return AssertionError("the verifier looked at a value")

    __rshift__ = __and__ = __mod__ = __floordiv__ = __pow__ = __neg__ = Unseen.__index__


def opaque(count: int) -> list[Opaque]:
    return [Opaque() for _ in range(count)]


class OpaqueArithmetic:
    """`Arithmetic` that checks the forms of what it is handed."""

    def __init__(self) -> None:
        self.required = 0

    def _require(self, *_: object) -> None:
        self.required += 1

    require_zero = require_equal = require_nonzero = require_below = _require

    def inverse(self, value: Any, rejection: Exception) -> Opaque:
        return Opaque()

    def inner(self, a: Sequence[Any], b: Sequence[Any]) -> Opaque:
        assert len(a) == len(b)
        return Opaque()

    def sparse_inner(self, weights: Sequence[Any], values: Mapping[int, Any]) -> Opaque:
        assert values
        assert max(values) < len(weights)
        return Opaque()

    def horner(self, x: Any, values: Sequence[Any]) -> Opaque:
        return Opaque()

    def eq_table(self, point: Sequence[Any], count: int | None = None, first: Any = 1) -> list[Opaque]:
        return opaque(1 << len(point) if count is None else count)

    def rows_below(self, tiles: Any, point: Sequence[Any]) -> Opaque:
        return Opaque()

    def shifted_sums(self, blocks: Sequence[Any], bit_points: Sequence[Any]) -> list[Opaque]:
        return opaque(len(blocks))

    def fold_rows(self, rows: Sequence[tuple[int, int]], point: Sequence[Any], in_extension: bool) -> list[Opaque]:
        assert sum(width for _, width in rows) <= (DEGREE if in_extension else 1) << len(point)
        return opaque(rows[0][0])

    def domain_points(self, indices: Sequence[Any], log_domain: int) -> list[Opaque]:
        return opaque(len(indices))

    def power_extensions(self, points: Sequence[Any], coordinates: Sequence[Any]) -> list[Opaque]:
        return opaque(len(points))

    def part(self, name: str) -> Any:
        return nullcontext()


class OpaqueChannel:
    """Hands out opaque values. Counts the words that a proof would need, and the elements drawn under each label."""

    def __init__(self) -> None:
        self.arithmetic, self.words, self.drawn = OpaqueArithmetic(), 0, Counter[str]()

    def absorb(self, label: str, values: Sequence[Any]) -> None:
        pass

    absorb_digest = absorb

    def receive_extension(self, label: str, count: int) -> list[Opaque]:
        self.words += DEGREE * count
        return opaque(count)

    def receive_columns(self, count: int) -> list[Opaque]:
        return self.receive_extension("column_values", count)

    def receive_digest(self, label: str) -> Opaque:
        self.words += DIGEST
        return Opaque()

    def receive_rows(self, root: Any, width: int, indices: Sequence[Any], depth: int, log_cap: int) -> tuple[int, int]:
        self.words += len(indices) * (width + DIGEST * (depth - log_cap)) + (DIGEST << log_cap)
        return len(indices), width

    def challenge(self, label: str) -> Opaque:
        return self.challenges(label, 1)[0]

    def challenges(self, label: str, count: int) -> list[Opaque]:
        self.drawn[label] += count
        return opaque(count)

    def indices(self, label: str, log_size: int, count: int) -> list[Opaque]:
        return self.challenges(label, count)

    def check_grind(self, label: str, bits: int) -> None:
        if bits:
            self.words += 1
            self.drawn[label] += 1
