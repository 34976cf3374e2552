"""Poseidon2: the transcript's permutation, compression of digests and Merkle paths, and the caps of trees."""

from __future__ import annotations

from typing import Any

from core_vm.air.expression import Expression
from core_vm.air.table import Table
from core_vm.field.extension import DEGREE
from core_vm.hash.poseidon2 import DIGEST, RATE, WIDTH
from core_vm.hash.poseidon2_parameters import POSEIDON2_16, Poseidon2
from core_vm.tables.gadgets.poseidon2 import Permutation, external_layer
from recursion.tables.builder import CircuitTable
from recursion.tables.buses import NODE
from recursion.tables.element import Element
from recursion.tables.rows import CircuitModule, Rows


def permuted(
    t: CircuitTable, parameters: Poseidon2, inputs: list[Expression], name: str, count: int, feed_forward: bool
) -> list[Expression]:
    """Columns `name_i` of the first `count` elements of permutation (plus input); returns expressions of their values.

    A column holds the difference to what the permutation of zeros gives, so that a row of zeros is that permutation.
    """
    permutation = Permutation(t, parameters, inputs)
    values, zeros = external_layer(permutation.cubes), permutation.zeros
    columns = t.columns(name, count)
    for i, column in enumerate(columns):
        value = values[i] + inputs[i] if feed_forward else values[i]
        t.constrain(f"{name}_{i}_is_the_output", column + zeros[i] - value)
    return [column + zero for column, zero in zip(columns, zeros, strict=False)]


def sponge_table() -> Table:
    """One permutation of the transcript: eight words of rate and an octet of capacity in, both out.

    The first element of capacity is the octet's plus `header`, which only squeezes have: the header is the circuit's,
    so no proof can make an absorption of a squeeze. Out go the eight elements of rate as words of F behind `address`,
    and at `address` the challenge that the first five of them are.
    """
    t = CircuitTable("sponge", documentation=sponge_table.__doc__ or "")
    state = t.columns("input", WIDTH)
    output = permuted(t, POSEIDON2_16, state, "output", WIDTH, feed_forward=False)
    real, header = t.fixed("real"), t.fixed("header")
    at_rate = [t.address(f"rate_{i}") for i in range(RATE)]
    capacity_in, capacity_out, address = t.address("capacity_in"), t.address("capacity_out"), t.address()
    times_capacity, times_challenge = t.times("capacity"), t.times("challenge")
    each = [t.times(str(i)) for i in range(RATE)]
    for at, element in zip(at_rate, state, strict=False):
        t.read(at, element, real)
    t.receive(NODE, (capacity_in, 0, state[RATE] - header, *state[RATE + 1 :]), real)
    t.send(NODE, (capacity_out, 0, *output[RATE:]), times_capacity)
    t.write(address, Element(tuple(output[:DEGREE])), times_challenge)
    for i, count in enumerate(each):
        t.write(address + (1 + i), output[i], count)
    return t.build()


def compress_table() -> Table:
    """compress(left, right): of two octets (`plain`), or of a path's node and its sibling (`path`).

    On a path row both addresses are the node's, and the row takes the node's message at one of them: as its left input
    if `bit` is 0, as its right one if it is 1. The other input is the sibling, a hint that nothing binds but the root.
    The message says index = 2 `index` + `bit`, and the row hands `index` on. A chain of n rows ends in a node of the
    cap, whose index is fixed and below the cap's size; so it starts from that index times 2^n plus the bits, an integer
    below 2^24, and one below p has one such form: the bits of the path are those of the leaf's index.
    On other rows bit and index are zero, so both octets are received once, as they were written, at index 0.
    """
    t = CircuitTable("compress", documentation=compress_table.__doc__ or "")
    left, right = t.columns("left", DIGEST), t.columns("right", DIGEST)
    digest = permuted(t, POSEIDON2_16, [*left, *right], "digest", DIGEST, feed_forward=True)
    bit, index = t.bit("bit"), t.column("index")
    path, plain = t.fixed("path"), t.fixed("plain")
    at_left, at_right, at_output, times = t.address("left"), t.address("right"), t.address("output"), t.times()
    # Else a plain row could take its octets at other addresses' multiplicities, or nodes of a path as octets.
    t.constrain("bit_is_zero_off_paths", bit * (path - 1))
    t.constrain("index_is_zero_off_paths", index * (path - 1))
    child = index * 2 + bit
    t.receive(NODE, (at_left, child, *left), path + plain - bit)
    t.receive(NODE, (at_right, child, *right), plain + bit)
    t.send(NODE, (at_output, index, *digest), times)
    return t.build()


def cap_table() -> Table:
    """A node of a tree's cap: an octet for the tree above it, and what paths end in, as often as they do.

    Paths send (tree, index, digest), which has one receiver of that tree and index: this row, whose digest the tree
    above has hashed up to the root, exactly once. So a path ends in the node that its index says.
    The count is the prover's. A message that is not this node's cancels with none of its receives, whatever the count.
    """
    t = CircuitTable("cap", documentation=cap_table.__doc__ or "")
    digest, paths = t.columns("digest", DIGEST), t.column("paths")
    real, address, tree, index = t.fixed("real"), t.address(), t.address("tree"), t.fixed("index")
    t.constrain("no_paths_end_in_rows_not_in_use", paths * (real - 1))
    t.send(NODE, (address, 0, *digest), real)
    t.receive_counted(NODE, (tree, index, *digest), paths)
    return t.build()


def _fill_sponge(rows: Rows) -> list[Any]:
    return rows.permutation(POSEIDON2_16, rows.columns("input", WIDTH), WIDTH, feed_forward=False)


def _fill_compress(rows: Rows) -> list[Any]:
    inputs = [*rows.columns("left", DIGEST), *rows.columns("right", DIGEST)]
    hashed = rows.permutation(POSEIDON2_16, inputs, DIGEST, feed_forward=True)
    return [hashed, rows.column("bit"), rows.column("index")]


def _fill_cap(rows: Rows) -> list[Any]:
    return [rows.columns("digest", DIGEST), rows.column("paths")]


SPONGE = CircuitModule(sponge_table(), _fill_sponge, {"input": WIDTH})
COMPRESS = CircuitModule(compress_table(), _fill_compress, {"left": DIGEST, "right": DIGEST, "bit": 1, "index": 1})
CAP = CircuitModule(cap_table(), _fill_cap, {"digest": DIGEST, "paths": 1})
