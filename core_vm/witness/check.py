"""Debug mode: check a trace against its tables in the clear, and name what is wrong.

Nothing here is part of a proof. It answers the questions one has when a proof fails: which constraint, on which row,
with which values; which message has no partner; and where one that is not sent is not zero either.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from core_vm.air.expression import Affine
from core_vm.air.keys import key_columns
from core_vm.air.public import PublicMessage
from core_vm.air.table import TILE, Bus, Table
from core_vm.air.tape import compile_tape
from core_vm.errors import WitnessError
from core_vm.field.koalabear import P, from_montgomery, to_montgomery
from core_vm.witness.trace import FilledTables

tape_of = lru_cache(maxsize=128)(compile_tape)
"""That of a table with large identities takes seconds."""
_ROWS_AT_ONCE = 2**13
"""The values of all constraints of a long table would take more memory than its trace."""


def constraint_values(table: Table, columns: np.ndarray) -> np.ndarray:
    """What every constraint is on every row: canonical uint32 (constraints, rows). `columns`: canonical (width, rows),
    any integer dtype."""
    from core_vm.witness.tape_kernels import values_on_rows

    tape, rows = tape_of(table), columns.shape[1]
    tiles = np.zeros((tape.width, rows + -rows % TILE), np.uint32)
    tiles[:, :rows] = to_montgomery(columns)
    values = np.zeros((len(table.constraints), tiles.shape[1]), np.uint32)  # constraints that are constant are zero
    constants = to_montgomery(np.array(tape.constants, np.uint32))
    values_on_rows(tape.operations, constants, tape.width + tape.num_registers, tiles, values)
    return from_montgomery(values[:, :rows])


def violations(table: Table, columns: np.ndarray) -> list[tuple[str, int]]:
    """Each violated constraint with its first row. `columns` as in `constraint_values`."""
    found: dict[int, int] = {}
    for start in range(0, columns.shape[1], _ROWS_AT_ONCE):
        violated = constraint_values(table, columns[:, start : start + _ROWS_AT_ONCE]) != 0
        for number in np.flatnonzero(violated.any(axis=1)).tolist():
            found.setdefault(number, start + int(violated[number].argmax()))
    return [(table.constraints[number].name, row) for number, row in sorted(found.items())]


def evaluate_affine(form: Affine, columns: np.ndarray, keys: Sequence[np.ndarray] = ()) -> np.ndarray:
    """An affine form on every row: uint64 (rows,). `columns` canonical (width, rows).

    Reduced where the next term could overflow, and at the end: `most` is what the total can be.
    """
    total, most = np.full(columns.shape[1], form.constant, dtype=np.uint64), form.constant
    for numbered, values in ((form.columns, columns), (form.keys, keys)):
        for number, coefficient in numbered.items():
            if most + coefficient * (P - 1) >= 2**64:
                total %= P
                most = P - 1
            total += values[number].astype(np.uint64, copy=False) * np.uint64(coefficient)
            most += coefficient * (P - 1)
    return total % P


Ledger = dict[tuple[int, ...], int]


def post_messages(ledger: Ledger, table: Table, columns: np.ndarray) -> None:
    """Add a table's messages to a ledger: (bus number, entries...) -> signed count modulo P."""
    keys = key_columns(table)
    for interaction in table.interactions:
        counts = evaluate_affine(interaction.affine_multiplicity(), columns)
        rows = np.flatnonzero(counts)
        entries = [evaluate_affine(form, columns, keys)[rows] for form in interaction.affine_message()]
        packed = np.stack([*entries, counts[rows]]) if len(rows) else np.zeros((len(entries) + 1, 0), dtype=np.uint64)
        for *message, count in packed.T.tolist():
            place = (interaction.bus.number, *message)
            ledger[place] = (ledger[place] + count) % P


def stray_messages(table: Table, columns: np.ndarray) -> list[tuple[str, int]]:
    """The bus and the first row of each message of a permutation bus that is neither sent nor received there, and whose
    columns are not all zero: what the row puts into the product is then not 1."""
    found: list[tuple[str, int]] = []
    for interaction in table.interactions:
        if not interaction.bus.permutation:
            continue
        absent = evaluate_affine(interaction.affine_multiplicity(), columns) == 0
        for entry in interaction.affine_message():
            stray = np.flatnonzero(absent & (evaluate_affine(Affine(0, entry.columns, {}), columns) != 0))
            if len(stray):
                found.append((interaction.bus.name, int(stray[0])))
                break
    return found


def unbalanced(trace: FilledTables, public: Sequence[PublicMessage] = ()) -> list[str]:
    """Every message whose sends and receives do not cancel, as a readable line."""
    ledger: Ledger = defaultdict(int)
    buses: dict[int, Bus] = {}
    for number, table in enumerate(trace.tables):
        buses.update({i.bus.number: i.bus for i in table.interactions})
        if trace.tiles[number]:
            post_messages(ledger, table, trace.read_table(number))
    for message in public:
        buses[message.bus.number] = message.bus
        place = (message.bus.number, *message.entries)
        ledger[place] = (ledger[place] + message.multiplicity) % P
    lines: list[str] = []
    for (bus_number, *entries), count in ledger.items():
        if count:
            bus = buses[bus_number]
            body = ", ".join(f"{f}={v}" for f, v in zip(bus.fields, entries, strict=True))
            lines.append(f"bus {bus.name}: {count if count <= P // 2 else count - P:+d} x ({body})")
    return lines


def check_trace(trace: FilledTables, public: Sequence[PublicMessage] = ()) -> None:
    """Raise WitnessError naming the first violated constraint with its row and columns, a message that is not sent and
    not zero, or the unbalanced messages."""
    for number, table in enumerate(trace.tables):
        if not trace.tiles[number]:
            continue
        columns = trace.read_table(number)
        for name, row in violations(table, columns):
            raise WitnessError(f"table {table.name}, constraint {name}, row {row}: {_shown(table, columns, row)}")
        for bus, row in stray_messages(table, columns):
            shown = _shown(table, columns, row)
            raise WitnessError(f"table {table.name}, bus {bus}, row {row}: not zero where there is no message: {shown}")
    lines = unbalanced(trace, public)
    if lines:
        shown = "\n  ".join(sorted(lines)[:20])
        raise WitnessError(f"{len(lines)} messages do not balance:\n  {shown}")


def _shown(table: Table, columns: np.ndarray, row: int) -> str:
    return ", ".join(f"{name}={value}" for name, value in zip(table.columns, columns[:, row].tolist(), strict=True))
