"""Calls of the SHA-256 precompile without a machine around them: events, traces, and the verdict on a trace."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np

from core_vm.machine.precompile import PrecompileEvents
from core_vm.tables.buses import BIT_RANGE, BYTE_PAIR, RANGE16
from core_vm.witness.check import Ledger, post_messages, violations
from core_vm.witness.module import ColumnWriter
from core_vm.witness.trace import Trace
from precompiles.sha256.compress_kernels import compress
from precompiles.sha256.precompile import PRECOMPILE
from tests.precompiles import calls

CALL_MODULE, ROUND_MODULE = PRECOMPILE.tables
ROWS_PER_CALL = 4


def run_calls(
    blocks: np.ndarray, states: np.ndarray, pointers: np.ndarray | None = None, first_time: int = 70001
) -> PrecompileEvents:
    """The events of calls with `blocks` (n, 8) and `states` (n, 4): see `calls.run_calls`."""
    return calls.run_calls(compress, blocks, states, pointers, first_time)


def random_calls(n: int, seed: int = 1) -> PrecompileEvents:
    random = np.random.default_rng(seed)
    draw = lambda *shape: random.integers(0, 2**64, shape, dtype=np.uint64)  # noqa: E731
    return run_calls(draw(n, 8), draw(n, 4))


@dataclass
class Rows:
    """The filled tables, canonical int64 (width, rows), filling rows included, and what surrounds them."""

    calls: np.ndarray
    rounds: np.ndarray
    outside: Ledger

    def copy(self) -> Rows:
        return Rows(self.calls.copy(), self.rounds.copy(), self.outside)

    def tables(self) -> list[tuple]:
        return [(CALL_MODULE.table, self.calls), (ROUND_MODULE.table, self.rounds)]


def fill(events: PrecompileEvents) -> Rows:
    """An honest trace of the two tables, with its ecalls and its memory as the outside."""
    source = SimpleNamespace(events=SimpleNamespace(precompiles={PRECOMPILE.name: events}))
    trace = Trace([m.table for m in PRECOMPILE.tables], [m.rows(source) for m in PRECOMPILE.tables])
    for number, module in enumerate(PRECOMPILE.tables):
        writer = ColumnWriter(trace, number, 0)
        module.fill(source, 0, module.rows(source), writer)
        writer.finish()
    calls, rounds = (trace.read_table(number).astype(np.int64) for number in range(2))
    return Rows(calls, rounds, outside(events))


def outside(events: PrecompileEvents) -> Ledger:
    """What the ecall table and the rest of memory contribute."""
    return calls.outside(PRECOMPILE.number, events)


def objections(rows: Rows) -> list[str]:
    """Why a verifier rejects: violated constraints, lookups of what is not in the table, messages without a partner."""
    ledger: Ledger = defaultdict(int, rows.outside)
    found = []
    for table, columns in rows.tables():
        found += [f"{table.name}: {name}" for name, _ in violations(table, columns)]
        post_messages(ledger, table, columns)
    limits = {RANGE16.number: 2**16, BYTE_PAIR.number: 2**8}
    for (bus, *entries), count in ledger.items():
        if bus in limits and max(entries) >= limits[bus]:
            found.append(f"lookup {bus}: {entries}")
        elif bus == BIT_RANGE.number and (entries[1] != 1 << entries[0] or entries[2] >= entries[1]):
            found.append(f"lookup {bus}: {entries}")
        elif bus not in limits and bus != BIT_RANGE.number and count:
            found.append(f"unbalanced bus {bus}")
    return found


def pad(message: bytes) -> bytes:
    zeros = (55 - len(message)) % 64
    return message + b"\x80" + bytes(zeros) + (8 * len(message)).to_bytes(8, "big")
