"""The verifier branches on the shape of a proof alone: it is handed values that cannot be looked at.

The values here raise when they are asked for their truth, compared, hashed or used as an index, so whatever runs to its
end did not depend on them. The same run counts the words that it reads: a proof's length is a matter of shape as well.
"""

from __future__ import annotations

import builtins
import operator
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from typing import Any, NoReturn

import pytest

from core_vm.air.table_set import TableSet
from core_vm.field.extension import DEGREE
from core_vm.hash.poseidon2 import DIGEST
from core_vm.machine.machine import Profile
from core_vm.pcs.whir.config import LOG_SEGMENTS
from core_vm.stark.config import STANDARD, StarkConfig
from core_vm.stark.prover import prove_shard
from core_vm.stark.shape import ShardShape
from core_vm.stark.verifier import verify_argument
from core_vm.statement.shard import shard_messages
from precompiles.standard.machine import standard_machine
from tests.soundness.runs import QUICK, TABLES, everything


class Opaque:
    """A value that takes part in +, - and *, and in nothing else."""

    def __add__(self, other: object) -> Opaque:
        return Opaque()

    __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __add__

    def _looked_at(self, *_: object) -> NoReturn:
        raise AssertionError("the verifier looked at a value")

    __bool__ = __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = _looked_at  # type: ignore[assignment]
    __hash__ = __index__ = __int__ = __float__ = __len__ = __iter__ = __getitem__ = _looked_at  # type: ignore
    __rshift__ = __and__ = __mod__ = __floordiv__ = __pow__ = __neg__ = _looked_at


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

    def eq_table(self, point: Sequence[Any]) -> list[Opaque]:
        return opaque(1 << len(point))

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
    """Hands out opaque values, and counts the words that a proof would need."""

    def __init__(self) -> None:
        self.arithmetic, self.words = OpaqueArithmetic(), 0

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
        return Opaque()

    def challenges(self, label: str, count: int) -> list[Opaque]:
        return opaque(count)

    def indices(self, label: str, log_size: int, count: int) -> list[Opaque]:
        return opaque(count)

    def check_grind(self, label: str, bits: int) -> None:
        self.words += 1 if bits else 0


def run(tables: TableSet, log_segment: int, config: StarkConfig) -> OpaqueChannel:
    """The verifier from the tile counts on, for any shard of the profile and the height."""
    channel, shape = OpaqueChannel(), ShardShape.of_height(tables, opaque(len(tables.tables)), log_segment, config)
    messages = shard_messages(
        *(opaque(8), Opaque(), opaque(8), Opaque(), opaque(8)), *(Opaque(), Opaque(), (Opaque(), Opaque()))
    )
    verify_argument(channel, tables, shape, messages, config)  # type: ignore[arg-type]
    return channel


@pytest.mark.parametrize("log_segment", LOG_SEGMENTS)
@pytest.mark.parametrize("profile", standard_machine().profiles, ids=lambda profile: profile.name)
def test_nothing_but_shape_decides(profile: Profile, log_segment: int) -> None:
    channel = run(profile.tables, log_segment, STANDARD)
    assert channel.words > 50_000
    assert channel.arithmetic.required > len(profile.tables.tables)


def test_a_real_proof_has_the_words_that_the_shape_says() -> None:
    words = prove_shard(TABLES, everything().trace(), everything().public, config=QUICK)
    assert len(words) == len(TABLES.tables) + run(TABLES, LOG_SEGMENTS[0], QUICK).words


@pytest.mark.parametrize("name", ["bool", "hash", "int", "len", "iter"])
def test_opaque_values_cannot_be_looked_at(name: str) -> None:
    with pytest.raises(AssertionError, match="looked at"):
        vars(builtins)[name](Opaque())


def test_opaque_values_cannot_be_compared_or_index() -> None:
    for compare in (operator.eq, operator.ne, operator.lt, operator.ge):
        with pytest.raises(AssertionError, match="looked at"):
            compare(Opaque(), 0)
    with pytest.raises(AssertionError, match="looked at"):
        operator.index(Opaque())
