"""A circuit as rows: every live gadget is a row of its table, every form of sums and products one or a few."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from recursion.circuit.gadgets import Gadget, Kind
from recursion.circuit.graph import Graph
from recursion.circuit.liveness import Liveness
from recursion.circuit.lowering import bit_rows, hashing_rows, hint_rows, term_rows
from recursion.circuit.lowering.context import Context, Fixed
from recursion.circuit.lowering.form_rows import ArithmeticRow, rows_of_form
from recursion.circuit.lowering.forms import Form, Forms
from recursion.circuit.lowering.memory import READS
from recursion.circuit.lowering.rows import NOTHING, TableRows


def _nothing(context: Context, gadget: Gadget) -> None:
    """Words are added all at once; where a path ends is said by its last row."""


ADDED: dict[Kind, Callable[[Context, Gadget], None]] = {
    Kind.WORD: _nothing,
    Kind.ELEMENT: hint_rows.add_element,
    Kind.COLUMNS: hint_rows.add_columns,
    Kind.OCTET: hint_rows.add_octet,
    Kind.CAP: hint_rows.add_cap,
    Kind.INVERSE: hint_rows.add_inverse,
    Kind.SPONGE: hashing_rows.add_sponge,
    Kind.COMPRESS: hashing_rows.add_compress,
    Kind.LEAF: hashing_rows.add_leaf,
    Kind.PATH: hashing_rows.add_path,
    Kind.PATH_END: _nothing,
    Kind.PUBLIC: hashing_rows.add_public,
    Kind.INDEX: bit_rows.add_index,
    Kind.RANGE: bit_rows.add_range,
    Kind.BELOW: bit_rows.add_below,
    Kind.JAGGED: bit_rows.add_jagged,
    Kind.WEIGHT: bit_rows.add_weight,
    Kind.EXPAND: term_rows.add_expand,
    Kind.DOT: term_rows.add_dot,
    Kind.HORNER: term_rows.add_horner,
}


class Sum(NamedTuple):
    """A row of `arith` or `linear` for `node`: it computes `output`, which is the node, or a temporary on the way to
    it, or NOTHING where the node must be zero."""

    row: ArithmeticRow
    output: int
    node: int


class Lowered:
    """The rows of a circuit. `sums` are those of arithmetic, in the order in which their tables have them."""

    def __init__(self, graph: Graph) -> None:
        """Raises AssertionError if an address has not one writer that sends as often as rows read, or if rows would not
        say all that the graph asserts."""
        live = Liveness(graph)
        self.graph, self.live, self._context = graph, live, Context(graph, live)
        self.sums: list[Sum] = []
        self._num_temporaries = 0
        hint_rows.add_words(self._context)
        for gadget in self._context.gadgets:
            ADDED[gadget.kind](self._context, gadget)
        self._context.require_ended_paths()
        for node, form, is_zero in Forms(graph, live).rows():
            self._add_form(node, form, is_zero)
        self._context.places.add_constants()
        self._context.memory.check()

    @property
    def tables(self) -> dict[str, TableRows]:
        return self._context.rows.tables

    @property
    def temporaries(self) -> list[ArithmeticRow]:
        """Rows of values between those of one form: nodes beyond the graph's, in the order of their numbers."""
        return [one.row for one in self.sums if one.output >= len(self.graph)]

    @cached_property
    def fixed(self) -> dict[str, npt.NDArray[np.uint32]]:
        """What a key commits to: fixed columns by table, canonical (num_fixed, rows)."""
        return self._context.rows.fixed_columns()

    def _add_form(self, node: int, form: Form, is_zero: bool) -> None:
        """All rows but the last write temporaries; the last one writes the node, or reads the zero that it must be."""
        first = len(self.graph) + self._num_temporaries
        *rows, last = rows_of_form(form, first)
        for place, row in enumerate(rows):
            self._add_sum(Sum(row, first + place, node))
        self._num_temporaries += len(rows)
        self._add_sum(Sum(last, NOTHING if is_zero else node, node))

    def _add_sum(self, one: Sum) -> None:
        row, output, node = one
        self.sums.append(one)
        places = self._context.places
        address = places.word(output)
        fixed: Fixed = {**row.fixed(), "real": 1, "address_output": address}
        fixed["times"] = READS if output == NOTHING else places.write(output, address)
        if output == NOTHING:
            places.read(NOTHING)
        for name, operand in row.operands():
            fixed[f"address_{name}"] = places.read(operand)
        self._context.rows.add(row.table, self.graph.parts[node], row.operand_nodes(), fixed)
