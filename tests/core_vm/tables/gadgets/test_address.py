"""The address of a load or store is base + immediate, for every base that a register can hold: or there is no row."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import pytest

from core_vm.field.koalabear import P
from core_vm.isa.operations import Operation
from core_vm.state.memory_map import ADDRESS_LIMIT, REGISTER_DWORD
from core_vm.tables import buses
from core_vm.tables.instructions import load, misaligned, store
from core_vm.witness.module import TableModule
from tests.core_vm.tables.single_rows import Case, Row, accepted_rows, as_rows, messages, rows_of

MODULES = {
    load.LOAD_DOUBLE: Operation.LD,
    load.LOAD_WORD: Operation.LW,
    store.STORE_WORD: Operation.SW,
    store.STORE_BYTE: Operation.SB,
    misaligned.MODULES[0]: Operation.LH,
    misaligned.MODULES[1]: Operation.SH,
}
TABLES = pytest.mark.parametrize("module", MODULES, ids=lambda module: module.table.name)
BASE_REGISTER = 4
IMMEDIATES = (0, 1, -1, 2047, -2048)
INSIDE = (0, 5, 8, 2046, 2048, 0xFFFF, 0x1_0000, 0x1234_5678, ADDRESS_LIMIT - 2048)
OUTSIDE = (2**32, 2**32 + 8, 2**33, 2**48, 2**48 + 2**32, 2**63, 2**64 - 2**32, 2**64 - 4096)


def claims(module: TableModule, base: int, immediate: int) -> list[Row]:
    """The rows of an access whose base holds this, with all that a prover could say of its sign and the address."""
    (row,) = as_rows(module, rows_of(module, [Case(MODULES[module], base % 2**64, 0, 0, immediate)]))
    return [
        row | {"rs1_is_negative": negative, "address_low": row["address_low"] + low}
        for negative, low in product((0, 1, 2, -1), (0, 1, 2**13, -(2**13)))
    ]


def accesses(module: TableModule, rows: Sequence[Row]) -> list[tuple[int, int]]:
    """Of each row that is accepted: what it reads as its base, and the dword that it accesses."""
    columns = rows_of(module, [Case(MODULES[module], 8, 0, 0)] * len(rows))
    columns[:] = [[row[name] for row in rows] for name in module.table.columns]
    read, _, *others = (message for _, message in messages(module, buses.MEMORY, columns % P))
    assert (read[:, 0] == REGISTER_DWORD + BASE_REGISTER).all()
    bases = [sum(int(limb) << 16 * i for i, limb in enumerate(message[1:5])) for message in read]
    second = REGISTER_DWORD + BASE_REGISTER + 1
    dwords = next(message[:, 0] for message in others if (message[:, 0] != second).any())
    kept = accepted_rows(module, rows)
    return [(base, int(dword)) for base, dword, keep in zip(bases, dwords, kept, strict=True) if keep]


@TABLES
def test_an_address_of_the_memory_map_has_one_row(module: TableModule) -> None:
    """Its base may be below zero."""
    for address, immediate in product(INSIDE, IMMEDIATES):
        size = {"load_double": 8, "load_word": 4, "store_word": 4}.get(module.table.name, 1)
        place = address // size * size | module.table.name.startswith("misaligned")
        base = (place - immediate) % 2**64
        assert accesses(module, claims(module, base, immediate)) == [(base, place >> 3)], (place, immediate)


@TABLES
def test_a_base_of_more_than_32_bits_is_read_by_no_row(module: TableModule) -> None:
    """A row can be made that reads some other base: memory does not hold it."""
    for base, immediate in [*product(OUTSIDE, IMMEDIATES), *product((2**64 - 1, 2**64 - 8), (0, -1, -2048))]:
        assert base not in {read for read, _ in accesses(module, claims(module, base, immediate))}, (base, immediate)
