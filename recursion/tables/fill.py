"""Filling the circuit machine's tables at the speed of proving.

The function that fills a table is run once, over expressions: what it gives for each column, in terms of what rows take
in, is compiled into a tape, which one kernel runs on all rows. Columns of a permutation are left to the kernel that
traces permutations. `CircuitModule.main_columns` is the definition.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from core_vm.air.expression import Expression, column
from core_vm.air.tape import compile_values
from core_vm.field.koalabear import Words, to_montgomery
from core_vm.hash.poseidon2_parameters import FULL_ROUNDS, Poseidon2
from core_vm.host.threads import run_ranges
from core_vm.stark.words import Int64
from core_vm.witness.trace import FilledTables
from recursion.tables.element import Scalar
from recursion.tables.rows import CircuitModule, Rows, flat
from recursion.tables.standard import MODULE_OF

Places = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Permutation:
    """The first columns of a table are those of a permutation."""

    parameters: Poseidon2
    num_outputs: int
    feed_forward: bool


class SymbolicRows(Rows):
    """Rows whose columns are expressions: column i of an expression is slot i of the kernel's operands."""

    def __init__(self, module: CircuitModule) -> None:
        self.table, self._first, self._operands = module.table, {}, module.operands
        self.groups: list[tuple[int, int]] = []
        self.fixed_slots: dict[int, int] = {}
        self.cuts: list[tuple[int, int, int, int]] = []
        self.permuted: Permutation | None = None
        self.num_slots = 0
        for name, count in module.operands.items():
            self._first[name] = self.num_slots
            self.groups.append((self.num_slots, count))
            self.num_slots += count

    def _slot(self) -> int:
        self.num_slots += 1
        return self.num_slots - 1

    def fixed(self, name: str) -> Expression:
        number = self.table.columns.index(name)
        if number not in self.fixed_slots:
            self.fixed_slots[number] = self._slot()
        return column(self.fixed_slots[number])

    def columns(self, name: str, count: int) -> list[Scalar]:
        assert self._operands[name] == count
        return [column(self._first[name] + i) for i in range(count)]

    def cut(self, value: Scalar, shift: int, bits: int) -> Expression:
        assert value.kind == "column"
        slot = self._slot()
        self.cuts.append((slot, value.value, shift, (1 << bits) - 1))
        return column(slot)

    def permutation(
        self, parameters: Poseidon2, inputs: Sequence[Scalar], num_outputs: int, feed_forward: bool
    ) -> list[Any]:
        """The inputs, and nothing for what another kernel writes."""
        self.permuted = Permutation(parameters, num_outputs, feed_forward)
        others = (FULL_ROUNDS - 1) * parameters.width + parameters.partial_rounds + num_outputs
        return [*inputs, *[None] * others]


@dataclass(frozen=True)
class FillPlan:
    """What `fill_rows` takes, for one table. `operations` emit by the numbers of columns.

    `groups` (operands, 2) are first slot and number of words of what rows take in.
    """

    groups: Int64
    fixed: Mapping[int, int]
    cuts: Int64
    operations: npt.NDArray[np.int32]
    constants: Words
    num_operands: int
    permuted: Permutation | None


@cache
def plan_of(name: str) -> FillPlan:
    """The plan of a table, made when it is first needed."""
    module = MODULE_OF[name]
    rows = SymbolicRows(module)
    columns = flat(module.fill(rows))
    given = [(number, expression) for number, expression in enumerate(columns) if expression is not None]
    tape = compile_values(rows.num_slots, len(columns), given)
    return FillPlan(
        np.array(rows.groups, np.int64).reshape(-1, 2),
        rows.fixed_slots,
        np.array(rows.cuts, np.int64).reshape(-1, 4),
        tape.operations,
        to_montgomery(np.array(tape.constants, np.uint32)),
        rows.num_slots + tape.num_registers,
        rows.permuted,
    )


def fill_table(
    trace: FilledTables, number: int, memory: Words, groups: Int64, places: Places, threads: int = 1
) -> None:
    """Fills the main columns of a table whose fixed ones are there.

    `memory` is flat, Montgomery. `groups` (groups, 2) cut what a row takes in, in the order of
    `CircuitModule.operands`, into first word and number of words; `places` (rows, groups) says where each of them
    starts in memory.
    """
    from core_vm.tables.gadgets.poseidon2_kernels import complete_permutations
    from recursion.tables.fill_kernels import fill_rows

    plan, tiles = plan_of(trace.tables[number].name), trace.tiles[number]
    first, stride = trace.layout.column_base(number)
    fixed = np.array([(slot, first[c], stride[c]) for c, slot in plan.fixed.items()], np.int64).reshape(-1, 3)

    def work(start: int, stop: int) -> None:
        fill_rows(
            *(groups, fixed, plan.cuts, plan.operations, plan.constants, plan.num_operands),
            *(memory, places, trace.q, first, stride, start, stop),
        )
        if plan.permuted:
            complete_permutations(
                *(plan.permuted.parameters, plan.permuted.num_outputs, plan.permuted.feed_forward),
                *(trace.q, first + start * stride, stride, stop - start),
            )

    run_ranges(work, tiles, threads)
