"""Every limb that a row leaves in memory is below 2^16: by a lookup, as it was read, or for a reason that is listed.

Whoever reads takes it for granted, so one limb that nobody checks would be an integer that no dword has. What a row
sends says nothing of its range here, only what it receives and looks up.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from core_vm.air.expression import Expression, affine
from core_vm.air.table import Interaction, Table
from core_vm.field.koalabear import P
from core_vm.tables import buses
from precompiles.keccak.buses import LIMB as KECCAK_LIMB
from precompiles.standard.machine import standard_machine
from tests.core_vm.tables.intervals import LIMB, Bounds
from tests.soundness.memory_messages import is_write

TABLES = standard_machine().everything.tables.tables
_TOP_BIT = "less its highest bit it is looked up to be below 2^15"
_SHIFTED = "glued of parts that are looked up and have no bit in common, or zeros, or ones"
_OF_LIMBS = "a constraint makes it one of the limbs that were read, or one with a byte of it replaced"
_OF_BYTES = "a constraint makes it of two bytes that were read, or 0, or 2^16 - 1"
WORDS = ("add_word", "addi_word", "multiply_word", "divide_word", "remainder_word")
DERIVED: dict[str, tuple[str | tuple[str, ...], str]] = {
    **dict.fromkeys(WORDS, ("result_1", _TOP_BIT)),
    **{table.name: ("result_", _SHIFTED) for table in TABLES if table.name.startswith("shift_")},
    "logic_immediate": ("result_upper_", "a constraint makes it 0, 2^16 - 1, a limb that was read, or its complement"),
    "jalr": ("link_high", "a quarter of it is looked up to be below 2^14"),
    "load_word": ("result_", _OF_LIMBS),
    "load_half": ("result", _OF_LIMBS),
    "store_word": ("memory_after_", _OF_LIMBS),
    "store_half": ("memory_after_", _OF_LIMBS),
    "store_byte": ("memory_after_", _OF_LIMBS),
    "misaligned_load": ("result_", _OF_BYTES),
    "misaligned_store": ("after_", _OF_BYTES),
    "ecall": ("x10_after_", _OF_LIMBS),
    "curve_chain_call_256": (("last_x_", "last_y_"), "the last step sends them, and has looked them up, or zeros"),
}
"""By table, how the last column begins of limbs that no lookup shows to be in range, and why they are."""


def written_limbs(table: Table) -> Iterator[Expression]:
    """All that a row sends on the memory bus, but for dword and time."""
    for interaction in table.interactions:
        if is_write(interaction):
            yield from interaction.message[1:5]


def times(interaction: Interaction) -> frozenset[tuple[int, int]]:
    """The columns of a multiplicity with their factors, whether it is sent or received."""
    return frozenset((c, min(k, P - k)) for c, k in interaction.affine_multiplicity().columns.items())


def limbs_without_a_range(table: Table) -> set[str]:
    """The last columns of written limbs that nothing shows to be in range in the rows that write."""
    writes = {times(i) for i in table.interactions if is_write(i)}
    known = tuple(i for i in table.interactions if not is_write(i) and times(i) in writes)
    spread = [affine(i.message[0]).columns for i in table.interactions if i.bus == KECCAK_LIMB]
    bounds = Bounds(replace(table, interactions=known), {table.columns[c]: LIMB for columns in spread for c in columns})
    found: set[str] = set()
    for limb in written_limbs(table):
        interval = bounds.interval(limb)
        if interval is None or interval[0] < LIMB[0] or interval[1] > LIMB[1]:
            found.add(table.columns[max(affine(limb).columns)])
    return found


@pytest.mark.parametrize("table", [t for t in TABLES if any(written_limbs(t))], ids=lambda table: table.name)
def test_what_a_row_leaves_in_memory_is_in_range(table: Table) -> None:
    found, (prefix, _) = limbs_without_a_range(table), DERIVED.get(table.name, ("", ""))
    assert bool(found) == bool(prefix)
    assert all(name.startswith(prefix) for name in found)


def test_a_limb_that_nobody_looks_up_is_found() -> None:
    table = next(table for table in TABLES if table.name == "add_in_place")
    unchecked = tuple(
        i for i in table.interactions
        if i.bus != buses.RANGE16 or i.message[0].kind != "column" or table.columns[i.message[0].value] != "result_2"
    )  # fmt: skip
    assert len(unchecked) == len(table.interactions) - 1
    assert limbs_without_a_range(replace(table, interactions=unchecked)) == {"result_2"}
