"""Values that no row computes: constants of the circuit, and hints, the words of the proofs that it verifies.

A hint may be anything. What it must be the circuit says: it is hashed, or absorbed, or asserted to be equal.
"""

from __future__ import annotations

from core_vm.air.table import Table
from core_vm.field.extension import DEGREE
from core_vm.hash.poseidon2 import DIGEST
from recursion.tables.builder import CircuitTable
from recursion.tables.buses import NODE
from recursion.tables.element import Element
from recursion.tables.rows import CircuitModule

WORDS_A_ROW = 8


def constant_table() -> Table:
    """A word that the key fixes. All columns are fixed: a prover has nothing to say."""
    t = CircuitTable("constant", documentation=constant_table.__doc__ or "")
    address, times = t.address(), t.times()
    t.write(address, Element(tuple(t.fixed(f"value_{i}") for i in range(DEGREE))), times)
    return t.build()


def octet_table() -> Table:
    """Eight elements of F, as an octet and as eight words. All sides hold the same columns: nothing is computed.

    With times -1 a side is read: an octet is taken apart into words, or words are gathered to an octet. With times of
    zero and more on all sides the elements are hints.
    """
    t = CircuitTable("octet", documentation=octet_table.__doc__ or "")
    values = t.columns("value", DIGEST)
    address, times = t.address(), t.times()
    addresses = [t.address(str(i)) for i in range(DIGEST)]
    each = [t.times(str(i)) for i in range(DIGEST)]
    t.send(NODE, (address, 0, *values), times)
    for value, at, count in zip(values, addresses, each, strict=True):
        t.write(at, value, count)
    return t.build()


def word_table() -> Table:
    """A hint of K: the word at `address`, and its five coefficients as words of F behind it."""
    t = CircuitTable("word", documentation=word_table.__doc__ or "")
    value = t.element("value")
    address, times, each = t.address(), t.times(), t.times("each")
    t.write(address, value, times)
    for i, coefficient in enumerate(value.coefficients):
        t.write(address + (1 + i), coefficient, each)
    return t.build()


def columns_table() -> Table:
    """Eight hints of K, as words and as the five octets of their forty coefficients: column values are absorbed by
    their digest.

    Words and octets hold the same columns, so what is hashed is what is read.
    """
    t = CircuitTable("columns", documentation=columns_table.__doc__ or "")
    values = t.columns("value", WORDS_A_ROW * DEGREE)
    real, address, octets = t.fixed("real"), t.address(), t.address("octets")
    times = [t.times(str(i)) for i in range(WORDS_A_ROW)]
    for i, count in enumerate(times):
        t.write(address + i, Element(tuple(values[DEGREE * i : DEGREE * (i + 1)])), count)
    for k in range(DEGREE):
        t.send(NODE, (octets + k, 0, *values[DIGEST * k : DIGEST * (k + 1)]), real)
    return t.build()


CONSTANT = CircuitModule(constant_table(), lambda rows: [], {})
OCTET = CircuitModule(octet_table(), lambda rows: [rows.columns("value", DIGEST)], {"value": DIGEST})
WORD = CircuitModule(word_table(), lambda rows: [rows.element("value")], {"value": DEGREE})
COLUMNS = CircuitModule(
    columns_table(), lambda rows: [rows.columns("value", WORDS_A_ROW * DEGREE)], {"value": WORDS_A_ROW * DEGREE}
)
