"""Intrinsics of Poseidon2: LANES permutations side by side, element k of all of them in the k-th vector.

Both widths come from one source: a state is a tuple of 16 or 24 vectors. A round is one short intrinsic called in a
loop, which keeps compilation short.
"""

from __future__ import annotations

from collections.abc import Sequence

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
def external_layer(b, s: Sequence[ir.Value]) -> list[ir.Value]:
    """circ(2 M, M, .., M), M = circ(2, 3, 1, 1), of a multiple of four elements."""
    rows = []
    for x0, x1, x2, x3 in zip(s[0::4], s[1::4], s[2::4], s[3::4], strict=True):
        left, right = emit.add(b, x0, x1), emit.add(b, x2, x3)
        total = emit.add(b, left, right)
        with_x1, with_x3 = emit.add(b, total, x1), emit.add(b, total, x3)
        rows += [emit.add(b, with_x1, left), emit.add(b, with_x1, emit.double(b, x2))]
        rows += [emit.add(b, with_x3, right), emit.add(b, with_x3, emit.double(b, x0))]
    sums = [emit.tree(lambda x, y: emit.add(b, x, y), rows[k::4]) for k in range(4)]
    return [emit.add(b, row, sums[i % 4]) for i, row in enumerate(rows)]


# --------------------------------------------------------------------------------------------------------------- rounds
def round_constant(context, b, signature, args, k: int) -> ir.Value:
    return emit.broadcast(b, b.load(word_address(context, b, signature.args[1], args[1], plus(b, args[2], k))))


@intrinsic
def first_layer(_, state):
    """The external layer in front of the first round."""
    require_state(state)

    def generate(context, b, signature, args):
        return context.make_tuple(b, state, external_layer(b, unpack(b, args[0], state)))

    return state(state), generate


@intrinsic
def full_round(_, state, constants, offset):
    """Constants from constants[offset] on, lowered by p, for all elements, cubes, external layer."""
    require_state(state)
    require_words(constants)

    def generate(context, b, signature, args):
        elements = enumerate(unpack(b, args[0], state))
        s = [emit.cube_of_sum(b, v, round_constant(context, b, signature, args, i)) for i, v in elements]
        return context.make_tuple(b, state, external_layer(b, s))

    return state(state, constants, types.intp), generate


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
def add_first_block(_, state, block):
    """The first eight elements of a state plus a block: the feed-forward."""
    require_state(state)

    def generate(context, b, signature, args):
        pairs = zip(unpack(b, args[0], kinds.Block), unpack(b, args[1], kinds.Block), strict=True)
        return context.make_tuple(b, kinds.Block, [emit.add(b, x, y) for x, y in pairs])

    return kinds.Block(state, kinds.Block), generate


@intrinsic
def scale(_, state, factor):
    """Every element times one factor: to and from Montgomery form."""
    require_state(state)

    def generate(context, b, signature, args):
        factor = [emit.halves(b, args[1])]
        s = [emit.dot(b, [emit.halves(b, v)], factor) for v in unpack(b, args[0], state)]
        return context.make_tuple(b, state, s)

    return state(state, kinds.Packed), generate
