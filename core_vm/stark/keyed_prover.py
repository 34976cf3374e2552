"""Making keys of tables with fixed columns, and proofs under them. See `keyed` for what they mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from core_vm.air.public import PublicValues
from core_vm.air.table_set import TableSet
from core_vm.errors import MalformedProof, UsageError
from core_vm.field.koalabear import Words
from core_vm.host.memory import aligned_zeros
from core_vm.pcs.layout import Layout
from core_vm.pcs.whir.commitment import Commitment, commit
from core_vm.stark.keyed import KeyedConfig, VerifyingKey, absorb_keyed_statement
from core_vm.stark.prover import Phases, prove_committed
from core_vm.stark.verifier import absorb_shape, security_of
from core_vm.transcript.channel import ProverChannel
from core_vm.transcript.sponge import Event
from core_vm.witness.trace import FilledTables, tiles_of

Columns = npt.NDArray[Any]  # of any integers


@dataclass(frozen=True)
class ProvingKey:
    """A verifying key with the columns that it commits to. `num_rows` are the rows in use of each table."""

    verifying: VerifyingKey
    num_rows: tuple[int, ...]
    commitment: Commitment


def make_key(tables: TableSet, fixed: Sequence[Columns], config: KeyedConfig, threads: int = 1) -> ProvingKey:
    """The key of these fixed columns: canonical (num_fixed, rows) for each table, in order.

    Raises UsageError for columns of other forms, or too many for the configuration.
    """
    for table, columns in zip(tables.tables, fixed, strict=True):
        if columns.ndim != 2 or len(columns) != table.num_fixed:
            raise UsageError(f"table {table.name}: fixed columns of shape {columns.shape}, it has {table.num_fixed}")
    num_rows = tuple(columns.shape[1] for columns in fixed)
    tiles = tiles_of(num_rows)
    try:
        config.require_fits(tables, tiles)
    except MalformedProof as error:
        raise UsageError(str(error)) from error
    opening, layout = config.shape(tables, tiles).opening, Layout(tables.fixed_widths, tiles)
    cells = FilledTables(tables.tables, num_rows, layout, aligned_zeros(opening.stored_cells(layout.used, 1)))
    for number, columns in enumerate(fixed):
        for column, values in enumerate(columns):
            cells.write(number, column, 0, values)
    commitment = commit(cells.q, opening, threads, number=1)
    return ProvingKey(VerifyingKey(tuple(commitment.root), tiles), num_rows, commitment)


class KeyedTrace(FilledTables):
    """Tables of a key: their fixed columns are filled, the main ones are zero until a witness is written."""

    def __init__(self, tables: TableSet, key: ProvingKey, config: KeyedConfig) -> None:
        shape = config.shape(tables, key.verifying.tiles)
        q = aligned_zeros(shape.opening.num_cells)
        fixed = key.commitment.cells
        q[config.fixed_start : config.fixed_start + len(fixed)] = fixed
        super().__init__(tables.tables, key.num_rows, shape.layout, q)

    def fill(self, table: int, columns: Columns) -> None:
        """Stores all main columns of a table: canonical (num_main, rows)."""
        from core_vm.witness.kernels import store_columns

        expected = (self.tables[table].num_main, self.num_rows[table])
        if columns.shape != expected:
            raise UsageError(f"table {self.tables[table].name}: main columns of shape {columns.shape}, not {expected}")
        first, stride = (places[: len(columns)] for places in self.layout.column_base(table))
        store_columns(np.ascontiguousarray(columns, np.uint32), self.q, first, stride)


def prove_keyed(
    tables: TableSet,
    trace: KeyedTrace,
    key: ProvingKey,
    public: PublicValues,
    config: KeyedConfig,
    threads: int = 1,
    phases: dict[str, float] | None = None,
    check: bool = True,
    log: list[Event] | None = None,
) -> Words:
    """The proof that `trace`, made for `key`, satisfies the tables and balances with `public`, as canonical words.

    `log` receives the transcript's events. Raises and measures as `prover.prove_shard` does.
    """
    channel = ProverChannel(log=log)
    shape = config.shape(tables, key.verifying.tiles)
    security_of(tables, shape, public, config.stark).check(config.stark.target_bits)
    absorb_keyed_statement(channel, tables, key.verifying.digest, public, config)
    absorb_shape(channel, shape)
    prove_committed(
        channel, tables, shape, trace, public, config.stark, [key.commitment], threads, Phases(phases), check
    )
    return channel.words
