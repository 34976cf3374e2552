"""Intrinsics of Poseidon2: LANES permutations side by side, element k of all of them in the k-th vector.

Both widths come from one source: a state is a tuple of 16 or 24 vectors. A round is one short intrinsic called in a
loop, which keeps compilation short.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from llvmlite import ir

from core_vm.field.packed import emit
from core_vm.field.packed.base import kinds, plus, require_words, word_address
from core_vm.field.packed.transpose import BLOCK
from core_vm.hash.poseidon2_parameters import POSEIDON2_16, POSEIDON2_24
from core_vm.host.kernel_language import errors, intrinsic, types

WIDTHS = (POSEIDON2_16.width, POSEIDON2_24.width)


def unpack(b, value, signature_type) -> list[ir.Value]:
    return [b.extract_value(value, k) for k in range(len(signature_type))]


def require_state(state) -> None:
    """Typing-time guard."""
    if not isinstance(state, types.UniTuple) or state.dtype is not kinds.Packed or len(state) not in WIDTHS:
        raise errors.TypingError(f"a packed state has 16 or 24 vectors, not {state}")


# -------------------------------------------------------------------------------------------------------- linear layers
def _small_layer(b, x0: ir.Value, x1: ir.Value, x2: ir.Value, x3: ir.Value) -> list[ir.Value]:
    """M = circ(2, 3, 1, 1), of four elements."""
    left, right = emit.add(b, x0, x1), emit.add(b, x2, x3)
    total = emit.add(b, left, right)
    with_x1, with_x3 = emit.add(b, total, x1), emit.add(b, total, x3)
    return [
        *(emit.add(b, with_x1, left), emit.add(b, with_x1, emit.double(b, x2))),
        *(emit.add(b, with_x3, right), emit.add(b, with_x3, emit.double(b, x0))),
    ]


def _sums_of_fourths(b, s: Sequence[ir.Value]) -> list[ir.Value]:
    """Of every fourth element, from each of the first four on."""
    return [emit.tree(lambda x, y: emit.add(b, x, y), s[k::4]) for k in range(4)]


def external_layer(b, s: Sequence[ir.Value]) -> list[ir.Value]:
    """circ(2 M, M, .., M) of a multiple of four elements."""
    rows = [x for k in range(0, len(s), 4) for x in _small_layer(b, *s[k : k + 4])]
    sums = _sums_of_fourths(b, rows)
    return [emit.add(b, row, sums[i % 4]) for i, row in enumerate(rows)]


def first_of_external_layer(b, s: Sequence[ir.Value], count: int) -> list[ir.Value]:
    """The first `count` elements of it: every M stands before the sum of four elements and those of all fours."""
    sums = _sums_of_fourths(b, s)
    with_sums = [emit.add(b, x, sums[i % 4]) for i, x in enumerate(s[:count])]
    return [x for k in range(0, count, 4) for x in _small_layer(b, *with_sums[k : k + 4])]


# --------------------------------------------------------------------------------------------------------------- rounds
def round_constant(context, b, signature, args, k: int) -> ir.Value:
    return emit.broadcast(b, b.load(word_address(context, b, signature.args[1], args[1], plus(b, args[2], k))))


def linear_layer(layer: Callable[..., list[ir.Value]], description: str):
    """The intrinsic that makes of a state what `layer` makes of its elements."""

    @intrinsic
    def on_state(_, state):
        require_state(state)

        def generate(context, b, signature, args):
            return context.make_tuple(b, state, layer(b, unpack(b, args[0], state)))

        return state(state), generate

    on_state.__doc__ = description
    return on_state


first_layer = linear_layer(external_layer, "The external layer in front of the first round.")


def _cubes(context, b, signature, args) -> list[ir.Value]:
    """Of the elements of a state, to which constants from constants[offset] on, lowered by p, are added."""
    elements = enumerate(unpack(b, args[0], signature.args[0]))
    return [emit.cube_of_sum(b, x, round_constant(context, b, signature, args, i)) for i, x in elements]


@intrinsic
def full_round(_, state, constants, offset):
    """Constants from constants[offset] on, lowered by p, for all elements, cubes, external layer."""
    require_state(state)
    require_words(constants)

    def generate(context, b, signature, args):
        return context.make_tuple(b, state, external_layer(b, _cubes(context, b, signature, args)))

    return state(state, constants, types.intp), generate


@intrinsic
def first_block_of_full_round(_, state, constants, offset):
    """The first eight elements of what `full_round` makes of a state."""
    require_state(state)
    require_words(constants)

    def generate(context, b, signature, args):
        first = first_of_external_layer(b, _cubes(context, b, signature, args), BLOCK)
        return context.make_tuple(b, kinds.Block, first)

    return kinds.Block(state, constants, types.intp), generate


# ------------------------------------------------------------------------------------------------------- states, blocks
def _state_of(blocks: int) -> types.UniTuple:
    return types.UniTuple(kinds.Packed, blocks * BLOCK)


@intrinsic
def join(_, blocks):
    """Two or three blocks, in a tuple, as one state."""

    def generate(context, b, signature, args):
        elements = [x for i in range(len(blocks)) for x in unpack(b, b.extract_value(args[0], i), kinds.Block)]
        return context.make_tuple(b, signature.return_type, elements)

    return _state_of(len(blocks))(blocks), generate


@intrinsic
def split(_, state):
    """A state as a tuple of its blocks."""
    require_state(state)

    def generate(context, b, signature, args):
        s = unpack(b, args[0], state)
        blocks = [context.make_tuple(b, kinds.Block, s[k : k + BLOCK]) for k in range(0, len(s), BLOCK)]
        return context.make_tuple(b, signature.return_type, blocks)

    return types.UniTuple(kinds.Block, len(state) // BLOCK)(state), generate


@intrinsic
def add_blocks(_, left, right):
    """Element by element: the feed-forward."""

    def generate(context, b, signature, args):
        pairs = zip(unpack(b, args[0], kinds.Block), unpack(b, args[1], kinds.Block), strict=True)
        return context.make_tuple(b, kinds.Block, [emit.add(b, x, y) for x, y in pairs])

    return kinds.Block(kinds.Block, kinds.Block), generate


@intrinsic
def scale(_, state, factor):
    """Every element times one factor: to and from Montgomery form."""
    require_state(state)

    def generate(context, b, signature, args):
        factor = [emit.halves(b, args[1])]
        s = [emit.dot(b, [emit.halves(b, v)], factor) for v in unpack(b, args[0], state)]
        return context.make_tuple(b, state, s)

    return state(state, kinds.Packed), generate
