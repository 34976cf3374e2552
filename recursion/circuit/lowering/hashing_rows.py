"""Rows of permutations: the transcript's, compressions, leaves and paths."""

from __future__ import annotations

from core_vm.hash.poseidon2 import DIGEST
from recursion.circuit.gadgets import TERMS_A_ROW, Gadget
from recursion.circuit.graph import Graph, Operation
from recursion.circuit.lowering.context import Context, Fixed
from recursion.circuit.lowering.memory import READS, Times
from recursion.circuit.lowering.rows import numbered
from recursion.tables.buses import LEAF, NODE, WORD


def capacity_and_header(graph: Graph, gadget: Gadget) -> tuple[list[int], int]:
    """A header is part of the row: the capacity comes as the permutation before has left it."""
    first, *rest = gadget.inputs[DIGEST:]
    if graph.operations[first] is Operation.AFFINE and graph.constants[first][0] == 1:
        return [graph.lefts[first], *rest], graph.constants[first][1]
    return [first, *rest], 0


def add_sponge(c: Context, gadget: Gadget) -> None:
    rate, (capacity, header) = gadget.inputs[:DIGEST], capacity_and_header(c.graph, gadget)
    challenge, words, after = gadget.first_output, gadget.outputs[1 : 1 + DIGEST], gadget.outputs[1 + DIGEST :]
    fixed: Fixed = {"real": 1, "header": header}
    fixed |= numbered("address_rate", [c.places.read(node) for node in rate])
    fixed |= {"address_capacity_in": c.places.read_octet(capacity, gadget.part)}
    at_capacity, at_words = c.memory.fresh(NODE), c.memory.fresh(WORD, 1 + DIGEST)
    fixed |= {"address_capacity_out": at_capacity, "times_capacity": c.places.write_octet(after, at_capacity)}
    fixed |= {"address": at_words, "times_challenge": c.places.write(challenge, at_words)}
    fixed |= numbered("times", c.places.write_in_a_row(words, at_words + 1))
    c.add("sponge", gadget, {"input": gadget.inputs}, fixed)


def add_compress(c: Context, gadget: Gadget) -> None:
    left, right = gadget.inputs[:DIGEST], gadget.inputs[DIGEST:]
    at_left, at_right = (c.places.read_octet(half, gadget.part) for half in (left, right))
    address, times = _compressed(c, gadget)
    fixed: Fixed = {"plain": 1, "address_left": at_left, "address_right": at_right}
    c.add("compress", gadget, {"node": left, "other": right}, {**fixed, "address_output": address, "times": times})


def _compressed(c: Context, gadget: Gadget) -> tuple[int, int | Times]:
    """Where the digest goes, and how often; what must be another octet reads that one."""
    same = c.same.get(gadget.first_output)
    if same is not None:
        return c.places.read_octet(same, gadget.part), READS
    address = c.places.octet_address(gadget.outputs)
    return address, c.places.write_octet(gadget.outputs, address)


def add_public(c: Context, gadget: Gadget) -> None:
    """The verifier of the proof reads the digest."""
    c.places.read_octet(gadget.inputs, gadget.part)


def add_leaf(c: Context, gadget: Gadget) -> None:
    is_first, is_last = gadget.constants
    index, before, total = gadget.inputs[0], gadget.inputs[1 : 1 + DIGEST], gadget.inputs[1 + DIGEST]
    weights = gadget.inputs[2 + DIGEST :]
    low, high = weights[:TERMS_A_ROW], weights[TERMS_A_ROW:]
    fixed: Fixed = {"address_a": c.places.read_bundle(low[0]), "address_b": c.places.read_bundle(high[0])}
    if is_first:
        c.require_start((*before, total), [0] * (DIGEST + 1))
        fixed["address"] = c.memory.read(LEAF, _integer(c.queries[index]["address_leaf"]))
    else:
        fixed["address"] = c.read_chain(LEAF, (index, *before, total))
    *digest, total_after = gadget.outputs
    if is_last:
        at_node, at_word = c.next_on_path((index, *digest)), c.places.write_once(total_after)
        fixed |= {"ends": 1, "address_node": at_node, "address_word": at_word}
    else:
        fixed |= {"goes_on": 1, "address_after": c.hand_on(LEAF, (index, *gadget.outputs))}
    operands = {"before": before, "index": (index,), "sum": (total,), "a": low, "b": high}
    c.add("leaf", gadget, {**operands, "block": (gadget.first_hint,)}, fixed)


def _integer(value: int | Times) -> int:
    assert isinstance(value, int)
    return value


def add_path(c: Context, gadget: Gadget) -> None:
    """Both addresses are the node's: the row takes it as left or right input, as the index says."""
    index, *digest = gadget.inputs
    at = c.read_chain(NODE, gadget.inputs)
    fixed: Fixed = {"path": 1, "address_left": at, "address_right": at, "times": 1}
    fixed["address_output"] = c.next_on_path(tuple(gadget.outputs))
    c.add("compress", gadget, {"node": digest, "other": (index, gadget.first_hint)}, fixed)
