"""One sumcheck over the rows for everything about rows: every constraint is zero, and the GKR claim holds (verifier
side).

The GKR claim at (z_interaction, z_row) is sum_i eq(z_interaction, i) (n_i + kappa (d_i - 1))(z_row). A table's rows
carry n_i and d_i - 1 as affine forms of its columns, but beyond its rows they are zero: the constant part of d_i - 1
therefore counts with weight lt = sum over the table's rows of eq(z_row, row), and so does each closed-form column with
its own extension. With those taken off, the claim is linear in the columns, the same at every row, and zero on the
zero row. It joins sum_row eq(z_row, row) sum_c rho^c C_c(row) = 0 over all constraints of all tables.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core_vm.air.table import Table
from core_vm.air.table_set import TableSet
from core_vm.air.tape import run_tape
from core_vm.errors import MalformedProof, ZerocheckRejection
from core_vm.field.extension import DEGREE as DEGREE_OF_K
from core_vm.field.extension import K, eq_table, inner, lift, powers
from core_vm.stark.column_digest import column_digest
from core_vm.stark.logup_gkr import Fingerprint, GkrClaim
from core_vm.stark.proof import ShardShape
from core_vm.stark.sumcheck import receive_rounds

if TYPE_CHECKING:
    from core_vm.hash.transcript import ProverChannel, VerifierChannel

DEGREE = 3  # of a constraint at most, the equality weight apart


@dataclass(frozen=True, slots=True)
class RowStatement:
    """sum_row eq(point, row) * (linear form + batched constraints)(row) = claim, over all tables.

    `linear[c]` belongs to column c among all columns of all tables; `batching[c]` = rho^(c+1) to constraint c among
    all. `binding_point` lists z_row in the order in which the rounds bind it.
    """

    binding_point: list[K]
    linear: list[K]
    batching: list[K]
    claim: K


def rows_below(tiles: int, tile_point: Sequence[K]) -> K:
    """sum of eq(tile_point, t) over t < tiles, for tiles <= 2^len(tile_point): read off the bits of `tiles`, highest
    first."""
    if tiles >> len(tile_point):
        return K.one
    total, prefix = K.zero, K.one
    for bit in reversed(range(len(tile_point))):
        with_one = prefix * tile_point[bit]
        if tiles >> bit & 1:
            total, prefix = total + prefix - with_one, with_one
        else:
            prefix = prefix - with_one
    return total


def key_values(table: Table, row_point: Sequence[K]) -> list[K]:
    """Each closed-form column's extension at `row_point`; it is zero on rows beyond the table."""
    height = table.log_height or 0
    inside = K.one
    for z in row_point[height:]:
        inside = inside * (1 - z)
    return [lift(key.function(list(row_point[:height]))) * inside for key in table.keys]


def row_statement(
    tables: TableSet, shape: ShardShape, fingerprint: Fingerprint, gkr: GkrClaim, rho: K, kappa: K
) -> RowStatement:
    """The statement that the zerocheck proves, from the GKR claim and the batching challenges."""
    row_point, interaction_point = shape.split_gkr_point(gkr.point)
    tile_point = row_point[len(row_point) - shape.tile_bits :]
    below = [rows_below(tiles, tile_point) for tiles in shape.tiles]
    keys = [key_values(table, row_point) for table in tables.tables]
    linear = [K.zero] * tables.num_columns
    claim = gkr.n + kappa * gkr.e
    for interaction, share in zip(tables.interactions, eq_table(interaction_point), strict=False):
        table, first = interaction.table, shape.layout.first_columns[interaction.table]
        if not shape.tiles[table]:
            continue  # no rows: the constant part counts for nothing, and the columns are zero
        scaled = share * kappa
        owed = scaled * (fingerprint.alpha - 1) + scaled * fingerprint.weights[0] * interaction.bus_number
        owed_to_keys = K.zero
        for weight, entry in zip(fingerprint.weights[1:], interaction.message, strict=False):
            weight = weight * scaled
            owed = owed + weight * entry.constant if entry.constant else owed
            for key, coefficient in entry.keys.items():
                owed_to_keys = owed_to_keys + weight * coefficient * keys[table][key]
            for column, coefficient in entry.columns.items():
                term = weight if coefficient == 1 else weight * coefficient
                linear[first + column] = linear[first + column] + term
        claim = claim - owed * below[table] - owed_to_keys
        for column, multiple in interaction.multiplicity.columns.items():
            linear[first + column] = linear[first + column] + share * multiple
    binding_point = [
        *row_point[len(row_point) - shape.tile_bits :],
        *reversed(row_point[: len(row_point) - shape.tile_bits]),
    ]
    return RowStatement(binding_point, linear, powers(rho, tables.num_constraints, rho), claim)


def batched_constraints(tables: TableSet, batching: Sequence[K], columns: Sequence[K]) -> K:
    """sum_c rho^(c+1) C_c at the given values of all columns of all tables."""
    total, column, constraint = K.zero, 0, 0
    for number, table in enumerate(tables.tables):
        if not any(columns[column : column + table.width]):  # the zero row satisfies every constraint
            column, constraint = column + table.width, constraint + len(table.constraints)
            continue
        values: list[K] = []
        weights: list[K] = []

        def emit(
            number: int, value: K, values: list[K] = values, weights: list[K] = weights, at: int = constraint
        ) -> None:
            values.append(value)
            weights.append(batching[at + number])

        run_tape(tables.tape(number), columns[column : column + table.width], emit)
        total = total + inner(values, weights)
        column, constraint = column + table.width, constraint + len(table.constraints)
    return total


def receive_columns(channel: VerifierChannel, num_columns: int) -> list[K]:
    """Every column's claimed value, bound by its digest."""
    words = channel.receive_hint("column_values", DEGREE_OF_K * num_columns)
    channel.absorb_digest("column_values", column_digest(words))
    values = words.tolist()
    return [K(*values[at : at + DEGREE_OF_K]) for at in range(0, len(values), DEGREE_OF_K)]


def send_columns(channel: ProverChannel, columns: Sequence[K]) -> None:
    """The prover's side of `receive_columns`."""
    words = np.array([c for column in columns for c in column.c], np.uint32)
    channel.hint("column_values", words)
    channel.absorb_digest("column_values", column_digest(words))


def verify_zerocheck(
    channel: VerifierChannel, tables: TableSet, shape: ShardShape, statement: RowStatement
) -> tuple[list[K], list[K]]:
    """Returns the point (row coordinates, lowest first) and the value claimed for every column there.

    Raises ZerocheckRejection, or MalformedProof for a column of a table without rows that is claimed to be nonzero.
    """
    bound, claim = receive_rounds(channel, "zerocheck_round", DEGREE, statement.binding_point, statement.claim)
    columns = receive_columns(channel, tables.num_columns)
    # No cell of the committed vector stands behind an empty table's columns, so the opening would not contradict a lie.
    for table, tiles, first in zip(tables.tables, shape.tiles, shape.layout.first_columns, strict=True):
        if not tiles and any(columns[first : first + table.width]):
            raise MalformedProof("column values", f"table {table.name} is empty, but a column is claimed to be nonzero")
    if inner(statement.linear, columns) + batched_constraints(tables, statement.batching, columns) != claim:
        raise ZerocheckRejection("zerocheck", "constraints or messages do not hold at the random point")
    return shape.row_point(bound), columns
