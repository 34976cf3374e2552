"""Intrinsics of Poseidon2-16: LANES permutations side by side, element k of all of them in the k-th vector.

A round is one short intrinsic called in a loop, which keeps compilation under a second. The internal diagonal consists
of small numbers and inverse powers of two, which are shifts since p = 1 modulo 2^24.
"""

from __future__ import annotations

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from core_vm.field import packed_emit as emit
from core_vm.field.packed_base import Packed, plus, require_words, word_address
from core_vm.field.packed_transpose import Block
from core_vm.hash.poseidon2 import RATE, WIDTH

State = types.UniTuple(Packed, WIDTH)


def _unpack(b, value, count: int) -> list[ir.Value]:
    return [b.extract_value(value, k) for k in range(count)]


# -------------------------------------------------------------------------------------------------------- linear layers
def external_layer(b, s: list[ir.Value]) -> list[ir.Value]:
    """circ(2 M, M, M, M), M = circ(2, 3, 1, 1)."""
    rows = []
    for x0, x1, x2, x3 in zip(s[0::4], s[1::4], s[2::4], s[3::4], strict=True):
        left, right = emit.add(b, x0, x1), emit.add(b, x2, x3)
        total = emit.add(b, left, right)
        with_x1, with_x3 = emit.add(b, total, x1), emit.add(b, total, x3)
        rows += [emit.add(b, with_x1, left), emit.add(b, with_x1, emit.double(b, x2))]
        rows += [emit.add(b, with_x3, right), emit.add(b, with_x3, emit.double(b, x0))]
    sums = [_tree_sum(b, rows[k::4]) for k in range(4)]
    return [emit.add(b, row, sums[i % 4]) for i, row in enumerate(rows)]


def internal_layer(b, s: list[ir.Value]) -> list[ir.Value]:
    """All-ones matrix plus diag(-2, 1, 2, 1/2, 3, 4, -1/2, -3, -4, 2^-8, 2^-3, 2^-24, -2^-8, -2^-3, -2^-4, -2^-24)."""
    rest = _tree_sum(b, s[1:])
    total = emit.add(b, rest, s[0])

    def part(i: int, k: int) -> ir.Value:
        return emit.divide_by_power_of_two(b, s[i], k)

    def triple(x: ir.Value) -> ir.Value:
        return emit.add(b, x, emit.double(b, x))

    def quadruple(x: ir.Value) -> ir.Value:
        return emit.double(b, emit.double(b, x))

    plus_small = [s[1], emit.double(b, s[2]), part(3, 1), triple(s[4]), quadruple(s[5])]
    minus_small = [part(6, 1), triple(s[7]), quadruple(s[8])]
    plus_parts = [part(9, 8), part(10, 3), part(11, 24)]
    minus_parts = [part(12, 8), part(13, 3), part(14, 4), part(15, 24)]
    return [
        emit.sub(b, rest, s[0]),
        *(emit.add(b, total, v) for v in plus_small),
        *(emit.sub(b, total, v) for v in minus_small),
        *(emit.add(b, total, v) for v in plus_parts),
        *(emit.sub(b, total, v) for v in minus_parts),
    ]


def _tree_sum(b, values: list[ir.Value]) -> ir.Value:
    while len(values) > 1:
        odd = values[-1:] if len(values) % 2 else []
        values = [emit.add(b, x, y) for x, y in zip(values[0::2], values[1::2], strict=False)] + odd
    return values[0]


# --------------------------------------------------------------------------------------------------------------- rounds
def _round_constant(context, b, signature, args, k: int) -> ir.Value:
    return emit.broadcast(b, b.load(word_address(context, b, signature.args[1], args[1], plus(b, args[2], k))))


@intrinsic
def first_layer(_, state):
    """The external layer in front of the first round."""

    def generate(context, b, signature, args):
        return context.make_tuple(b, State, external_layer(b, _unpack(b, args[0], WIDTH)))

    return State(State), generate


@intrinsic
def full_round(_, state, constants, offset):
    """Sixteen constants from constants[offset], lowered by p, cubes, external layer."""
    require_words(constants)

    def generate(context, b, signature, args):
        elements = enumerate(_unpack(b, args[0], WIDTH))
        s = [emit.cube_of_sum(b, v, _round_constant(context, b, signature, args, i)) for i, v in elements]
        return context.make_tuple(b, State, external_layer(b, s))

    return State(State, constants, types.intp), generate


@intrinsic
def partial_round(_, state, constants, offset):
    """constants[offset], lowered by p, and a cube on element 0, internal layer."""
    require_words(constants)

    def generate(context, b, signature, args):
        s = _unpack(b, args[0], WIDTH)
        s[0] = emit.cube_of_sum(b, s[0], _round_constant(context, b, signature, args, 0))
        return context.make_tuple(b, State, internal_layer(b, s))

    return State(State, constants, types.intp), generate


# ------------------------------------------------------------------------------------------------------- states, blocks
@intrinsic
def join(_, left, right):
    """Two blocks as one state."""

    def generate(context, b, signature, args):
        return context.make_tuple(b, State, _unpack(b, args[0], RATE) + _unpack(b, args[1], RATE))

    return State(Block, Block), generate


@intrinsic
def halves(_, state):
    """A state as its two blocks."""

    def generate(context, b, signature, args):
        s = _unpack(b, args[0], WIDTH)
        blocks = [context.make_tuple(b, Block, s[:RATE]), context.make_tuple(b, Block, s[RATE:])]
        return context.make_tuple(b, signature.return_type, blocks)

    return types.UniTuple(Block, 2)(State), generate


@intrinsic
def add_first_half(_, state, block):
    """The first eight elements of a state plus a block: the feed-forward of the compression."""

    def generate(context, b, signature, args):
        pairs = zip(_unpack(b, args[0], RATE), _unpack(b, args[1], RATE), strict=True)
        return context.make_tuple(b, Block, [emit.add(b, x, y) for x, y in pairs])

    return Block(State, Block), generate


@intrinsic
def zero_block(_):
    """Eight zeros in every lane."""
    return Block(), lambda context, b, signature, args: context.make_tuple(b, Block, [emit.constant32(0)] * RATE)


@intrinsic
def scale(_, state, factor):
    """Every element times one factor: to and from Montgomery form."""

    def generate(context, b, signature, args):
        factor = [emit.halves(b, args[1])]
        s = [emit.dot(b, [emit.halves(b, v)], factor) for v in _unpack(b, args[0], WIDTH)]
        return context.make_tuple(b, State, s)

    return State(State, Packed), generate
