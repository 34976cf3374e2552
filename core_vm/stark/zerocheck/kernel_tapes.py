"""The tapes of a table as its kernels take them: compiled from its constraints once, and kept on disk.

They follow from the declaration alone, and to compile them takes longer than to prove a table of a few tiles. What is
kept is named by the declaration and by the sources that compile it, so that nothing has to be compared when it is
loaded. It is the prover's: a verifier compiles its own tapes, whatever lies on a disk.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from core_vm.air.table import Table
from core_vm.air.table_tapes import TableTapes
from core_vm.air.tape import Tape
from core_vm.errors import UsageError
from core_vm.field.koalabear import to_montgomery
from core_vm.host import kernel_store
from core_vm.host.arrays import packed_arrays, unpacked_arrays
from core_vm.host.kernel_sources import source_digest, source_of
from core_vm.stark.words import Int64, Words
from core_vm.stark.zerocheck.blocked_tape import blocked

WeighedTape = tuple[Int64, Words, Words, int, Int64, Int64]
"""Operations, constants, weights of constraints, number of registers, fills, blocks."""


class KernelTape(NamedTuple):
    """A `BlockedTape`, and its constants in Montgomery form."""

    operations: Int64
    constants: Words
    fills: Int64
    blocks: Int64
    num_registers: int

    def with_weights(self, batching: Words) -> WeighedTape:
        """What the kernels take; constraint c weighs batching[c] (interleaved words)."""
        return self.operations, self.constants, batching, self.num_registers, self.fills, self.blocks


FORMS = [(np.int64, (4,)), (np.uint32, ()), (np.int64, (2,)), (np.int64, (4,)), (np.int64, ())]
"""Of the parts of a tape, types and shapes but for lengths."""

Pair = tuple[KernelTape, KernelTape]
"""What emits constraints, and what emits their leading parts."""


class KernelTapes(NamedTuple):
    """Those of `TableTapes`; `plain` are for rows over F, the others for K."""

    whole: Pair
    products: Pair
    plain: Pair


@lru_cache(maxsize=1024)
def kernel_tapes(table: Table) -> KernelTapes:
    """From the cache if they are there; otherwise they are compiled, and kept."""
    return kernel_store.kept_or_made(entry_of(table), lambda: compiled(table), _to_bytes, _from_bytes)


def entry_of(table: Table) -> str:
    """Under what name they are kept."""
    sources = source_digest(source_of(Path(__file__), __name__))
    content = repr((sources, table.columns, table.describe()))
    return f"tapes-{hashlib.sha256(content.encode()).hexdigest()}"


def compiled(table: Table) -> KernelTapes:
    """From the constraints, whatever is kept."""
    tapes = TableTapes(table)
    return KernelTapes(
        _pair(tapes.factored, tapes.factored_leading, False),
        _pair(tapes.products, tapes.products_leading, False),
        _pair(tapes.plain, tapes.plain_leading, True),
    )


def _pair(tape: Tape, leading: Tape, chains: bool) -> Pair:
    return _for_kernels(tape, chains), _for_kernels(leading, chains)


def _for_kernels(tape: Tape, chains: bool) -> KernelTape:
    operations, fills, blocks, num_registers = blocked(tape, chains)
    return KernelTape(operations, to_montgomery(np.array(tape.constants, np.int64)), fills, blocks, num_registers)


def _to_bytes(tapes: KernelTapes) -> bytes:
    parts = [np.asarray(part) for pair in tapes for tape in pair for part in tape]
    return packed_arrays({str(number): part for number, part in enumerate(parts)})


def _from_bytes(data: bytes) -> KernelTapes:
    parts, size = list(unpacked_arrays(data).values()), len(FORMS)
    if [(part.dtype, part.shape[1:]) for part in parts] != 6 * FORMS:
        raise UsageError(f"{len(parts)} arrays are not the tapes of a table")
    tapes = [_gathered(*parts[at : at + size]) for at in range(0, len(parts), size)]
    return KernelTapes(*zip(tapes[::2], tapes[1::2], strict=True))


def _gathered(
    operations: Int64, constants: Words, fills: Int64, blocks: Int64, num_registers: np.ndarray
) -> KernelTape:
    return KernelTape(operations, constants, fills, blocks, int(num_registers))
