"""Rows of bits: drawn indices, ranges, the automata over tile counts, and the weights of queries."""

from __future__ import annotations

from core_vm.air.table import Bus
from recursion.circuit.gadgets import Gadget
from recursion.circuit.lowering.context import Carried, Context, Fixed
from recursion.circuit.lowering.memory import READS
from recursion.circuit.lowering.rows import numbered
from recursion.tables.buses import BELOW, JAGGED, LEAF, WEIGHT, WORD


def add_index(c: Context, gadget: Gadget) -> None:
    (value,), (bits,) = gadget.inputs, gadget.constants
    low, point = gadget.outputs
    at_low, at_leaf = c.memory.fresh(WORD), c.memory.fresh(LEAF)
    fixed: Fixed = {"real": 1, "address": c.places.read(value), **numbered("mask", [1] * bits)}
    fixed |= {"address_low": at_low, "times_low": c.places.write(low, at_low)}
    fixed |= {"address_leaf": at_leaf, "times_leaf": c.memory.write(LEAF, at_leaf)}
    c.queries[low] = c.queries[point] = c.add("query", gadget, {"value": (value,)}, fixed)


def add_range(c: Context, gadget: Gadget) -> None:
    """The masked number is read where what is expected lies."""
    (value, expected), (bits,) = gadget.inputs, gadget.constants
    fixed: Fixed = {"real": 1, "address": c.places.read(value), **numbered("mask", [1] * bits)}
    fixed |= {"address_low": c.places.read(expected), "times_low": READS}
    c.add("query", gadget, {"value": (value,)}, fixed)


def add_weight(c: Context, gadget: Gadget) -> None:
    is_first, is_last = gadget.constants
    x, product, *coordinates = gadget.inputs
    if is_first:
        c.require_start((product,), (1,))
        address = c.memory.fresh(WEIGHT)
        c.queries[x] |= {"address_weight": address, "times_weight": c.memory.write(WEIGHT, address)}
        c.memory.read(WEIGHT, address)
    else:
        address = c.read_chain(WEIGHT, (x, product))
    fixed: Fixed = {"address": address, **numbered("address_y", [c.places.read(y) for y in coordinates])}
    if is_last:
        fixed |= {"ends": 1, "address_output": c.places.write_once(gadget.outputs[1])}
    else:
        fixed["goes_on"] = 1
        _require_next(address, c.hand_on(WEIGHT, tuple(gadget.outputs)))
    c.add("weight", gadget, {"x": (x,), "product": (product,), "y": coordinates}, fixed)


def add_below(c: Context, gadget: Gadget) -> None:
    tiles, less, z = gadget.inputs
    fixed = _automaton(c, BELOW, gadget, (tiles, less), gadget.outputs[1])
    fixed["address_z"] = c.places.read(z)
    if gadget.constants[0]:
        c.require_start((less,), (0,))
        fixed["address_tiles"] = c.places.read(tiles)
    c.add("below", gadget, {"tiles": (tiles,), "less": (less,), "z": (z,)}, fixed)


def add_jagged(c: Context, gadget: Gadget) -> None:
    start, tiles, *state, z, y = gadget.inputs
    less_0 = gadget.outputs[3]
    fixed = _automaton(c, JAGGED, gadget, (start, tiles, *state), less_0)
    fixed |= {"address_z": c.places.read(z), "address_y": c.places.read(y)}
    if gadget.constants[0]:
        c.require_start(state, (1, 0, 0, 0))
        fixed |= {"address_start": c.places.read(start), "address_tiles": c.places.read(tiles)}
    c.add("jagged", gadget, {"start": (start,), "tiles": (tiles,), "state": state, "z": (z,), "y": (y,)}, fixed)


def _automaton(c: Context, bus: Bus, gadget: Gadget, carried: Carried, result: int) -> Fixed:
    """A row of a chain: the first one reads numbers, the last one writes the result."""
    is_first, is_last = gadget.constants
    address = c.memory.fresh(bus) if is_first else c.read_chain(bus, carried)
    fixed: Fixed = {"first": is_first, "real": 1, "last": is_last, "address": address}
    if is_last:
        at_result = c.memory.fresh(WORD)
        return fixed | {"address_output": at_result, "times": c.places.write(result, at_result)}
    _require_next(address, c.hand_on(bus, tuple(gadget.outputs)))
    return fixed


def _require_next(address: int, after: int) -> None:
    """Rows of these chains have one address, and send to the one behind it."""
    if after != address + 1:
        raise AssertionError(f"a chain goes on at {after}, not behind {address}")
