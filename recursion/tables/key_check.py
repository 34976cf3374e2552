"""What makes addresses a memory: each has one writer, which sends as often as others read there.

The constraints and buses show that a trace belongs to a key. That every row which reads an address has what the one
row that writes there computed is a matter of the key's columns alone. Whoever makes keys sees to it, and this looks
again: it adds up what rows send and receive at each address, and knows nothing of how they were made. That no value
follows from itself, it does not see: rows come from a graph in which each node follows from those before it.

Receives count -1 each, so a message that differs from the writer's could only cancel among receives: there are fewer
than p of them. A path's row receives its node once, on the left or on the right by a bit of the trace, so it must name
one address for both. At the address of a cap many paths end, and one row for each index takes them, as often as its
trace says.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import numpy.typing as npt

from core_vm.air.expression import Affine
from core_vm.air.table import Interaction, Table
from core_vm.errors import UsageError
from core_vm.field.koalabear import P
from core_vm.stark.words import Int64
from recursion.tables.buses import NODE, PUBLIC_ADDRESS
from recursion.tables.rows import Columns
from recursion.tables.standard import TABLES

MAX_CHAIN = 24
"""Bits of a number that an automaton takes apart: more could be a number plus p."""


def check_key(fixed: Mapping[str, Columns]) -> None:
    """`fixed`: canonical (num_fixed, rows) by table. Raises UsageError naming what is not a circuit's."""
    for table in TABLES.tables:
        _check_flags(table, _named(table, fixed[table.name]))
    _check_paths(_of("compress", fixed))
    _check_caps(_of("cap", fixed), _of("compress", fixed))
    _check_chains(_of("jagged", fixed))
    _check_chains(_of("below", fixed))
    sends: dict[int, list[tuple[Int64, Int64]]] = {}
    for table in TABLES.tables:
        for interaction in table.interactions:
            if not interaction.counted:
                found = _sent(table, interaction, fixed[table.name].astype(np.int64))
                sends.setdefault(interaction.bus.number, []).append(found)
    sends[NODE.number].append((np.array([PUBLIC_ADDRESS]), np.array([-1])))
    caps = set(_of("cap", fixed)["address_tree"].tolist())
    for number, messages in sends.items():
        _check_bus(number, messages, caps if number == NODE.number else set())


def _named(table: Table, columns: Columns) -> dict[str, Int64]:
    return dict(zip(table.columns[table.num_main :], columns.astype(np.int64), strict=True))


def _of(name: str, fixed: Mapping[str, Columns]) -> dict[str, Int64]:
    return _named(next(table for table in TABLES.tables if table.name == name), fixed[name])


def _require(holds: bool, reason: str) -> None:
    if not holds:
        raise UsageError(f"fixed columns are not those of a circuit: {reason}")


FLAGS = ("real", "path", "plain", "goes_on", "ends", "first", "last")
IN_USE = ("real", "path", "plain", "goes_on", "ends")
EXCLUSIVE = (("path", "plain"), ("goes_on", "ends"))


def _check_flags(table: Table, columns: Mapping[str, Int64]) -> None:
    bits = [name for name in columns if name in FLAGS or name.startswith("mask_")]
    for name in bits:
        _require(bool(np.isin(columns[name], (0, 1)).all()), f"table {table.name}: {name} is not a bit")
    for a, b in EXCLUSIVE:
        if a in columns:
            _require(bool((columns[a] + columns[b] <= 1).all()), f"table {table.name}: a row has {a} and {b}")
    if flags := [name for name in IN_USE if name in columns]:
        in_use = sum(columns[name] for name in flags)
        for name, values in columns.items():
            # Else a row that reads nothing, whose output is the prover's, could be one that others read.
            _require(not values[in_use == 0].any(), f"table {table.name}: {name} in a row that is not in use")


def _check_paths(rows: Mapping[str, Int64]) -> None:
    same = rows["address_left"] == rows["address_right"]
    _require(bool((same | (rows["path"] == 0)).all()), "a path's row names two nodes")
    _require(bool(((rows["times"] == 1) | (rows["path"] == 0)).all()), "a path's node is not read once")


def _check_caps(caps: Mapping[str, Int64], compressions: Mapping[str, Int64]) -> None:
    """Each node of a cap has one row, and no digest of two octets lies where paths end."""
    in_use = caps["real"] == 1
    nodes = list(zip(caps["address_tree"][in_use].tolist(), caps["index"][in_use].tolist(), strict=True))
    _require(len(nodes) == len(set(nodes)), "two rows for one node of a cap")
    trees = {tree for tree, _ in nodes}
    plain = compressions["address_output"][compressions["plain"] == 1].tolist()
    _require(not trees.intersection(plain), "a digest that no path gives lies at a cap")


def _check_chains(rows: Mapping[str, Int64]) -> None:
    """Rows of one chain have addresses one after the other, from a first row to a last one, which alone has a result:
    before it, nothing bounds the number."""
    _require(not rows["times"][rows["last"] == 0].any(), "a chain of bits is read before its end")
    firsts, lasts = (np.sort(rows["address"][rows[name] == 1]) for name in ("first", "last"))
    _require(len(firsts) == len(lasts), "a chain of bits without a start or an end")
    lengths = lasts - firsts + 1
    _require(bool(((lengths > 0) & (lengths <= MAX_CHAIN)).all()), f"a chain of more than {MAX_CHAIN} bits")


def _sent(table: Table, interaction: Interaction, fixed: Int64) -> tuple[Int64, Int64]:
    """Addresses, and how often the message is sent there, negative where it is received, the trace's bits left out."""
    address = _fixed_form(table, interaction.affine_message()[0], fixed)
    count = _fixed_form(table, interaction.affine_multiplicity(), fixed)
    count = np.where(count > P // 2, count - P, count)
    return address[count != 0], count[count != 0]


def _fixed_form(table: Table, form: Affine, fixed: Int64) -> Int64:
    total = np.full(fixed.shape[1], form.constant, np.int64)
    for column, factor in form.columns.items():
        if column >= table.num_main:
            total = (total + fixed[column - table.num_main] * factor) % P
    return total


def _check_bus(number: int, messages: list[tuple[Int64, Int64]], caps: set[int]) -> None:
    addresses = np.concatenate([address for address, _ in messages])
    counts = np.concatenate([count for _, count in messages])
    at_caps = np.isin(addresses, list(caps))
    _require(bool((counts[at_caps] == 1).all()), f"bus {number}: something but the end of a path at a cap")
    addresses, counts = addresses[~at_caps], counts[~at_caps]
    places, place = np.unique(addresses, return_inverse=True)
    written, total = np.bincount(place, counts > 0, len(places)), np.bincount(place, counts, len(places))
    for address in _where(places, written != 1):
        raise UsageError(f"fixed columns are not those of a circuit: bus {number}, address {address}: not one writer")
    for address in _where(places, total != 0):
        raise UsageError(
            f"fixed columns are not those of a circuit: bus {number}, address {address}: not read as often as sent"
        )
    _require(bool((counts >= -1).all()), f"bus {number}: a row reads an address more than once")


def _where(places: Int64, wrong: npt.NDArray[np.bool_]) -> Iterator[int]:
    yield from places[wrong].tolist()
