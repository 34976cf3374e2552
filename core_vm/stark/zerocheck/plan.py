"""What the zerocheck's kernels need to know of each table: columns, tapes, and its room in the scratch memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core_vm.air.table_set import TableSet
from core_vm.air.tape import Tape
from core_vm.field.extension import K, powers
from core_vm.field.koalabear import to_montgomery
from core_vm.stark.shape import ShardShape
from core_vm.stark.words import K_TILE, Integers, Words, interleaved
from core_vm.stark.zerocheck.verifier import RowStatement

BASE_ROUNDS = 2  # bound together, over F


@dataclass(frozen=True, slots=True)
class TableWork:
    """One nonempty table: where its columns are, its tapes for the kernels, and its areas of folded tiles in the
    scratch."""

    first_column: int
    width: int
    tiles: int
    places: Integers
    tapes: tuple
    linear_places: Integers
    linear: Words
    linear_area: int
    areas: tuple[int, int]

    def tiles_after(self, rounds: int) -> int:
        return -(-self.tiles >> rounds)

    @property
    def last_area(self) -> int:
        """Where the table's tile lies when it is the only one left."""
        return self.areas[(max((self.tiles - 1).bit_length(), BASE_ROUNDS) - 1) % 2]


def plan_tables(tables: TableSet, shape: ShardShape, statement: RowStatement) -> tuple[list[TableWork], int]:
    """The work of every nonempty table, and the words of scratch that all of them need together."""
    works, at, constraint = [], (max(tables.widths) + 1) * K_TILE, 0  # a tile of zeros comes first
    batching = powers(statement.rho, tables.num_constraints, statement.rho)
    linear_weights = bus_weights(tables, shape.layout.first_columns, statement)
    for number, (table, tiles) in enumerate(zip(tables.tables, shape.tiles, strict=True)):
        first, width = shape.layout.first_columns[number], table.width
        weights = interleaved(batching[constraint : constraint + len(table.constraints)])
        constraint += len(table.constraints)
        if not tiles:
            continue
        entry, folded = (width + 1) * K_TILE, -(-tiles >> BASE_ROUNDS)
        areas = (at + tiles * K_TILE + folded * entry, at + tiles * K_TILE)
        tapes = tuple(_for_kernels(tape, weights) for tape in (tables.tape(number), tables.leading_tape(number)))
        places = np.stack(shape.layout.column_base(number), axis=1)
        linear = _linear_form(places, linear_weights[first : first + width])
        works.append(TableWork(first, width, tiles, places, tapes, *linear, at, areas))
        at = areas[0] + (folded + 1) // 2 * entry
    return works, at


def bus_weights(tables: TableSet, first_columns: Sequence[int], statement: RowStatement) -> list[K]:
    """The bus form (see `RowStatement`) as one weight a column, over all columns of all tables."""
    weights = [K.zero] * tables.num_columns
    for interaction, share in zip(tables.interactions, statement.shares, strict=False):
        first, scaled = first_columns[interaction.table], share * statement.kappa
        for column, multiple in interaction.multiplicity.columns.items():
            weights[first + column] = weights[first + column] + share * multiple
        for weight, entry in zip(statement.fingerprint.weights[1:], interaction.message, strict=False):
            if not entry.columns:
                continue
            of_entry = weight * scaled
            for column, coefficient in entry.columns.items():
                term = of_entry if coefficient == 1 else of_entry * coefficient
                weights[first + column] = weights[first + column] + term
    return weights


def _for_kernels(tape: Tape, batching: Words) -> tuple[Integers, Words, Words, int]:
    constants = to_montgomery(np.array(tape.constants, np.int64))
    return np.ascontiguousarray(tape.operations, np.int64), constants, batching, tape.width + tape.num_registers


def _linear_form(places: Integers, weights: list[K]) -> tuple[Integers, Words]:
    """Places and weights of the columns that messages speak of; zero weights fill up to what a kernel takes at
    once."""
    from core_vm.field.packed.linear import WEIGHED_TOGETHER

    used = [column for column, weight in enumerate(weights) if weight]
    missing = -len(used) % WEIGHED_TOGETHER
    return places[used + used[:1] * missing], interleaved([weights[column] for column in used] + [K.zero] * missing)
