"""Leaves of the oracles that are opened: sixteen elements a row are hashed, and folded by their weights at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from core_vm.air.table import Table
from core_vm.field.extension import DEGREE
from core_vm.hash.poseidon2 import DIGEST, LEAF_RATE
from core_vm.hash.poseidon2_parameters import POSEIDON2_24
from recursion.tables.arithmetic import receive_bundle
from recursion.tables.builder import CircuitTable
from recursion.tables.buses import BUNDLE_WORDS, LEAF, NODE
from recursion.tables.element import Element, Scalar
from recursion.tables.hashing import permuted
from recursion.tables.rows import CircuitModule, Rows


def leaf_table() -> Table:
    """digest' = (P(digest, block) + (digest, block))[0:8], sum' = sum + sum_j b_j sum_i a_i block_(4 j + i).

    The weights of a block are products of two bundles. The elements are hints: what binds them is the digest, and the
    same columns are hashed and folded. A leaf is a chain of rows from the query's message (index, zero digest, zero
    sum) to the last row, which sends the digest to the path, with the leaf's index, and the sum as a word. Every
    address of the chain is fixed, so a chain has all its blocks in order, and no other's.
    """
    t = CircuitTable("leaf", documentation=leaf_table.__doc__ or "")
    before, block = t.columns("before", DIGEST), t.columns("block", LEAF_RATE)
    after = permuted(t, POSEIDON2_24, [*before, *block], "after", DIGEST, feed_forward=True)
    index = t.column("index")
    total, total_after = t.element("sum"), t.element("sum_after")
    a, b = t.elements("a", BUNDLE_WORDS), t.elements("b", BUNDLE_WORDS)
    goes_on, ends = t.fixed("goes_on"), t.fixed("ends")
    address, after_address = t.address(), t.address("after")
    at_a, at_b, at_node, at_word = (t.address(name) for name in ("a", "b", "node", "word"))

    t.require_equal("sum_after_is_the_fold", total_after, _fold(total, block, a, b))
    real = goes_on + ends
    t.receive(LEAF, (address, index, *before, *total.coefficients), real)
    t.send(LEAF, (after_address, index, *after, *total_after.coefficients), goes_on)
    t.send(NODE, (at_node, index, *after), ends)
    t.write(at_word, total_after, ends)
    receive_bundle(t, at_a, a, real)
    receive_bundle(t, at_b, b, real)
    return t.build()


def _fold(total: Element, block: Sequence[Scalar], a: Sequence[Element], b: Sequence[Element]) -> Element:
    for j, weight in enumerate(b):
        four = block[BUNDLE_WORDS * j : BUNDLE_WORDS * (j + 1)]
        total = total + weight * sum((x * y for x, y in zip(a, four, strict=True)), Element.of([]))
    return total


def _fill(rows: Rows) -> list[Any]:
    before, block, total = rows.columns("before", DIGEST), rows.columns("block", LEAF_RATE), rows.element("sum")
    a, b = rows.elements("a", BUNDLE_WORDS), rows.elements("b", BUNDLE_WORDS)
    hashed = rows.permutation(POSEIDON2_24, [*before, *block], DIGEST, feed_forward=True)
    return [hashed, rows.column("index"), total, _fold(total, block, a, b), a, b]


_FOUR = BUNDLE_WORDS * DEGREE
LEAF_BLOCK = CircuitModule(
    leaf_table(), _fill, {"before": DIGEST, "block": LEAF_RATE, "index": 1, "sum": DEGREE, "a": _FOUR, "b": _FOUR}
)
