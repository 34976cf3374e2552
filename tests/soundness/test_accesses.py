"""Every access of memory is one: what a row receives of a dword it sends on of the same dword, at a later time.

That is what makes the messages of a dword a path (`core_vm.tables.gadgets.accesses`). It is seen here in the tables as
they are declared, whoever declared them: the lookups that show a time to be later are found by what they look up.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import pytest

from core_vm.air.expression import Affine, affine
from core_vm.air.multiplicity import BitRules
from core_vm.air.table import Interaction, Table
from core_vm.field.koalabear import P, inverse
from core_vm.tables import buses
from precompiles.standard.machine import standard_machine
from tests.soundness.memory_messages import is_receive, is_write

TABLES = [t for t in standard_machine().everything.tables.tables if any(i.bus == buses.MEMORY for i in t.interactions)]
ACCESSING = [t for t in TABLES if t.name != "memory_leaf"]  # whose rows are where paths start and end
DWORD, TIME = 0, 5
Form = frozenset[tuple[int, int]]
"""Columns with their factors modulo p, and the constant as that of column -1."""


def form(value: Affine, factor: int = 1) -> Counter[int]:
    return Counter({c: k * factor % P for c, k in [*value.columns.items(), (-1, value.constant)]})


def frozen(*parts: Counter[int]) -> Form:
    """Their sum."""
    total = Counter[int]()
    for part in parts:
        total.update(part)
    return frozenset((c, k % P) for c, k in total.items() if k % P)


def entry(interaction: Interaction, place: int, factor: int = 1) -> Counter[int]:
    return form(affine(interaction.message[place]), factor)


def taken(interaction: Interaction) -> Form:
    """How often a message is received."""
    return frozen(form(interaction.affine_multiplicity(), P - 1))


def sent(interactions: list[Interaction]) -> Form:
    """How often all of them together are sent."""
    return frozen(*(form(i.affine_multiplicity()) for i in interactions))


@cache
def lookup_of(interaction: Interaction) -> tuple[Form, frozenset[Form]]:
    """How often it is sent, and what is looked up."""
    return sent([interaction]), frozenset(frozen(form(affine(e))) for e in interaction.message)


def looked_up(table: Table, times: set[Form]) -> tuple[set[Form], set[Form]]:
    """What is below 2^16 and what below 2^8, where one of these multiplicities is 1."""
    found: dict[int, set[Form]] = {buses.RANGE16.number: set(), buses.BYTE_PAIR.number: set()}
    for i in table.interactions:
        if i.bus.number in found:
            count, entries = lookup_of(i)
            found[i.bus.number] |= entries if count in times else set()
    return found[buses.RANGE16.number], found[buses.BYTE_PAIR.number]


def of_other_buses(table: Table) -> list[Interaction]:
    """What a row takes from others that is no memory: it says which row it is, and mostly when."""
    return [i for i in table.interactions if i.bus != buses.MEMORY and not i.counted and is_receive(i)]


def objections(table: Table) -> set[str]:
    """What is wrong with a table's accesses, by the column of the time before."""
    memory = [i for i in table.interactions if i.bus == buses.MEMORY]
    in_use, wrong = {taken(i) for i in of_other_buses(table)}, set[str]()
    for received in filter(is_receive, memory):
        before = affine(received.message[TIME])
        (column,) = before.columns
        dword = frozen(entry(received, DWORD))
        later = [i for i in memory if is_write(i) and frozen(entry(i, DWORD)) == dword]
        # A register that is read and then written has two accesses: of these, one goes with what is received.
        shown = [i for i in later if _is_later(table, received, i, in_use)]
        if sent(shown) != taken(received):
            wrong.add(table.columns[column])
    return wrong


def _is_later(table: Table, received: Interaction, later: Interaction, in_use: set[Form]) -> bool:
    """now - before - 1 is below 2^16, or less some column that is below 2^16 it is 2^16 times a byte."""
    distance = [entry(later, TIME), entry(received, TIME, P - 1), Counter({-1: P - 1})]
    limbs, bytes_ = looked_up(table, {taken(received), *in_use})
    if frozen(*distance) in limbs:
        return True
    return any(
        frozen(*(_scaled(part) for part in (*distance, Counter({c: P - k for c, k in low})))) in bytes_
        for low in limbs
        if len(low) == 1
    )


def _scaled(part: Counter[int]) -> Counter[int]:
    return Counter({c: k * inverse(2**16) % P for c, k in part.items()})


@pytest.mark.parametrize("table", ACCESSING, ids=lambda table: table.name)
def test_what_is_received_of_a_dword_is_sent_on_later(table: Table) -> None:
    assert objections(table) == set()


def products(table: Table) -> Iterator[tuple[int, int, int]]:
    """The columns that a constraint makes the product of a bit and another column, with these."""
    bits = BitRules([c.expression for c in table.constraints if c.identity is None]).bits
    for difference in (c.own_expression for c in table.constraints if c.own_expression is not None):
        product = difference.right
        if difference.kind != "subtract" or product is None or product.kind != "multiply":
            continue
        leaves = (difference.left, product.left, product.right)
        columns = [leaf.value for leaf in leaves if leaf is not None and leaf.kind == "column"]
        if len(columns) == 3 and columns[1] in bits:
            yield columns[0], columns[1], columns[2]


@pytest.mark.parametrize("table", [t for t in ACCESSING if t.name != "renewal"], ids=lambda table: table.name)
def test_the_time_of_an_access_is_what_another_row_says(table: Table) -> None:
    """A renewal's is looked up: see `test_cycles_of_time`. Where rows may lack an access, it has a column for its time,
    that of the row times a bit."""
    known = {c for i in of_other_buses(table) for e in i.message for c in affine(e).columns}
    known |= {c for c, bit, of in products(table) if {bit, of} <= known}
    for i in filter(is_write, table.interactions):
        assert set(affine(i.message[TIME]).columns) <= known


@pytest.mark.parametrize("name", ["add", "store_word", "keccak_lanes", "renewal", "uint256_sums"])
def test_a_lookup_of_times_that_is_left_out_is_found(name: str) -> None:
    table = next(t for t in ACCESSING if t.name == name)
    times = {c for c, column in enumerate(table.columns) if column.endswith(("previous_time", "difference_low"))}
    found = 0
    for place, i in enumerate(table.interactions):
        if i.bus in (buses.RANGE16, buses.BYTE_PAIR) and any(times & affine(e).columns.keys() for e in i.message):
            kept = (*table.interactions[:place], *table.interactions[place + 1 :])
            assert objections(replace(table, interactions=kept))
            found += 1
    assert found
