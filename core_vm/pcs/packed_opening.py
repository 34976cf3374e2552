"""Intrinsics of the opening: dot products of cells of F with weights in K, with one Montgomery reduction each.

Weights are kept in tables of 64-bit words, so that a multiplication takes them from memory as they are. The layouts of
the two kinds of table are made by `lane_table` and `group_table`.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from llvmlite import ir

from core_vm.field.extension import DEGREE
from core_vm.field.koalabear import Words
from core_vm.field.packed import emit
from core_vm.field.packed.base import kinds, load_vector, plus, require_words
from core_vm.field.packed.lanes import LANES
from core_vm.host.kernel_language import errors, intrinsic, types

RUN = 64  # cells of a column in a tile
VECTORS_PER_RUN = RUN // LANES
GROUP = 8  # segments folded together

Table = npt.NDArray[np.uint64]


def lane_table(planes: Words) -> Table:
    """Weights of the cells of a run, (5, 64), for `run_dot`: even and odd lanes of each vector apart."""
    split = planes.reshape(DEGREE, VECTORS_PER_RUN, LANES // 2, 2).transpose(0, 1, 3, 2)
    return np.ascontiguousarray(split, np.uint64).reshape(-1)


def group_table(planes: Words) -> Table:
    """Weights of segments, (5, count) with count a multiple of GROUP, for `group_dot`: plane by plane within a
    group."""
    groups = planes.reshape(DEGREE, -1, GROUP).transpose(1, 0, 2)
    return np.ascontiguousarray(groups, np.uint64).reshape(-1)


def _require_table(array) -> None:
    if not isinstance(array, types.Array) or array.dtype != types.uint64 or array.layout != "C":
        raise errors.TypingError(f"a weight table is a C-contiguous uint64 array, not {array}")


def _low_word(b, value):
    """States that the upper halves are zero, so that one instruction multiplies."""
    return b.and_(value, emit.constant64(emit.LOW_WORD))


def _load_halves(b, data, offset: int):
    """Even and odd lanes of a vector of a lane table."""
    halves = []
    for half in (0, 1):
        pointer = b.gep(data, [ir.Constant(emit.I64, offset + half * LANES // 2)])
        halves.append(_low_word(b, b.load(b.bitcast(pointer, emit.V64.as_pointer()), align=8)))
    return halves[0], halves[1]


def _broadcast_halves(b, data, offset):
    """The lower half of a 64-bit word of a group table in all lanes; even and odd lanes are the same."""
    word = b.load(b.bitcast(b.gep(data, [offset]), emit.I32.as_pointer()))
    wide = _low_word(b, b.bitcast(emit.broadcast(b, word), emit.V64))
    return wide, wide


@intrinsic
def run_dot(_, cells, index, table):
    """LANES partial sums of <64 cells from `index`, weights of the lane table>."""
    require_words(cells)
    _require_table(table)

    def generate(context, b, signature, args):
        data = context.make_array(signature.args[2])(context, b, args[2]).data
        offsets = [plus(b, args[1], LANES * k) for k in range(VECTORS_PER_RUN)]
        values = [emit.halves(b, load_vector(context, b, signature.args[0], args[0], offset)) for offset in offsets]
        weights = [
            [_load_halves(b, data, LANES * (plane * VECTORS_PER_RUN + k)) for k in range(VECTORS_PER_RUN)]
            for plane in range(DEGREE)
        ]
        return context.make_tuple(b, kinds.Extension, emit.dots(b, values, weights))

    return kinds.Extension(cells, types.intp, table), generate


@intrinsic
def group_dot(_, cells, index, stride, table, table_index):
    """sum_k cells[index + k stride + lane] * weight k of the group at `table_index`, k < GROUP."""
    require_words(cells)
    _require_table(table)

    def generate(context, b, signature, args):
        data = context.make_array(signature.args[3])(context, b, args[3]).data
        values, offset = [], args[1]
        for _ in range(GROUP):
            values.append(emit.halves(b, load_vector(context, b, signature.args[0], args[0], offset)))
            offset = b.add(offset, args[2])
        weights = [
            [_broadcast_halves(b, data, plus(b, args[4], plane * GROUP + k)) for k in range(GROUP)]
            for plane in range(DEGREE)
        ]
        return context.make_tuple(b, kinds.Extension, emit.dots(b, values, weights))

    return kinds.Extension(cells, types.intp, types.intp, table, types.intp), generate


@intrinsic
def sum_of_lanes(_, buffer, index):
    """Lane k of the result is the sum of the lanes of vector k of the LANES vectors from `index`."""
    require_words(buffer)

    def generate(context, b, signature, args):
        offsets = [plus(b, args[1], LANES * k) for k in range(LANES)]
        vectors = [load_vector(context, b, signature.args[0], args[0], offset) for offset in offsets]
        even = emit.lane_indices(range(0, 2 * LANES, 2))
        odd = emit.lane_indices(range(1, 2 * LANES, 2))
        while len(vectors) > 1:  # sums of neighbouring lanes of two vectors fill one, in order
            pairs = zip(vectors[::2], vectors[1::2], strict=True)
            vectors = [emit.add(b, b.shuffle_vector(x, y, even), b.shuffle_vector(x, y, odd)) for x, y in pairs]
        return vectors[0]

    return kinds.Packed(buffer, types.intp), generate
