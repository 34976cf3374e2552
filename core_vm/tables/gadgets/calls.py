"""A precompile's call, one a row: the receipt of the ecall's message, its pointers, and its operands in memory.

What stands here every precompile needs, and it carries soundness; a precompile's own table adds what it computes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import numpy as np

from core_vm.air.expression import Expression, as_expression
from core_vm.air.table import Table
from core_vm.machine.precompile import POINTER_REGISTERS, Operand, PrecompileEvents
from core_vm.tables import buses
from core_vm.tables.gadgets.accesses import AccessTable
from core_vm.tables.gadgets.apart import constrain_apart
from core_vm.tables.gadgets.bytes import limbs_of_bytes
from core_vm.tables.gadgets.rows import SharedRows, split_bytes, split_limbs
from core_vm.tables.gadgets.witness_table import Value
from core_vm.witness.module import ColumnWriter, TableModule

POINTER_BITS: Final = 13
Dwords = list[list[Expression]]
"""Limbs of 16 bits, four a dword, lowest first."""


class CallRows(SharedRows):
    """A chunk of calls, start .. stop, as the columns of their table need them: of one precompile after the other."""

    def __init__(self, events: Sequence[PrecompileEvents], start: int, stop: int) -> None:
        super().__init__()
        firsts = np.cumsum([0, *map(len, events)])
        parts = [
            e.between(max(start - first, 0), max(stop - first, 0)) for e, first in zip(events, firsts, strict=False)
        ]
        self._events = joined([part for part in parts if len(part)] or parts[:1])
        self.which = np.repeat(np.arange(len(parts)), [len(part) for part in parts])
        self.time = self._events.times.astype(np.int64)

    def __len__(self) -> int:
        return len(self.time)

    def argument(self, register: int) -> np.ndarray:
        """a0, a1 or a2 by the number of its register: uint64 (n,), below 2^32."""
        return self._events.arguments[:, register - POINTER_REGISTERS[0]]

    def before(self, operand: int) -> np.ndarray:
        """An operand's dwords before the call: uint64 (n, dwords)."""
        return self._events.before[operand]

    def after(self, operand: int) -> np.ndarray:
        return self._events.after[operand]

    def previous_time(self, operand: int, dword: int) -> np.ndarray:
        """When a dword of an operand was accessed before: int64 (n,)."""
        return self._events.previous_times[operand][:, dword].astype(np.int64)


def joined(parts: Sequence[PrecompileEvents]) -> PrecompileEvents:
    """The calls of precompiles that have the same operands, one after the other."""
    if len(parts) == 1:
        return parts[0]

    def together(blocks: Callable[[PrecompileEvents], list[np.ndarray]]) -> list[np.ndarray]:
        return [np.concatenate(block) for block in zip(*map(blocks, parts), strict=True)]

    return PrecompileEvents(
        np.concatenate([part.times for part in parts]),
        np.concatenate([part.arguments for part in parts]),
        together(lambda part: part.pointers),
        together(lambda part: part.before),
        together(lambda part: part.previous_times),
        together(lambda part: part.after),
    )


class CallTable(AccessTable):
    """The table that takes a precompile's calls, or those of several that differ in what they compute alone.

    `operands` as the `Precompile` lists them: operand k is accessed at time + 1 + k, all its dwords at once. `number`
    is the call's, or there is one for each of several names: then `selector[name]` is the column that is 1 on the rows
    of the precompile that has it, and `real` their sum.
    """

    def __init__(
        self, name: str, number: int | Mapping[str, int], operands: Sequence[Operand], documentation: str = ""
    ) -> None:
        super().__init__(name, documentation)
        self._operands = tuple(operands)
        self.selector: dict[str, Expression] = {}
        called = self._select({"": number} if isinstance(number, int) else number)
        self.time = self.column("time", lambda rows: rows.time)
        self._first_dword: dict[int, Expression] = {}
        arguments = [limb for register in POINTER_REGISTERS for limb in self._argument(register)]
        self.receive(buses.CALL, (called, self.time, *arguments), self.real)
        self._keep_apart()

    def _select(self, numbers: Mapping[str, int]) -> Value:
        """Declare the columns that say which call a row is; set `real`. Returns the call's number."""
        if list(numbers) == [""]:
            self.real = self.bit("real", lambda rows: np.ones(len(rows), np.uint8))
            return numbers[""]
        for place, name in enumerate(numbers):
            self.selector[name] = self.bit(f"is_{name}", lambda rows, place=place: rows.which == place)
        self.real = sum(self.selector.values(), as_expression(0))
        self.constrain("at_most_one_call_a_row", self.real * (self.real - 1))
        return sum((number * self.selector[name] for name, number in numbers.items()), as_expression(0))

    def _argument(self, register: int) -> list[Expression]:
        """The two limbs of an argument as the ecall sends them; those of a pointer are multiples of 8 together."""
        if register in {operand.register for operand in self._operands}:
            return self._pointer(register)
        return self.columns(f"x{register}", 2, lambda rows: split_limbs(rows.argument(register))[:, :2])

    def _pointer(self, register: int) -> list[Expression]:
        """An address that is a multiple of 8: 8 * dwords + 2^16 high. `dwords` is looked up to be below 2^13, so
        8 * dwords is an integer below 2^16, and the low limb of the ecall, which is one too, equals it. The index of
        the dword is then the address divided by 8: below 2^29, where no register lives. So is that of
        each dword after it: an operand is accessed whole, and one that ran on into the registers would hold the dword
        before them, which is reserved, so that nobody can open it."""
        dwords = self.column(f"x{register}_dwords", lambda rows: (rows.argument(register) & np.uint64(0xFFFF)) >> 3)
        high = self.column(f"x{register}_high", lambda rows: rows.argument(register) >> np.uint64(16))
        self.bit_range(POINTER_BITS, dwords, self.real)
        self._first_dword[register] = dwords + high * (1 << POINTER_BITS)
        return [dwords * 8, high]

    def _keep_apart(self) -> None:
        """An operand that is written has no dword in common with one that is accessed later, which would be read with
        what is written: a call whose results depend on themselves may have several. The executor traps there."""
        for k, operand in enumerate(self._operands):
            for later in range(k + 1, len(self._operands) if operand.access == "write" else 0):
                other = self._operands[later]
                distance = self.first_dword(later) - self.first_dword(k)
                constrain_apart(
                    self,
                    apart_name(k, later),
                    distance,
                    lambda rows, one=operand, two=other: _dword(rows, two) - _dword(rows, one),
                    range(1 - other.dwords, operand.dwords),
                )

    def first_dword(self, operand: int) -> Expression:
        """The index of the operand's first dword: a table that accesses an operand in the call's place begins there."""
        return self._first_dword[self._operands[operand].register]

    def read(self, name: str, operand: int) -> Dwords:
        """The dwords of a read operand; limbs are below 2^16, as every limb on the memory bus."""
        values = self._limbs(name, operand, lambda rows: split_limbs(rows.before(operand)))
        self.access_operand(name, operand, values, values)
        return values

    def read_bytes(self, name: str, operand: int) -> list[Expression]:
        """The bytes of a read operand, lowest first. Limbs are below 2^16 and bytes below 2^8: their split is
        unique."""
        count = 8 * self._operands[operand].dwords
        values = self.columns(name, count, lambda rows: split_bytes(rows.before(operand)).reshape(-1, count))
        for value in values:
            self.is_byte(value)
        limbs = limbs_of_bytes(values)
        dwords = [limbs[i : i + 4] for i in range(0, len(limbs), 4)]
        self.access_operand(name, operand, dwords, dwords)
        return values

    def update(self, name: str, operand: int) -> tuple[Dwords, Dwords]:
        """The dwords of a write operand before and after the call. The new limbs are range-checked here."""
        before = self._limbs(f"{name}_before", operand, lambda rows: split_limbs(rows.before(operand)))
        after = self._limbs(f"{name}_after", operand, lambda rows: split_limbs(rows.after(operand)))
        for limb in flat(after):
            self.range16(limb, self.real)
        self.access_operand(name, operand, before, after)
        return before, after

    def _limbs(self, name: str, operand: int, witness: Callable[[CallRows], np.ndarray]) -> Dwords:
        count = 4 * self._operands[operand].dwords
        limbs = self.columns(name, count, lambda rows: witness(rows).reshape(-1, count))
        return [limbs[i : i + 4] for i in range(0, len(limbs), 4)]

    def access_operand(
        self, name: str, operand: int, before: Sequence[Sequence[Value]], after: Sequence[Sequence[Value]]
    ) -> None:
        """The operand's dwords, each as four limbs, as they were and as they are left. Who declares their columns sees
        to it that what is left is limbs below 2^16."""
        first = self.first_dword(operand)
        for j, (old, new) in enumerate(zip(before, after, strict=True)):
            self.access(
                *(f"{name}_{j}", first + j, old, new, 1 + operand),
                previous_time=lambda rows, j=j: rows.previous_time(operand, j),
            )

    def module(self, *names: str) -> TableModule:
        """Close the table of the precompiles `names`: check what is pending, bind declaration and witness together."""
        self.finish_accesses()
        return self.module_of(
            lambda source: sum(len(source.events.precompiles.get(name, ())) for name in names),
            lambda source, start, stop: CallRows([source.events.precompiles[name] for name in names], start, stop),
            rows_per_call=1,
        )


def flat(dwords: Dwords) -> list[Expression]:
    """All limbs, dword by dword."""
    return [limb for dword in dwords for limb in dword]


def module_of_lookups(name: str, table: Table) -> TableModule:
    """A lookup table of fixed height, in the shards that call the precompile `name`."""

    def rows(source: Any) -> int:
        return 1 << (table.log_height or 0) if len(source.events.precompiles.get(name, ())) else 0

    return TableModule(table, rows)


def module_of_calls(
    name: str, table: Table, fill: Callable[[Any, int, int, ColumnWriter], None], rows_per_call: int = 1
) -> TableModule:
    """A table that has `rows_per_call` rows for each call of the precompile `name`."""

    def rows(source: Any) -> int:
        return rows_per_call * len(source.events.precompiles.get(name, ()))

    return TableModule(table, rows, fill, rows_per_call)


def apart_name(operand: int, later: int) -> str:
    """Of the constraint that keeps them apart."""
    return f"operand_{operand}_is_apart_from_operand_{later}"


def _dword(rows: CallRows, operand: Operand) -> np.ndarray:
    """The index of its first one, int64 (n,)."""
    return (rows.argument(operand.register) >> np.uint64(3)).astype(np.int64)
