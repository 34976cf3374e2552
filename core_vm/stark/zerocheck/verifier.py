"""One sumcheck over the rows for everything about rows: every constraint is zero, and the GKR claim holds (verifier
side).

The GKR claim at (z_interaction, z_row) is sum_i eq(z_interaction, i) (n_i + kappa (d_i - 1))(z_row). A table's rows
carry n_i and d_i - 1 as affine forms of its columns, but beyond its rows they are zero: the constant part of d_i - 1
therefore counts with weight lt = sum over the table's rows of eq(z_row, row), and each closed-form column with its own
extension, unless its table is absent. With those taken off, the claim is linear in the columns, the same at every row,
and zero on the zero row. It joins sum_row eq(z_row, row) sum_c rho^c C_c(row) = 0 over all constraints of all tables.

Nothing here asks how many rows a table has, or whether a value is zero. A column of an empty table that is claimed to
be nonzero is refused by the opening: the claim there is a polynomial in mu with that column's power, and the weight has
no cell of that power.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from core_vm.air.table import Table, full_tiles
from core_vm.air.table_set import AffineInteraction, TableSet
from core_vm.errors import ZerocheckRejection
from core_vm.field.extension import K
from core_vm.field.koalabear import P
from core_vm.stark.gkr.verifier import Fingerprint, GkrClaim
from core_vm.stark.shape import ShardShape
from core_vm.stark.sumcheck import receive_rounds
from core_vm.stark.zerocheck.constraint_sum import batched_constraints

if TYPE_CHECKING:
    from core_vm.transcript.arithmetic import Arithmetic, Value
    from core_vm.transcript.channel import VerifierChannel

DEGREE = 3  # of a constraint at most, the equality weight apart


Shares = TypeVar("Shares")


@dataclass(frozen=True, slots=True)
class RowStatement(Generic[Shares]):
    """sum_row eq(point, row) * (bus form + batched constraints)(row) = claim, over all tables.

    The bus form is sum_i shares[i] (n_i + kappa (d_i - 1)) without constants and keys, the batched constraints are
    sum_c rho^(c+1) C_c. `binding_point` lists z_row in the order in which the rounds bind it. The verifier has shares
    as values of its arithmetic, the prover as planes.
    """

    binding_point: list[K]
    shares: Shares
    fingerprint: Fingerprint
    kappa: K
    rho: K
    claim: K


def row_statement(
    arithmetic: Arithmetic,
    tables: TableSet,
    shape: ShardShape,
    fingerprint: Fingerprint,
    gkr: GkrClaim,
    rho: K,
    kappa: K,
) -> RowStatement[list[K]]:
    """The statement that the zerocheck proves, from the GKR claim and the batching challenges."""
    row_point, interaction_point = shape.split_gkr_point(gkr.point)
    tile_point = row_point[-shape.tile_bits :]
    shares = arithmetic.eq_table(interaction_point)
    owed = _owed_to_keys(arithmetic, tables, shape, fingerprint, shares, row_point)
    for tiles, constants in zip(shape.tiles, _constants(tables, fingerprint), strict=True):
        if constants:
            owed = owed + arithmetic.rows_below(tiles, tile_point) * arithmetic.sparse_inner(shares, constants)
    claim = gkr.n + kappa * (gkr.e - owed)
    return RowStatement(binding_order(shape, row_point), shares, fingerprint, kappa, rho, claim)


def binding_order(shape: ShardShape, row_point: Sequence[K]) -> list[K]:
    """A point of the rows, lowest coordinate first, in the order of the rounds: see `ShardShape.row_point`."""
    return [*row_point[-shape.tile_bits :], *reversed(row_point[: -shape.tile_bits])]


def _constants(tables: TableSet, fingerprint: Fingerprint) -> list[dict[int, K]]:
    """For each table the constant part of d_i - 1 of its interactions i."""
    found: list[dict[int, K]] = [{} for _ in tables.tables]
    base, weights = fingerprint.alpha - 1, fingerprint.weights
    known: dict[tuple[tuple[int, int], ...], K] = {}  # most messages are lookups, of which there are a few kinds
    for number, interaction in enumerate(tables.interactions):
        parts = tuple((at, entry.constant) for at, entry in enumerate(interaction.message, 1) if entry.constant)
        kind = ((0, interaction.bus_number), *parts)
        if kind not in known:
            known[kind] = sum((weights[at] * constant for at, constant in kind), base)
        found[interaction.table][number] = known[kind]
    return found


def _owed_to_keys(
    arithmetic: Arithmetic,
    tables: TableSet,
    shape: ShardShape,
    fingerprint: Fingerprint,
    shares: Sequence[K],
    row_point: Sequence[K],
) -> K:
    """What closed-form columns contribute: sum_i shares[i] sum_j weights[j] (keys of entry j)."""
    keys = [key_values(table, tiles, row_point) for table, tiles in zip(tables.tables, shape.tiles, strict=True)]
    found: dict[int, K] = {}
    for number, interaction in enumerate(tables.interactions):
        entries = {
            at: linear_form(entry.keys, keys[interaction.table])
            for at, entry in enumerate(interaction.message, 1)
            if entry.keys
        }
        if entries:
            found[number] = arithmetic.sparse_inner(fingerprint.weights, entries)
    return arithmetic.sparse_inner(shares, found) if found else K.zero


def key_values(table: Table, tiles: Value, row_point: Sequence[K]) -> list[K]:
    """Each closed-form column's extension at `row_point`; it is zero on rows beyond the table.

    `tiles` is zero or all of them (`shape.require_fixed_heights`), so tiles / all of them says whether the table is
    there: an absent one has no rows, and its closed-form columns must not count.
    """
    height = table.log_height
    if height is None:
        return []
    inside = K.one * pow(full_tiles(height), -1, P) * tiles
    for z in row_point[height:]:
        inside = inside * (1 - z)
    return [inside * key.function(list(row_point[:height])) for key in table.keys]


def linear_form(coefficients: Mapping[int, int], values: Sequence[K]) -> K:
    """sum of coefficient * values[number], over at least one."""
    terms = [values[n] if factor == 1 else values[n] * factor for n, factor in coefficients.items()]
    total = terms[0]
    for term in terms[1:]:
        total = total + term
    return total


def bus_value(arithmetic: Arithmetic, tables: TableSet, statement: RowStatement[list[K]], columns: Sequence[K]) -> K:
    """The bus form at the given values of all columns of all tables.

    The weights of a fingerprint come last: what all messages have at a place is added up before, by the shares of their
    interactions, of which a circuit takes four in a row.
    """
    first_columns = list(accumulate(tables.widths, initial=0))
    multiplicities: dict[int, K] = {}
    at_places: dict[int, dict[int, K]] = {}
    for number, interaction in enumerate(tables.interactions):
        of_table = columns[first_columns[interaction.table] :]
        if interaction.multiplicity.columns:
            multiplicities[number] = linear_form(interaction.multiplicity.columns, of_table)
        for place, entry in _entries(interaction, of_table).items():
            at_places.setdefault(place, {})[number] = entry
    total = arithmetic.sparse_inner(statement.shares, multiplicities) if multiplicities else K.zero
    if at_places:
        sums = {place: arithmetic.sparse_inner(statement.shares, entries) for place, entries in at_places.items()}
        total = total + statement.kappa * arithmetic.sparse_inner(statement.fingerprint.weights, sums)
    return total


def _entries(interaction: AffineInteraction, columns: Sequence[K]) -> dict[int, K]:
    """The part of each entry of a message that columns carry; entry 0 is the bus number."""
    return {at: linear_form(e.columns, columns) for at, e in enumerate(interaction.message, 1) if e.columns}


def verify_zerocheck(
    channel: VerifierChannel, tables: TableSet, shape: ShardShape, statement: RowStatement[list[K]]
) -> tuple[list[K], list[K]]:
    """Returns the point (row coordinates, lowest first) and the value claimed for every column there.

    Raises ZerocheckRejection.
    """
    arithmetic = channel.arithmetic
    point, claim = verify_rounds(channel, shape, statement)
    columns = channel.receive_columns(tables.num_columns)
    with arithmetic.part("bus value at the columns"):
        value = bus_value(arithmetic, tables, statement, columns)
    with arithmetic.part("constraints"):
        value = value + batched_constraints(arithmetic, tables, statement.rho, columns)
    wrong = ZerocheckRejection("zerocheck", "constraints or messages do not hold at the random point")
    arithmetic.require_equal(value, claim, wrong)
    return point, columns


def verify_rounds(channel: VerifierChannel, shape: ShardShape, statement: RowStatement[Any]) -> tuple[list[K], K]:
    """All rounds. Returns the point (row coordinates, lowest first), and what the bus form and the batched constraints
    must add up to there."""
    bound, claim = receive_rounds(channel, "zerocheck_round", DEGREE, statement.binding_point, statement.claim)
    return shape.row_point(bound), claim
