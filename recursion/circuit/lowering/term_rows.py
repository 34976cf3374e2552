"""Rows of sums of products: tables of eq, inner products, Horner's rule."""

from __future__ import annotations

from recursion.circuit.gadgets import TERMS_A_ROW, Gadget
from recursion.circuit.lowering.context import Context, Fixed
from recursion.circuit.lowering.rows import numbered
from recursion.tables.buses import WORD


def add_expand(c: Context, gadget: Gadget) -> None:
    """The bundle, and its words behind it; the addresses of both buses are numbers of the word's."""
    e, z0, z1 = gadget.inputs
    fixed: Fixed = {"real": 1}
    fixed |= {"address_e": c.places.read(e), "address_z0": c.places.read(z0), "address_z1": c.places.read(z1)}
    address = c.memory.fresh(WORD, 1 + TERMS_A_ROW)
    fixed |= {"address_output": address, "times": c.places.write_bundle(gadget.first_output, address)}
    fixed |= numbered("times", c.places.write_in_a_row(gadget.outputs, address + 1))
    c.add("expand", gadget, {"e": (e,), "z0": (z0,), "z1": (z1,)}, fixed)


def add_dot(c: Context, gadget: Gadget) -> None:
    accumulator, *rest = gadget.inputs
    bundle, words = rest[:TERMS_A_ROW], rest[TERMS_A_ROW:]
    fixed = _with_output(c, gadget)
    fixed |= {"address_accumulator": c.places.read(accumulator), "address_bundle": c.places.read_bundle(bundle[0])}
    fixed |= numbered("address_word", [c.places.read(word) for word in words])
    c.add("dot", gadget, {"accumulator": (accumulator,), "bundle": bundle, "word": words}, fixed)


def add_horner(c: Context, gadget: Gadget) -> None:
    accumulator, x, *words = gadget.inputs
    fixed = _with_output(c, gadget)
    fixed |= {"address_accumulator": c.places.read(accumulator), "address_x": c.places.read(x)}
    fixed |= numbered("address_word", [c.places.read(word) for word in words])
    c.add("horner", gadget, {"accumulator": (accumulator,), "x": (x,), "word": words}, fixed)


def _with_output(c: Context, gadget: Gadget) -> Fixed:
    address = c.memory.fresh(WORD)
    return {"real": 1, "address_output": address, "times": c.places.write(gadget.first_output, address)}
