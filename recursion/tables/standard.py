"""The circuit machine: its tables in order, and what fills them."""

from __future__ import annotations

from core_vm.air.table_set import TableSet
from recursion.tables.arithmetic import ARITH, DOT, EXPAND, HORNER, LINEAR
from recursion.tables.automata import BELOW_BIT, JAGGED_BIT
from recursion.tables.hashing import CAP, COMPRESS, SPONGE
from recursion.tables.leaf import LEAF_BLOCK
from recursion.tables.queries import QUERY, WEIGHT_STEP
from recursion.tables.values import COLUMNS, CONSTANT, OCTET, WORD

MODULES = (
    *(CONSTANT, OCTET, WORD, COLUMNS, CAP, ARITH, LINEAR, DOT, HORNER, EXPAND),
    *(SPONGE, COMPRESS, LEAF_BLOCK, QUERY, WEIGHT_STEP, JAGGED_BIT, BELOW_BIT),
)
MODULE_OF = {module.table.name: module for module in MODULES}
TABLES = TableSet(tuple(module.table for module in MODULES))
