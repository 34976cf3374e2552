"""Calls of the SHA-256 precompile without a machine around them: events, traces, and the verdict on a trace."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np

from core_vm.field.koalabear import P
from core_vm.machine.precompile import PrecompileEvents
from core_vm.tables.buses import BIT_RANGE, BYTE_PAIR, CALL, MEMORY, RANGE16
from core_vm.witness.check import Ledger, post_messages, violations
from core_vm.witness.module import ColumnWriter
from core_vm.witness.trace import Trace
from precompiles.sha256.compress_kernels import compress
from precompiles.sha256.precompile import PRECOMPILE

CALL_MODULE, ROUND_MODULE = PRECOMPILE.tables
ROWS_PER_CALL = 4


def run_calls(
    blocks: np.ndarray, states: np.ndarray, pointers: np.ndarray | None = None, first_time: int = 70001
) -> PrecompileEvents:
    """The events of calls with `blocks` (n, 8) and `states` (n, 4), uint64, at consecutive instructions.

    `pointers` (n, 2): state and block; by default apart from one another. Previous times are spread over what came
    before.
    """
    n = len(blocks)
    if pointers is None:
        pointers = 0x1_0000 + 0x100 * np.arange(2 * n, dtype=np.uint64).reshape(n, 2)
    times = (first_time + 4 * np.arange(n)).astype(np.uint32)
    arguments = np.concatenate([pointers, np.zeros((n, 1), dtype=np.uint64)], axis=1)
    random = np.random.default_rng(5)
    previous = [random.integers(0, first_time, (n, dwords)).astype(np.uint32) for dwords in (8, 4)]
    after = np.stack([compress(s, b) for b, s in zip(blocks, states, strict=True)]) if n else states
    return PrecompileEvents(
        times, arguments, [pointers[:, 1], pointers[:, 0]], [blocks, states], previous, [blocks, after]
    )


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
    """What the ecall table and the rest of memory contribute: the call, each dword before, each dword after."""
    ledger: Ledger = defaultdict(int)

    def post(bus_number: int, entries: list[int], count: int) -> None:
        place = (bus_number, *entries)
        ledger[place] = (ledger[place] + count) % P

    for k, time in enumerate(events.times.tolist()):
        arguments = [limb for a in events.arguments[k].tolist() for limb in (a & 0xFFFF, a >> 16)]
        post(CALL.number, [PRECOMPILE.number, time, *arguments], 1)
        for operand in range(2):
            now = time + 1 + operand
            for j, previous in enumerate(events.previous_times[operand][k].tolist()):
                index = int(events.pointers[operand][k]) // 8 + j
                post(MEMORY.number, [index, *limbs_of(events.before[operand][k][j]), previous], 1)
                post(MEMORY.number, [index, *limbs_of(events.after[operand][k][j]), now], -1)
    return ledger


def limbs_of(dword: int) -> list[int]:
    return [int(dword) >> shift & 0xFFFF for shift in (0, 16, 32, 48)]


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
