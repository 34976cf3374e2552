"""What the tables of each profile add to the verifier's operations in K over those of the core, at one height.

What a verifier computes follows from the shape of a proof alone, so any words will do: nothing is proved here, and
whatever the verifier requires is taken to hold. Permutations are not counted.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from rich.console import Console
from rich.table import Table

from core_vm.air.table_set import TableSet
from core_vm.errors import Rejection
from core_vm.field.extension import K
from core_vm.field.koalabear import P
from core_vm.stark.config import STANDARD
from core_vm.stark.shape import ShardShape
from core_vm.stark.verifier import verify_argument
from core_vm.transcript.counting import Counted, Counting, CountingChannel
from precompiles.standard.machine import standard_machine

LOG_SEGMENT = 17
TARGET = 120_000
PARTS = ("row statement", "bus value at the columns", "constraints", "column batching", "opened weight")


class _Lenient(Counting):
    """Takes everything to hold."""

    def require_zero(self, value: Any, rejection: Rejection) -> None: ...

    def require_equal(self, a: Any, b: Any, rejection: Rejection) -> None: ...

    def require_nonzero(self, value: Any, rejection: Rejection) -> None: ...

    def require_below(self, count: Any, log_bound: int, rejection: Rejection) -> None: ...

    def inverse(self, value: Any, rejection: Rejection) -> Counted:
        return super().inverse(K.one, rejection)


class _AnyProof(CountingChannel):
    """A channel that has whatever words are asked for, and every nonce and path is right."""

    def __init__(self) -> None:
        super().__init__(np.zeros(0, np.uint32))
        self.arithmetic, self._random = _Lenient(self.meter), random.Random(1)

    def read(self, label: str, count: int) -> npt.NDArray[np.uint32]:
        return np.array([self._random.randrange(P) for _ in range(count)], np.uint32)

    def check_grind(self, label: str, bits: int) -> None: ...

    def receive_rows(
        self, root: Sequence[int], width: int, indices: Sequence[int], depth: int, log_cap: int
    ) -> npt.NDArray[np.uint32]:
        return self.read("whir_leaves", len(indices) * width).reshape(len(indices), width)


def operations(tables: TableSet, log_segment: int = LOG_SEGMENT) -> Counter[str]:
    """Sums and products with elements of K, by part of the verifier, for a shard of this height."""
    channel = _AnyProof()
    shape = ShardShape.of_height(tables, [0] * len(tables.tables), log_segment)
    verify_argument(channel, tables, shape, (), STANDARD)
    kinds = ("extension multiplications", "extension additions")
    return Counter({part: sum(counts[kind] for kind in kinds) for part, counts in channel.meter.cost.items()})


def without_sha256(tables: TableSet) -> TableSet:
    """SHA-256 was there before the other precompiles, and is no part of what they may cost."""
    return TableSet(tuple(table for table in tables.tables if not table.name.startswith("sha256")))


def report(console: Console, scale: float) -> None:
    """Every profile but the core. The scale changes nothing."""
    core, *profiles = standard_machine().profiles
    before = operations(core.tables)
    shown = Table(
        title=f"Operations in K that tables add to the core's {before.total():,}, segments of 2^{LOG_SEGMENT}",
        caption=f"target: without SHA-256 at most {TARGET:,}",
    )
    for heading in ("profile", "columns", "messages", "all", "without SHA-256", *PARTS):
        shown.add_column(heading, justify="left" if heading == "profile" else "right")
    for profile in profiles:
        tables = without_sha256(profile.tables)
        added = operations(tables)
        added.subtract(before)
        every = operations(profile.tables).total() - before.total()
        sizes = (profile.tables.num_columns, len(profile.tables.interactions), every, added.total())
        shown.add_row(profile.name, *(f"{number:,}" for number in (*sizes, *(added[part] for part in PARTS))))
    console.print(shown)
