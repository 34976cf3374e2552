"""Calls of the Keccak precompile without a machine around them: filled tables, and the verdict on them."""

from __future__ import annotations

from copy import copy
from types import SimpleNamespace

import numpy as np

from core_vm.air.public import PublicMessage
from core_vm.air.table_set import TableSet
from core_vm.errors import WitnessError
from core_vm.machine.precompile import PrecompileEvents
from core_vm.tables import lookups
from core_vm.tables.standard import fill_trace
from core_vm.witness.check import check_trace
from core_vm.witness.lookups import count_lookups
from core_vm.witness.trace import Trace
from precompiles.keccak.permute_kernels import absorb
from precompiles.keccak.precompile import PRECOMPILE
from tests.precompiles import calls

ABSORB, LANES, ROUNDS, NUMBERS, ROTATIONS = PRECOMPILE.tables
MODULES = (*PRECOMPILE.tables, *lookups.MODULES)
TABLES = TableSet(tuple(module.table for module in MODULES))
BLOCK, STATE = 0, 1


def run_calls(
    blocks: np.ndarray, states: np.ndarray, pointers: np.ndarray | None = None, first_time: int = 70001
) -> PrecompileEvents:
    """The events of calls with `blocks` (n, 17) and `states` (n, 25): see `calls.run_calls`."""
    return calls.run_calls(absorb, blocks, states, pointers, first_time)


def random_calls(n: int, seed: int = 1) -> PrecompileEvents:
    random = np.random.default_rng(seed)
    draw = lambda *shape: random.integers(0, 2**64, shape, dtype=np.uint64)  # noqa: E731
    return run_calls(draw(n, 17), draw(n, 25))


def messages(events: PrecompileEvents) -> tuple[PublicMessage, ...]:
    """What ecalls and memory contribute."""
    return calls.public_messages(calls.outside(PRECOMPILE.number, events))


class Filled:
    """The filled tables of some calls, free to be changed, and what surrounds them."""

    def __init__(self, events: PrecompileEvents, outside: PrecompileEvents | None = None) -> None:
        source = SimpleNamespace(events=SimpleNamespace(precompiles={PRECOMPILE.name: events}))
        self.trace, self.messages = fill_trace(MODULES, source), messages(outside or events)

    def rows(self, table: str) -> np.ndarray:
        """All rows of a table, canonical int64 (width, rows), to be changed and put back."""
        return self.trace.read_table(self._number(table)).astype(np.int64)

    def put(self, table: str, rows: np.ndarray) -> None:
        for column, values in enumerate(rows):
            self.trace.write(self._number(table), column, 0, values)

    def without(self, table: str) -> Filled:
        """The same in a trace that lacks the table, whoever looks something up there."""
        other, number = copy(self), self._number(table)
        heights = [rows * (n != number) for n, rows in enumerate(self.trace.num_rows)]
        other.trace = Trace(self.trace.tables, heights)
        for kept in self.trace.tables:
            if kept.name != table:
                other.put(kept.name, self.rows(kept.name))
        return other

    def objection(self) -> str:
        """Why a verifier rejects, with lookups counted anew; empty if it does not."""
        try:
            self.check()
        except WitnessError as error:
            return str(error)
        return ""

    def check(self) -> None:
        """Raises WitnessError for the same."""
        count_lookups(self.trace)
        check_trace(self.trace, self.messages)

    def _number(self, table: str) -> int:
        return [t.name for t in self.trace.tables].index(table)


def column(table: str, name: str) -> int:
    """The number of a column."""
    return next(t for t in TABLES.tables if t.name == table).columns.index(name)
