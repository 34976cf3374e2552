"""One sumcheck over the rows for everything about rows: every constraint is zero, and the GKR claim holds (verifier
side).

The GKR claim at (z_position, z_row) is sum_i eq(z_position, i) (n_i + kappa (d_i - 1))(z_row) over all interactions, i
their positions. A table's rows carry n_i and d_i - 1 as affine forms of its columns, but beyond its rows they are zero:
their constants therefore count with weight lt = sum over the table's rows of eq(z_row, row), and each closed-form
column with its own extension, unless its table is absent. With those taken off, the claim is linear in the columns, the
same at every row, and zero on the zero row. It joins sum_row eq(z_row, row) sum_c rho^c C_c(row) = 0 over all
constraints of all tables.

Nothing here asks how many rows a table has, or whether a value is zero. A column of an empty table that is claimed to
be nonzero is refused by the opening: the claim there is a polynomial in mu with that column's power, and the weight has
no cell of that power.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from core_vm.air.table_set import TableSet
from core_vm.errors import ZerocheckRejection
from core_vm.field.extension import K
from core_vm.stark.gkr.verifier import Fingerprint, GkrClaim
from core_vm.stark.shape import ShardShape
from core_vm.stark.sumcheck import receive_rounds
from core_vm.stark.zerocheck.bus_value import bus_value
from core_vm.stark.zerocheck.constraint_sum import batched_constraints
from core_vm.stark.zerocheck.owed import owed_to_constants, owed_to_keys
from core_vm.stark.zerocheck.shares import Shares, total_of

if TYPE_CHECKING:
    from core_vm.transcript.arithmetic import Arithmetic
    from core_vm.transcript.channel import VerifierChannel

DEGREE = 3  # of a constraint at most, the equality weight apart


OfInteractions = TypeVar("OfInteractions")


@dataclass(frozen=True, slots=True)
class RowStatement(Generic[OfInteractions]):
    """sum_row eq(point, row) * (bus form + batched constraints)(row) = claim, over all tables.

    The bus form is sum_i shares[i] (n_i + kappa (d_i - 1)) without constants and keys, the batched constraints are
    sum_c rho^(c+1) C_c. `binding_point` lists z_row in the order in which the rounds bind it. The verifier has shares
    as values of its arithmetic, the prover as planes.
    """

    binding_point: list[K]
    shares: OfInteractions
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
) -> RowStatement[Shares]:
    """The statement that the zerocheck proves, from the GKR claim and the batching challenges."""
    row_point, position_point = shape.split_gkr_point(gkr.point)
    shares = Shares.of(arithmetic, tables, position_point, fingerprint, kappa)
    of_constants = owed_to_constants(arithmetic, tables, shape, shares, row_point[-shape.tile_bits :])
    owed = total_of([of_constants, owed_to_keys(tables, shape, shares, row_point)])
    claim = gkr.n + kappa * gkr.e - owed
    return RowStatement(binding_order(shape, row_point), shares, fingerprint, kappa, rho, claim)


def binding_order(shape: ShardShape, row_point: Sequence[K]) -> list[K]:
    """A point of the rows, lowest coordinate first, in the order of the rounds: see `ShardShape.row_point`."""
    return [*row_point[-shape.tile_bits :], *reversed(row_point[: -shape.tile_bits])]


def verify_zerocheck(
    channel: VerifierChannel, tables: TableSet, shape: ShardShape, statement: RowStatement[Shares]
) -> tuple[list[K], list[K]]:
    """Returns the point (row coordinates, lowest first) and the value claimed for every column there.

    Raises ZerocheckRejection.
    """
    arithmetic = channel.arithmetic
    point, claim = verify_rounds(channel, shape, statement)
    columns = channel.receive_columns(tables.num_columns)
    with arithmetic.part("bus value at the columns"):
        value = bus_value(arithmetic, tables, statement.shares, columns)
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
