"""Rows of hints: words, elements, octets, column values, nodes of caps."""

from __future__ import annotations

from core_vm.field.extension import DEGREE
from core_vm.hash.poseidon2 import DIGEST
from recursion.circuit.gadgets import COLUMNS_A_ROW, Gadget, Kind
from recursion.circuit.lowering.context import Context, Fixed
from recursion.circuit.lowering.memory import Times
from recursion.circuit.lowering.rows import NOTHING, numbered
from recursion.tables.buses import NODE, WORD


def add_words(c: Context) -> None:
    """All hints of F, eight a row of `octet`, of which nobody reads the octet."""
    words = [gadget for gadget in c.gadgets if gadget.kind is Kind.WORD]
    for first in range(0, len(words), DIGEST):
        some = words[first : first + DIGEST]
        nodes = [gadget.first_output for gadget in some]
        address = c.memory.fresh(WORD, len(some))
        fixed: Fixed = {**numbered("address", range(address, address + len(some)))}
        fixed |= numbered("times", c.places.write_in_a_row(nodes, address))
        c.add("octet", some[0], {"value": [*nodes, *[NOTHING] * (DIGEST - len(some))]}, fixed)


def add_element(c: Context, gadget: Gadget) -> None:
    """An element and its coefficients, which are all read equally often: each where the element is absorbed."""
    element, *coefficients = gadget.outputs
    address = c.memory.fresh(WORD, 1 + DEGREE)
    times = c.places.write(element, address)
    each = c.places.write_in_a_row(coefficients, address + 1)
    common = Times(WORD, tuple(at for one in each for at in one.addresses))
    c.add("word", gadget, {"value": [element]}, {"address": address, "times": times, "times_each": common})


def add_inverse(c: Context, gadget: Gadget) -> None:
    """A hint as well: what it must be is asserted of its product."""
    address = c.memory.fresh(WORD, 1 + DEGREE)
    times = c.places.write(gadget.first_output, address)
    c.add("word", gadget, {"value": [gadget.first_output]}, {"address": address, "times": times})


def add_columns(c: Context, gadget: Gadget) -> None:
    """Eight elements as words, and their coefficients as five octets."""
    elements, coefficients = gadget.outputs[:COLUMNS_A_ROW], gadget.outputs[COLUMNS_A_ROW:]
    address, octets = c.memory.fresh(WORD, COLUMNS_A_ROW), c.memory.fresh(NODE, DEGREE)
    for place in range(DEGREE):
        c.places.write_octet_once(coefficients[DIGEST * place : DIGEST * (place + 1)], octets + place)
    fixed: Fixed = {"real": 1, "address": address, "address_octets": octets}
    fixed |= numbered("times", c.places.write_in_a_row(elements, address))
    c.add("columns", gadget, {"value": list(elements)}, fixed)


def add_octet(c: Context, gadget: Gadget) -> None:
    """Eight elements of F, as an octet and as words."""
    address, words = c.places.octet_address(gadget.outputs), c.memory.fresh(WORD, DIGEST)
    fixed: Fixed = {"address": address, "times": c.places.write_octet(gadget.outputs, address)}
    fixed |= numbered("address", range(words, words + DIGEST))
    fixed |= numbered("times", c.places.write_in_a_row(gadget.outputs, words))
    c.add("octet", gadget, {"value": list(gadget.outputs)}, fixed)


def add_cap(c: Context, gadget: Gadget) -> None:
    """A node of a cap, which the tree above it hashes once."""
    tree, index = gadget.constants
    address = c.memory.fresh(NODE)
    c.places.write_octet_once(gadget.outputs, address)
    fixed: Fixed = {"real": 1, "address": address, "address_tree": c.tree(tree), "index": index}
    c.add("cap", gadget, {"digest": list(gadget.outputs), "place": gadget.constants}, fixed)
