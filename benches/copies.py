"""What guests spend on copying and filling memory, and what a table for it could save at most: the measurement of
docs/decisions/0022-memory-is-copied-by-instructions.md.

A row that copies 32 bytes is taken to cost its eight accesses of memory and nothing else: no pointers, no link to the
next row, no bytes before and behind whole dwords. So a table saves less than what is printed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from rich.console import Console
from rich.table import Table

from benches.guests import EXAMPLES, program
from benches.row_costs import cost, cost_of_rows, row_costs
from core_vm.isa.operations import Operation
from core_vm.machine.machine import Machine
from core_vm.machine.program.program import Program
from precompiles.standard.machine import standard_machine

GUESTS = (
    *("word_count", "sort", "keccak_file", "sha256_merkle", "output_root", "continued_primes"),
    *("ethereum_sender", "ecdsa_batch", "groth16", "bls_signatures"),
)
COPYING = ("memcpy", "memmove", "mempcpy", "memset")
STORES = {Operation.SD: 8, Operation.SW: 4, Operation.SH: 2, Operation.SB: 1}
"""Bytes of each."""
COPY_BYTES = 32
COPY_CELLS, COPY_INTERACTIONS = 8 * 2 + 4 * (4 + 4), 8 * 3.5
"""An access is two columns of time, two messages, a lookup, and half a lookup of a pair of bytes; the limbs that are
read are four columns a dword, and those that are replaced four more."""


@dataclass(frozen=True, slots=True)
class Spent:
    """Of one run: instructions, nanoseconds of proving at the ceilings of `benches.proving`, and what the copying
    functions did: bytes stored, and how often they were called. `ecall` is what an ecall's row costs."""

    instructions: int
    copying_instructions: int
    everything: float
    copying: float
    stored: int
    calls: int
    ecall: float

    @property
    def most_saved(self) -> float:
        """Of everything."""
        return (self.copying - cost(COPY_CELLS, COPY_INTERACTIONS) * self.stored / COPY_BYTES) / self.everything

    @property
    def most_saved_by_calls(self) -> float:
        """The same where each call of a function makes an ecall, whose row and message are counted now."""
        return self.most_saved - self.calls * (self.ecall + cost(0, 1)) / self.everything


def report(console: Console, scale: float) -> None:
    """One row a guest, on its own input, whatever the scale."""
    table = Table(title="Copying and filling memory, shares of a run")
    for heading in ("guest", "instructions", "in copying functions", "of all proving", "bytes a call",
                    "rows alone save", "with an ecall each"):  # fmt: skip
        table.add_column(heading, justify="left" if heading == "guest" else "right")
    for name in GUESTS:
        found = spent(name, standard_machine())
        table.add_row(
            name, f"{found.instructions:,}", f"{found.copying_instructions / found.instructions:.1%}",
            f"{found.copying / found.everything:.1%}", f"{found.stored / max(found.calls, 1):,.0f}",
            f"{found.most_saved:.1%}", f"{found.most_saved_by_calls:.1%}",
        )  # fmt: skip
    console.print(table)


def spent(name: str, machine: Machine) -> Spent:
    """Of an example on its input."""
    guest = program(name)
    run = row_costs(guest, (EXAMPLES / name / "input").read_bytes(), machine)
    executions, copies, operations = run.executions, _slots_of_copies(guest), guest.instructions.operation
    stored = sum(size * int(executions[copies & (operations == operation)].sum()) for operation, size in STORES.items())
    total, copying = int(executions.sum()), int(executions[copies].sum())
    begun = int(executions[copies & np.isin(4 * guest.pc_index.astype(np.int64), guest.symbols[0])].sum())
    ecall = cost_of_rows(machine)["ecall"]
    return Spent(total, copying, run.everything, float(run.costs[copies].sum()), stored, begun, ecall)


def _slots_of_copies(guest: Program) -> np.ndarray:
    """Which slots of a program belong to the functions `COPYING`: bool (slots,)."""
    addresses, names = guest.symbols
    copies = np.array([False, *(name in COPYING for name in names)])
    return copies[np.searchsorted(addresses, 4 * guest.pc_index.astype(np.int64), side="right")]
