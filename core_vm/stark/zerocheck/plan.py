"""What the zerocheck's kernels need to know of each table: columns, forms, tapes, and its room in the scratch memory.

Forms (`air.forms`), and last the bus form, are linear in the columns, with weights in K. Their values are computed
once a row, in the first round, and folded like columns from there on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import NamedTuple

import numpy as np

from core_vm.air.forms import form_terms, highest_power
from core_vm.air.table_set import TableSet
from core_vm.air.table_tapes import TableTapes
from core_vm.field.bulk import power_words
from core_vm.field.extension import DEGREE
from core_vm.stark.gkr.column_forms import WeightedForms
from core_vm.stark.shape import ShardShape
from core_vm.stark.words import K_TILE, POINT_WORDS, Int64, Words
from core_vm.stark.zerocheck.bus_form import bus_weights
from core_vm.stark.zerocheck.kernel_tapes import WeighedTape, kernel_tapes
from core_vm.stark.zerocheck.verifier import RowStatement

BASE_ROUNDS = 2  # bound together, over F
# To fold columns of so few tiles costs less than to add them up otherwise.
FEW_TILES = 16


class LinearForms(NamedTuple):
    """The table's forms, and last the bus form: form f has the columns and weights from starts[f] to starts[f + 1].
    Zero weights fill each up to what a kernel takes at once."""

    places: Int64
    weights: Words
    starts: Int64


@dataclass(frozen=True, slots=True)
class TableWork:
    """One nonempty table: where its columns are, its tapes for the kernels, and its areas in the scratch, of folded
    tiles and of entries (`point_kernels`), those of round n in number n modulo 2. `base_tapes` are pairs for the rounds
    over F: of its columns, and of its forms. `folded` are the numbers of the columns that constraints read, or of all
    in a short table: the others are not folded, and `tapes` do not count them."""

    first_column: int
    folded: Int64
    tiles: int
    places: Int64
    tapes: tuple
    base_tapes: tuple
    linear: LinearForms
    linear_area: int
    areas: tuple[int, int]
    entries: tuple[int, int]

    @property
    def folded_width(self) -> int:
        """Columns and forms of a folded tile, the bus form apart."""
        return len(self.folded) + len(self.linear.starts) - 2

    def tiles_after(self, rounds: int) -> int:
        return -(-self.tiles >> rounds)

    @property
    def last_area(self) -> int:
        """Where the table's tile lies when it is the only one left."""
        return self.areas[(max((self.tiles - 1).bit_length(), BASE_ROUNDS) - 1) % 2]


def plan_tables(tables: TableSet, shape: ShardShape, statement: RowStatement[Words]) -> tuple[list[TableWork], int]:
    """The work of every nonempty table, and the words of scratch that all of them need together."""
    # Of absent tables not even the forms are made.
    present = [tapes.forms if tiles else () for tapes, tiles in zip(tables.tapes, shape.tiles, strict=True)]
    entries = [table.width + len(forms) + 1 for table, forms in zip(tables.tables, present, strict=True)]
    works, at, constraint = [], max(entries) * K_TILE, 0  # a tile of zeros comes first
    batching = power_words(statement.rho, tables.num_constraints, statement.rho)
    of_rho = power_words(statement.rho, 1 + max(map(highest_power, present), default=0))
    of_columns = bus_weights(tables, statement)
    for number, (table, tiles) in enumerate(zip(tables.tables, shape.tiles, strict=True)):
        first, width = shape.layout.first_columns[number], table.width
        last = constraint + len(table.constraints)
        weights, constraint = _interleaved(batching[:, constraint:last]), last
        if not tiles:
            continue
        places = np.stack(shape.layout.column_base(number), axis=1)
        forms = _weighed_forms(tables.tapes[number], of_rho)
        linear = _linear_forms(places, [*forms, _nonzero(of_columns[:, first : first + width])])
        whole, products, plain = (tuple(tape.with_weights(weights) for tape in pair) for pair in kernel_tapes(table))
        columns = _read_by(whole, width) if tiles > FEW_TILES else np.arange(width)
        whole = tuple(_renumbered(tape, columns, width) for tape in whole)
        kept, folded = (len(forms) + 1) * K_TILE, -(-tiles >> BASE_ROUNDS)
        entry = len(columns) * K_TILE + kept
        areas = (at + tiles * kept + folded * entry, at + tiles * kept)
        points = areas[0] + (folded + 1) // 2 * entry
        works.append(
            TableWork(
                first,
                columns,
                tiles,
                places,
                whole,
                (plain, products),
                linear,
                at,
                areas,
                (points, points + folded * POINT_WORDS),
            )
        )
        at = points + (folded + (folded + 1) // 2) * POINT_WORDS
    return works, at


def _read_by(tapes: Sequence[WeighedTape], width: int) -> Int64:
    """The columns that tapes over `width` columns and the forms that follow read."""
    read = np.unique(np.concatenate([tape[4][:, 0] for tape in tapes]))
    return read[read < width]


def _renumbered(tape: WeighedTape, columns: Int64, width: int) -> WeighedTape:
    """The same of these columns alone, and of the forms behind them."""
    operations, constants, batching, num_registers, fills, blocks = tape
    of_forms = fills[:, 0] >= width
    numbers = np.where(of_forms, fills[:, 0] - (width - len(columns)), np.searchsorted(columns, fills[:, 0]))
    fills = np.ascontiguousarray(np.stack([numbers, fills[:, 1]], axis=1))
    return operations, constants, batching, num_registers, fills, blocks


def _interleaved(planes: Words) -> Words:
    """Planes (5, n) as flat words."""
    return np.ascontiguousarray(planes.T).reshape(-1)


WeighedColumns = tuple[Int64, Words]
"""Columns, and their weights as planes (5, n)."""


@lru_cache(maxsize=256)
def _terms_of(tapes: TableTapes) -> WeightedForms:
    """Of a table's forms, under powers of rho."""
    terms = [(number, *term) for number, form in enumerate(tapes.forms) for term in form_terms(form)]
    return WeightedForms.of(len(tapes.forms), terms)


def _weighed_forms(tapes: TableTapes, of_rho: Words) -> list[WeighedColumns]:
    """One a form; `of_rho` planes (5, powers)."""
    terms = _terms_of(tapes)
    weights = terms.under(of_rho)
    return [(terms.columns[start:stop], weights[:, start:stop]) for start, stop in pairwise(terms.first.tolist())]


def _nonzero(planes: Words) -> WeighedColumns:
    columns = np.flatnonzero(planes.any(axis=0))
    return columns, planes[:, columns]


def _linear_forms(places: Int64, forms: Sequence[WeighedColumns]) -> LinearForms:
    """Each form's columns and weights, filled up with zero weights of its first column."""
    from core_vm.field.packed.linear import WEIGHED_TOGETHER

    lengths = [-(-len(columns) // WEIGHED_TOGETHER) * WEIGHED_TOGETHER for columns, _ in forms]
    starts = list(accumulate(lengths, initial=0))
    used, planes = np.zeros(starts[-1], np.int64), np.zeros((DEGREE, starts[-1]), np.uint32)
    for (columns, weights), start, stop in zip(forms, starts, starts[1:], strict=False):
        if start < stop:
            used[start:stop] = columns[0]
            used[start : start + len(columns)] = columns
            planes[:, start : start + len(columns)] = weights
    return LinearForms(places[used], _interleaved(planes), np.array(starts, np.int64))
