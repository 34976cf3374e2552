"""Lookup multiplicities against a ledger kept in the clear."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from core_vm.air.table import Bus, Table
from core_vm.air.table_builder import TableBuilder
from core_vm.errors import TableDefinitionError, WitnessError
from core_vm.field.koalabear import P
from core_vm.witness.check import check_trace
from core_vm.witness.lookup_buses import lookup_buses
from core_vm.witness.lookups import count_lookups
from core_vm.witness.trace import Trace

VALUE = Bus("value", 1, ("value",))
LOGIC = Bus("logic", 2, ("operation", "a", "b", "result"))
PAIR = Bus("pair", 3, ("a", "b"))
BITS = 4  # of each operand


def low(bits):
    return sum((bit * 2**k for k, bit in enumerate(bits[:BITS])), bits[0] * 0)


def high(bits):
    return low(bits[BITS:])


def and_(bits):
    return sum((bits[k] * bits[BITS + k] * 2**k for k in range(BITS)), bits[0] * 0)


def lookups() -> Table:
    t = TableBuilder("lookups", log_height=2 * BITS)
    a, b, both = t.key("a", low), t.key("b", high), t.key("both", and_)
    t.receive(VALUE, [a + b * 2**BITS], t.column("values"))
    t.receive(LOGIC, [1, a, b, both], t.column("ands"))
    t.receive(LOGIC, [2, a, b, a + b - both], t.column("ors"))
    t.receive(PAIR, [a, b], t.column("pairs"))
    return t.build()


def user() -> Table:
    t = TableBuilder("user")
    real, operation, a, b, result = t.columns("c", 5)
    t.send(LOGIC, [operation, a, b, result], real)
    t.send(PAIR, [b, a], 3 * real)
    t.send(VALUE, [a + 16 * b + 1], operation - real)
    return t.build()


def filled(rows: int, seed: int = 1) -> Trace:
    rng = np.random.default_rng(seed)
    trace = Trace((user(), lookups()), [rows, 1 << 2 * BITS])
    real, operation = rng.integers(0, 2, rows), rng.integers(1, 3, rows)
    a, b = rng.integers(0, 16, rows), rng.integers(0, 15, rows)
    columns = [real, operation * real, a * real, b * real, np.where(operation == 1, a & b, a | b) * real]
    for column, values in enumerate(columns):
        trace.write(0, column, 0, values)
    return trace


@pytest.mark.parametrize(("rows", "threads"), [(0, 1), (1, 1), (100, 1), (40_000, 2)])
def test_counted_lookups_balance(rows, threads):
    trace = filled(rows)
    count_lookups(trace, threads)
    check_trace(trace)
    real, _, a, b, _ = (trace.read(0, c) for c in range(5)) if rows else [np.zeros(0, int)] * 5
    expected = Counter((a + 16 * b)[real == 1].tolist())
    pairs = Counter((b + 16 * a)[real == 1].tolist())
    assert trace.read(1, 3).tolist() == [3 * pairs[row] for row in range(256)]
    assert (trace.read(1, 1) + trace.read(1, 2)).tolist() == [expected[row] for row in range(256)]


@pytest.mark.parametrize(("column", "value"), [(1, 3), (2, 16), (4, 31)])
def test_a_message_that_no_table_holds_is_named(column, value):
    trace = filled(80)
    values = trace.read(0, column)
    row = int(np.flatnonzero(trace.read(0, 0))[5])
    values[row] = value
    trace.write(0, column, 0, values)
    with pytest.raises(WitnessError, match=f"table user, row {row}"):
        count_lookups(trace)


def sparse(bits):
    """Digits in base 50, of which three would make the largest index there is."""
    return sum((bit * 50**k for k, bit in enumerate(bits)), bits[0] * 0)


@pytest.mark.parametrize("forged", [None, 2, 25, P - 2])
def test_messages_too_large_for_an_index_are_split(forged):
    sparse_bus, t = Bus("sparse", 4, ("value", "bit")), TableBuilder("sparse", log_height=6)
    t.receive(
        sparse_bus, [t.key("value", lambda bits: sparse(bits[:5])), t.key("bit", lambda bits: bits[5])], t.column("n")
    )
    u = TableBuilder("user")
    u.send(sparse_bus, [u.column("value") - 7, u.column("bit")], u.column("times"))
    trace, rng = Trace((u.build(), t.build()), [100, 64]), np.random.default_rng(2)
    rows, times = rng.integers(0, 64, 100), rng.integers(0, 3, 100)
    values = np.array([sparse([row >> k & 1 for k in range(5)]) for row in rows]) + 7
    if forged is not None:
        times[70], values[70] = 1, (values[70] + forged) % P
    for column, cells in enumerate([values, rows >> 5, times]):
        trace.write(0, column, 0, cells)
    if forged is not None:
        with pytest.raises(WitnessError, match="table user, row 70"):
            count_lookups(trace)
        return
    assert lookup_buses(trace.tables)[sparse_bus.number].split
    count_lookups(trace)
    check_trace(trace)
    assert trace.read(1, 0).tolist() == np.bincount(rows, times, 64).tolist()


@pytest.mark.parametrize("forged", [False, True])
def test_entries_that_split_ones_determine_are_checked(forged):
    bus, t = Bus("sparse", 4, ("value", "row")), TableBuilder("sparse", log_height=6)

    def row(bits):
        return sum((bit * 2**k for k, bit in enumerate(bits)), bits[0] * 0)

    t.receive(bus, [t.key("value", sparse), t.key("row", row)], t.column("n"))
    u = TableBuilder("user")
    u.send(bus, [u.column("value"), u.column("row")], u.column("times"))
    trace, rng = Trace((u.build(), t.build()), [200, 64]), np.random.default_rng(3)
    rows, times = rng.integers(0, 64, 200), rng.integers(0, 2, 200)
    values = np.array([sparse([row >> k & 1 for k in range(6)]) for row in rows])
    asked = rows.copy()
    asked[times == 0] += 1  # nobody asks
    if forged:
        times[150], asked[150] = 1, rows[150] ^ 1
    for column, cells in enumerate([values, asked, times]):
        trace.write(0, column, 0, cells)
    if forged:
        with pytest.raises(WitnessError, match="table user, row 150"):
            count_lookups(trace)
        return
    assert lookup_buses(trace.tables)[bus.number].split
    count_lookups(trace)
    assert trace.read(1, 0).tolist() == np.bincount(rows, times, 64).tolist()


def test_values_that_are_no_sums_of_few_are_refused():
    bus, t = Bus("products", 4, ("value",)), TableBuilder("products", log_height=6)

    def product(bits):
        return bits[0] * bits[1] * 2**23 + sum(bit * 3**k for k, bit in enumerate(bits))

    t.receive(bus, [t.key("value", product)], t.column("n"))
    with pytest.raises(TableDefinitionError, match="no sums of few small ones"):
        lookup_buses((t.build(),))


def test_lookups_in_an_absent_table_are_named():
    trace = Trace((user(), lookups()), [3, 0])
    count_lookups(trace)
    for column in range(2):  # `real`, and the operation
        trace.write(0, column, 0, np.ones(1, np.uint64))
    with pytest.raises(WitnessError, match="table lookups is absent"):
        count_lookups(trace)


def test_entries_that_others_determine_are_not_indexed():
    bus = lookup_buses((user(), lookups()))[LOGIC.number]
    assert bus.ranges.tolist() == [3, 16, 16, 0]
    assert bus.num_slots == 512


@pytest.mark.parametrize(
    ("entries", "indexed"),
    [
        (("a", "both", "b"), (0, 2)),  # what is needed comes last, and the beginning is all there is
        (("both", "a", "b"), (1, 2)),
        (("one", "a", "b", "both"), (1, 2)),
        (("row", "a", "b"), (0,)),  # the first alone
        (("a", "b", "row"), (0, 1)),  # though one other is enough
        (("one",), (0,)),
    ],
)
def test_the_first_entries_that_tell_messages_apart_are_indexed(entries, indexed):
    bus, t = Bus("anything", 4, entries), TableBuilder("anything", log_height=2 * BITS)
    keys = {"a": t.key("a", low), "b": t.key("b", high), "both": t.key("both", and_), "one": 1}
    keys["row"] = keys["a"] + 2**BITS * keys["b"]
    t.receive(bus, [keys[entry] for entry in entries], t.column("n"))
    found = lookup_buses((t.build(),))[bus.number]
    assert tuple(np.flatnonzero(found.ranges)) == indexed
    a, b = np.arange(256) % 16, np.arange(256) // 16
    values = {"a": a, "b": b, "both": a & b, "row": a + 16 * b, "one": np.ones(256, int)}
    others = [entry for j, entry in enumerate(entries) if j not in indexed]
    assert found.expected.T.tolist() == [values[entry].tolist() for entry in others]
