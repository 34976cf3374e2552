"""What a precompile is: an `ecall` number, the memory it touches, what it computes, and the tables that prove it.

The core knows no precompile by name; the standard ones are listed in the package `precompiles`.

A call's operands are accessed one after the other, in the order of the tuple: operand k at time t + 1 + k, all its
dwords at once. So a read operand sees what an earlier write operand wrote; because the kernel gets all operands' values
before anything is written, the executor refuses (traps) a write operand that overlaps a later operand.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final, Literal, Protocol

import numpy as np

from core_vm.air.table import TILE
from core_vm.errors import UsageError
from core_vm.pcs.whir.config import MAX_CELLS, MAX_TILES

if TYPE_CHECKING:
    from core_vm.witness.module import TableModule

FIRST_NUMBER: Final = 0x1000
"""Call numbers from here on are precompiles."""
MAX_NUMBER: Final = 2**16
POINTER_REGISTERS: Final = (10, 11, 12)
_MIN_WIDTH: Final = -(-MAX_CELLS // (MAX_TILES * TILE))


@dataclass(frozen=True, slots=True)
class Operand:
    """A block of `dwords` 8-byte words at the address in `register`; a "write" operand is read as well."""

    register: int
    dwords: int
    access: Literal["read", "write"]

    def __post_init__(self) -> None:
        if self.register not in POINTER_REGISTERS or self.dwords < 1 or self.access not in ("read", "write"):
            raise UsageError(f"{self}: expected register 10, 11 or 12, at least one dword, access read or write")


class ComputeKernel(Protocol):
    """A compiled function of the operands, as `call_kernels.compute_kernel` makes it."""

    @property
    def address(self) -> int: ...


@dataclass(frozen=True)
class Precompile:
    """`kernel` loads the compiled function that the interpreters call, once a guest does; so the verifier needs none.

    The function gets a pointer to the operands' dwords (uint64), one operand after the other in the order of the tuple,
    as they are before the call. It puts the new values of the write operands in their places, changes nothing else,
    depends on nothing else, and returns whether there are any: if not, the guest traps, so the tables must not prove
    such a call. Where they cannot tell, as of a root modulo what may be no prime, guests must be told for which
    operands a result is a result. `make_tables` makes the modules that prove the call, each with the rows that a call
    needs in it, at most: by these a run is cut into shards. Of a table of fixed height, which is in every shard that
    has a call, they are not asked.

    Precompiles that differ in little share a function: it is told the `parameter` (of 64 bits, signed) of the one that
    is called.

    With `claims`, a call is a claim (`core_vm.state.claims`): its operands are a program id and an output's root.
    """

    name: str
    number: int
    operands: tuple[Operand, ...]
    kernel: Callable[[], ComputeKernel]
    make_tables: Callable[[], tuple[TableModule, ...]] = tuple
    claims: bool = False
    parameter: int = 0

    def __post_init__(self) -> None:
        if not FIRST_NUMBER <= self.number < MAX_NUMBER:
            raise UsageError(f"precompile {self.name}: number {self.number:#x} is not in [0x1000, 0x10000)")
        if not 1 <= len(self.operands) <= len(POINTER_REGISTERS):
            raise UsageError(f"precompile {self.name}: expected one to three operands, got {len(self.operands)}")
        if self.claims and [(operand.dwords, operand.access) for operand in self.operands] != [(4, "read")] * 2:
            raise UsageError(f"precompile {self.name}: a claim is two read operands of 4 dwords, not {self.operands}")

    @cached_property
    def tables(self) -> tuple[TableModule, ...]:
        """Made when somebody looks at them: verifying a shard without such calls does not. Raises UsageError."""
        tables = self.make_tables()
        rows = [m.table.name for m in tables if m.table.log_height is None and m.rows_per_call < 1]
        compressions = [m.table.name for m in tables if m.compressions and m.compressions_per_call < 1]
        for what, silent in (("rows_per_call", rows), ("compressions_per_call", compressions)):
            if silent:
                raise UsageError(f"precompile {self.name}: {what} of {', '.join(silent)} has to be at least 1")
        return tables

    @property
    def _growing(self) -> list[tuple[int, int]]:
        """What a row costs, and the rows of a call, of each table whose height is not fixed. A narrow table counts as
        one of _MIN_WIDTH columns, so that its rows cannot outnumber those of a table that is accepted before its cells
        do."""
        return [
            (max(module.table.width, _MIN_WIDTH), module.rows_per_call)
            for module in self.tables
            if module.table.log_height is None
        ]

    @property
    def compressions_per_call(self) -> int:
        """Rows of the core's table of compressions that a call asks for, at most."""
        return sum(module.compressions_per_call for module in self.tables)

    @property
    def fixed_cells(self) -> int:
        """Cells of the tables of fixed height: a shard's first call brings them."""
        tables = [module.table for module in self.tables]
        return sum(table.width << table.log_height for table in tables if table.log_height is not None)

    @property
    def cells_per_call(self) -> int:
        """Cells of a further call's rows."""
        return sum(width * rows for width, rows in self._growing)

    @property
    def begun_tiles(self) -> int:
        """Cells of rows to fill up a tile in each of the tables that grow: reserved once, calls add only their rows."""
        return (TILE - 1) * sum(width for width, _ in self._growing)

    def cells(self, num_calls: int) -> int:
        """Cells of its own tables in a shard with so many calls, one at least; whole tiles are committed."""
        tiles = sum(width * -(-rows * num_calls // TILE) for width, rows in self._growing)
        return self.fixed_cells + TILE * tiles


@dataclass
class PrecompileEvents:
    """The calls of one precompile in a shard, in order: n calls.

    `times` (n,) uint32 is the time t of the ecall; for operand k: `pointers[k]` (n,) uint64, `before[k]` and `after[k]`
    (n, dwords) uint64, `previous_times[k]` (n, dwords) uint32. `arguments` (n, 3) uint64 holds a0, a1, a2.
    """

    times: np.ndarray
    arguments: np.ndarray
    pointers: list[np.ndarray] = field(default_factory=list)
    before: list[np.ndarray] = field(default_factory=list)
    previous_times: list[np.ndarray] = field(default_factory=list)
    after: list[np.ndarray] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.times)

    def between(self, start: int, stop: int) -> PrecompileEvents:
        """The calls start .. stop."""
        calls = slice(start, stop)
        blocks = [
            [part[calls] for part in parts] for parts in (self.pointers, self.before, self.previous_times, self.after)
        ]
        return PrecompileEvents(self.times[calls], self.arguments[calls], *blocks)
