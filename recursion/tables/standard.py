"""The circuit machine: its tables in order."""

from __future__ import annotations

from functools import cache

from core_vm.air.table_set import TableSet
from recursion.tables.arithmetic import arith_table, dot_table, expand_table, horner_table, linear_table
from recursion.tables.automata import below_table, jagged_table
from recursion.tables.hashing import cap_table, compress_table, sponge_table
from recursion.tables.leaf import leaf_table
from recursion.tables.queries import query_table, weight_table
from recursion.tables.words import columns_table, constant_table, octet_table, word_table

TABLES = (
    *(constant_table, octet_table, word_table, columns_table, cap_table),
    *(arith_table, linear_table, dot_table, horner_table, expand_table),
    *(sponge_table, compress_table, leaf_table, query_table, weight_table, jagged_table, below_table),
)


@cache
def circuit_tables() -> TableSet:
    """All seventeen, built once."""
    return TableSet(tuple(make() for make in TABLES))
