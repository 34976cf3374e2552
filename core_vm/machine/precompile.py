"""What a precompile is: an `ecall` number, the memory it touches, what it computes, and the tables that prove it.

The core knows no precompile by name; the standard ones are listed in the package `precompiles`.

A call's operands are accessed one after the other, in the order of the tuple: operand k at time t + 1 + k, all its
dwords at once. So a read operand sees what an earlier write operand wrote; because the kernel gets all operands' values
before anything is written, the executor refuses (traps) a write operand that overlaps a later operand.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal, Protocol

import numpy as np

from core_vm.errors import UsageError

if TYPE_CHECKING:
    from core_vm.tables.module import TableModule

FIRST_NUMBER: Final = 0x1000
"""Call numbers from here on are precompiles."""
MAX_NUMBER: Final = 2**16
POINTER_REGISTERS: Final = (10, 11, 12)


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
    """A compiled function of one pointer, as `call_kernels.compute_kernel` makes it."""

    @property
    def address(self) -> int: ...


@dataclass(frozen=True)
class Precompile:
    """`kernel` loads the compiled function that the interpreters call, once a guest does; so the verifier needs none.

    The function gets a pointer to the operands' dwords (uint64), one operand after the other in the order of the tuple,
    as they are before the call. It puts the new values of the write operands in their places, changes nothing else and
    depends on nothing else. `tables` are the modules that prove the call; `cells_per_call` counts their cells, memory
    accesses included, and decides where a run is cut.
    """

    name: str
    number: int
    operands: tuple[Operand, ...]
    kernel: Callable[[], ComputeKernel]
    tables: tuple[TableModule, ...] = ()
    cells_per_call: int = 10_000

    def __post_init__(self) -> None:
        if not FIRST_NUMBER <= self.number < MAX_NUMBER:
            raise UsageError(f"precompile {self.name}: number {self.number:#x} is not in [0x1000, 0x10000)")
        if not 1 <= len(self.operands) <= len(POINTER_REGISTERS):
            raise UsageError(f"precompile {self.name}: expected one to three operands, got {len(self.operands)}")


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
