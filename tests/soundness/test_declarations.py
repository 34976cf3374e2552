"""What a machine's declarations must rule out before anything is proved.

Bus numbers that two buses share, keys that are not what they seem, and digests that do not see them.
"""

from __future__ import annotations

import pytest

from core_vm.air.keys import key_columns
from core_vm.air.public import PublicMessage
from core_vm.air.table import Bus, Table
from core_vm.air.table_builder import TableBuilder
from core_vm.air.table_set import TableSet
from core_vm.errors import TableDefinitionError, UsageError
from core_vm.field.koalabear import P
from precompiles.standard.machine import standard_machine

LOG_HEIGHT = 6
RANGE = Bus("range", 1, ("value",))


def range_table(function, name: str = "range") -> Table:
    t = TableBuilder(name, log_height=LOG_HEIGHT)
    t.receive(RANGE, [t.key("value", function)], t.column("multiplicity"))
    return t.build()


def number(bits):
    return sum((bit * 2**i for i, bit in enumerate(bits[1:], start=1)), bits[0])


def sender(bus: Bus) -> Table:
    t = TableBuilder(f"sends_{bus.name}_{len(bus.fields)}")
    real = t.bit("real")
    t.send(bus, [t.column(f"entry_{i}") for i in range(len(bus.fields))], real)
    return t.build()


@pytest.mark.parametrize("other", [Bus("values", 1, ("value",)), Bus("range", 1, ("value", "zero"))])
def test_two_buses_of_one_number_are_refused(other: Bus) -> None:
    """Their fingerprints would be those of one bus; a short message is also a longer one that ends in zeros."""
    with pytest.raises(TableDefinitionError, match="has the number 1 of bus range"):
        TableSet((sender(RANGE), sender(other)))


def test_equal_buses_of_one_number_are_one_bus() -> None:
    assert len(TableSet((sender(Bus("range", 1, ("value",))), range_table(number))).interactions) == 2


def test_the_digest_sees_what_a_key_is_and_not_only_its_name() -> None:
    """Two machines whose lookup tables hold different values must not share a digest."""
    honest, wider = range_table(number), range_table(lambda bits: 2 * number(bits))
    assert honest.describe() == wider.describe()
    assert TableSet((honest,)).digest != TableSet((wider,)).digest


@pytest.mark.parametrize(
    "function", [lambda bits: number(bits) ** 2, lambda bits: bits[0] * bits[0]], ids=["all", "one"]
)
def test_a_key_that_is_not_multilinear_is_refused(function) -> None:
    """The verifier would evaluate something else than the extension of the values that are looked up."""
    with pytest.raises(TableDefinitionError, match="is not linear in bit"):
        range_table(function)


def test_a_key_needs_a_name_of_its_own() -> None:
    t = TableBuilder("range", log_height=LOG_HEIGHT)
    t.key("value", number)
    t.column("value")
    with pytest.raises(TableDefinitionError, match="name of another"):
        t.build()


def test_a_constraint_on_a_key_is_refused_and_never_dropped() -> None:
    t = TableBuilder("range", log_height=LOG_HEIGHT)
    t.constrain("column_is_key", t.column("x") - t.key("value", number))
    with pytest.raises(TableDefinitionError, match="speaks of a key"):
        t.build()


def test_a_public_message_has_the_entries_of_its_bus() -> None:
    with pytest.raises(UsageError, match="has 1 entries"):
        PublicMessage(RANGE, 1, (5, 0))


def test_the_standard_keys_are_their_own_extension_on_the_hypercube() -> None:
    """Every key of the standard machine at a row number given as field elements is the value in that row."""
    for table in standard_machine().everything.tables.tables:
        columns = key_columns(table)
        for key, values in zip(table.keys, columns, strict=True):
            for row in {min(row, len(values) - 1) for row in (0, 1, 2, 255, 256, 1001, 4097, 2**16)}:
                bits = [row >> i & 1 for i in range(table.log_height)]
                assert int(key.function(bits)) % P == int(values[row]), (table.name, key.name, row)
