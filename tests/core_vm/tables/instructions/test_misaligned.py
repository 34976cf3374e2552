"""Misaligned loads and stores have one answer, at every offset, whether or not they reach the second dword."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from core_vm.isa.operations import Operation
from core_vm.tables import buses
from core_vm.tables.instructions.misaligned import MODULES
from core_vm.witness.module import TableModule
from tests.core_vm.tables.single_rows import (
    ADDRESS,
    ODD,
    Case,
    Row,
    accepted,
    accepted_rows,
    as_rows,
    check_one_result,
    messages,
    rows_of,
    signed,
)

LOAD, STORE = MODULES
LOADS = {Operation.LH: 2, Operation.LHU: 2, Operation.LW: 4, Operation.LWU: 4, Operation.LD: 8}
STORES = {Operation.SH: 2, Operation.SW: 4, Operation.SD: 8}
OFFSETS = range(1, 8)
DWORD = ADDRESS & -8
IMMEDIATES = (0, 8, -2048)
MEMORIES = (*product(ODD, ODD), (0, 2**64 - 1), (2**64 - 1, 0), (0, 0))


def loaded(operation: Operation, memory: int, second: int, offset: int) -> int:
    size = LOADS[operation]
    value = (memory | second << 64) >> 8 * offset & (1 << 8 * size) - 1
    return value if operation.name.endswith("U") else signed(value, 8 * size)


def load_cases(operation: Operation, offset: int) -> list[Case]:
    return [
        Case(operation, DWORD + offset - immediate, 0, loaded(operation, *memory, offset), immediate, *memory)
        for memory, immediate in product(MEMORIES, IMMEDIATES)
    ]


def stored(operation: Operation, value: int, memory: int, second: int, offset: int) -> int:
    """Both dwords after, the first one in the lower half."""
    mask = (1 << 8 * STORES[operation]) - 1 << 8 * offset
    return (memory | second << 64) & ~mask | value << 8 * offset & mask


def store_cases(operation: Operation, offset: int) -> list[Case]:
    return [
        Case(operation, DWORD + offset - immediate, value, 0, immediate, *memory)
        for value, memory, immediate in product(ODD, MEMORIES, IMMEDIATES)
    ]


def at_other_offsets(row: Row) -> list[Row]:
    """The row with each selection of no offset, one other than its own, or two."""
    names = [f"offset_is_{offset}" for offset in OFFSETS]
    own = [row[name] for name in names]
    chosen = [[0] * len(names), *np.eye(len(names), dtype=int).tolist()]
    chosen += [[a | b for a, b in zip(own, other, strict=True)] for other in chosen[1:]]
    return [row | dict(zip(names, bits, strict=True)) for bits in chosen if bits != own]


@pytest.mark.parametrize("offset", OFFSETS)
@pytest.mark.parametrize("operation", LOADS, ids=lambda x: x.name)
def test_a_load_has_one_answer(operation: Operation, offset: int) -> None:
    check_one_result(LOAD, load_cases(operation, offset))


@pytest.mark.parametrize("offset", OFFSETS)
@pytest.mark.parametrize("operation", STORES, ids=lambda x: x.name)
def test_a_store_leaves_two_dwords(operation: Operation, offset: int) -> None:
    """What it should leave is accepted, and no neighbour of any limb of that."""
    cases = store_cases(operation, offset)
    columns = rows_of(STORE, cases)
    assert accepted(STORE, columns).all()
    rows = as_rows(STORE, columns)
    for case, row in zip(cases, rows, strict=True):
        after = sum(row[f"after_{i}"] << 16 * i for i in range(8))
        assert after == stored(operation, case.rs2, case.memory, case.second, offset)
    forged = [
        row | {f"after_{i}": row[f"after_{i}"] + step}
        for row, i, step in product(rows[::5], range(8), (1, -1, 2**8, -(2**8), 2**16))
    ]
    assert not accepted_rows(STORE, forged).any()


@pytest.mark.parametrize("operation", [Operation.LH, Operation.LW], ids=lambda x: x.name)
def test_the_sign_is_that_of_what_is_loaded(operation: Operation) -> None:
    """The other fill, with the upper limbs that it would give."""
    loaded_limbs = LOADS[operation] // 2
    for offset in OFFSETS:
        for row in as_rows(LOAD, rows_of(LOAD, load_cases(operation, offset))):
            fill = 1 - row["fill"]
            upper = {f"result_{i}": 0xFFFF * fill for i in range(loaded_limbs, 4)}
            assert not accepted_rows(LOAD, [row | upper | {"fill": fill}]).any()


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.table.name)
def test_the_address_determines_the_offset(module: TableModule) -> None:
    """Another offset is refused, with the results of the honest one, and with those that it would give."""
    for offset in OFFSETS:
        cases = load_cases(Operation.LHU, offset) if module is LOAD else store_cases(Operation.SH, offset)
        (row,) = as_rows(module, rows_of(module, cases[:1]))
        forged = at_other_offsets(row)
        assert not accepted_rows(module, forged).any()
        for other in OFFSETS:
            # All that the other offset's witness says, but for the base register.
            moved = load_cases(Operation.LHU, other) if module is LOAD else store_cases(Operation.SH, other)
            (elsewhere,) = as_rows(module, rows_of(module, moved[:1]))
            base = {name: value for name, value in row.items() if name.startswith("rs1_")}
            assert accepted_rows(module, [elsewhere | base]).all() == (other == offset)


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.table.name)
def test_bytes_are_below_256(module: TableModule) -> None:
    """Two bytes of a limb could be split otherwise: 256 less in one, 1 more in the other."""
    cases = load_cases(Operation.LD, 3) if module is LOAD else store_cases(Operation.SD, 3)
    (row,) = as_rows(module, rows_of(module, cases[:1]))
    forged = [
        row | {f"{name}_byte_{2 * i}": row[f"{name}_byte_{2 * i}"] - 256 * step}
        | {f"{name}_byte_{2 * i + 1}": row[f"{name}_byte_{2 * i + 1}"] + step}
        for name, i, step in product(("memory", "second"), range(4), (1, -1))
    ]  # fmt: skip
    assert not accepted_rows(module, forged).any()


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.table.name)
@pytest.mark.parametrize("address", [ADDRESS | 7, 1, 0xFFF9, 0xEFFF_FFF1, 0xFFFF_FFFF])
def test_two_neighbouring_dwords_are_accessed(module: TableModule, address: int) -> None:
    operation = Operation.LH if module is LOAD else Operation.SH
    columns = rows_of(module, [Case(operation, address, 0, 0)])
    assert accepted(module, columns).all()
    touched = {int(message[0, 0]) for _, message in messages(module, buses.MEMORY, columns)}
    assert touched >= {address >> 3, (address >> 3) + 1}
