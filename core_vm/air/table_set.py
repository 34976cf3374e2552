"""The ordered tables of a machine, with what prover and verifier derive from them once."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property

from core_vm.air.expression import Affine
from core_vm.air.grouping import Grouping, Side
from core_vm.air.keys import key_columns
from core_vm.air.table import Bus, Interaction, Table
from core_vm.air.table_tapes import TableTapes
from core_vm.errors import TableDefinitionError
from core_vm.field.koalabear import P

# Places of an interaction's forms: those of the bus number and of entries follow.
NUMERATOR, ALPHA = range(2)


@dataclass(frozen=True, slots=True)
class AffineInteraction:
    """One interaction in affine form. `table` is the table's number in the set; `forms` is the form at each place: its
    numerator, and what stands in d - 1 with the weight alpha - 1, with those of the bus number, and of each entry.

    A fraction has d = alpha + bus number + entries on every row of its table, and the multiplicity as its numerator. A
    factor is to be 1 on rows that neither send nor receive: so alpha - 1 and all other constants stand there times
    the form that is 1 where a row has the message and 0 where it has not. It has no numerator.
    """

    table: int
    side: Side
    forms: tuple[Affine, ...]

    @staticmethod
    def of(table: int, interaction: Interaction) -> AffineInteraction:
        side, multiplicity = Side.of(interaction), interaction.affine_multiplicity()
        number, message = interaction.bus.number, interaction.affine_message()
        if side is Side.FRACTION:
            return AffineInteraction(table, side, (multiplicity, _constant(1), _constant(number), *message))
        present = multiplicity.times(-1 if side is Side.RECEIVED else 1)
        entries = (Affine(0, entry.columns, {}).plus(present.times(entry.constant)) for entry in message)
        return AffineInteraction(table, side, (_constant(0), present, present.times(number), *entries))


class TableSet:
    """An explicit, ordered list of tables. Its digest binds every column, key, constraint and message.

    Raises TableDefinitionError for two tables of one name, or two buses of one number.
    """

    def __init__(self, tables: tuple[Table, ...]) -> None:
        names = [table.name for table in tables]
        if len(set(names)) != len(names):
            raise TableDefinitionError(f"two tables of one name among {names}")
        _check_buses(tables)
        self.tables = tables
        self.widths = tuple(table.width for table in tables)
        self.main_widths = tuple(table.num_main for table in tables)
        self.fixed_widths = tuple(table.num_fixed for table in tables)
        self.num_columns = sum(self.widths)
        self.num_constraints = sum(len(table.constraints) for table in tables)
        self.tapes = tuple(map(TableTapes, tables))

    @cached_property
    def interactions(self) -> tuple[AffineInteraction, ...]:
        """All interactions, table by table in declaration order."""
        return tuple(
            AffineInteraction.of(number, interaction)
            for number, table in enumerate(self.tables)
            for interaction in table.interactions
        )

    @cached_property
    def grouping(self) -> Grouping:
        """Where interactions stand in the GKR tree."""
        return Grouping.of([i.side for i in self.interactions])

    @property
    def description(self) -> str:
        return "\n\n".join(table.describe() for table in self.tables)

    @cached_property
    def digest(self) -> tuple[int, ...]:
        """Eight field elements, 30 bits of SHA-256 each, of the whole description and of the values of all keys.

        A description only names the keys; what a lookup table holds is decided by their values.
        """
        text = self.description.encode()
        hasher = hashlib.sha256(len(text).to_bytes(8, "little") + text)
        for table in self.tables:
            for values in key_columns(table):
                hasher.update(values.astype("<u4").tobytes())
        hashed = hasher.digest()
        return tuple((int.from_bytes(hashed[4 * i : 4 * i + 4], "little") & 0x3FFFFFFF) % P for i in range(8))


def _constant(value: int) -> Affine:
    return Affine(value, {}, {})


def _check_buses(tables: tuple[Table, ...]) -> None:
    """A fingerprint knows a bus by its number: two buses of one number would take each other's messages."""
    known: dict[int, Bus] = {}
    for table in tables:
        for interaction in table.interactions:
            bus = interaction.bus
            if known.setdefault(bus.number, bus) != bus:
                raise TableDefinitionError(
                    f"table {table.name}: bus {bus.name} has the number {bus.number} of bus {known[bus.number].name}"
                )
