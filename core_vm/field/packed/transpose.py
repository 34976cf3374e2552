"""Blocks: eight consecutive columns of LANES rows of a matrix, transposed in registers into eight vectors.

Lane r of vector k is element k of row r: rows in memory become states side by side, and columns become rows.
"""

from __future__ import annotations

from collections.abc import Sequence

from llvmlite import ir

from core_vm.field.packed import emit
from core_vm.field.packed.base import kinds, load_vector, require_words, word_address
from core_vm.field.packed.lanes import LANES
from core_vm.host.kernel_language import intrinsic, types

BLOCK = 8
GROUPS = LANES // BLOCK  # how many groups of eight rows lie side by side in a vector
V_ROW = ir.VectorType(emit.I32, BLOCK)


def _transpose(b, rows: list[ir.Value]) -> list[ir.Value]:
    """Swaps vector number and lane inside every group of eight lanes: three stages of exchanges."""
    lanes = [(group, lane) for group in range(0, LANES, BLOCK) for lane in range(BLOCK)]
    for stage in (1, 2, 4):
        from_low = [g + j if not j & stage else LANES + g + j - stage for g, j in lanes]
        from_high = [g + j + stage if not j & stage else LANES + g + j for g, j in lanes]
        result = list(rows)
        for i in (i for i in range(BLOCK) if not i & stage):
            low, high = rows[i], rows[i + stage]
            result[i] = b.shuffle_vector(low, high, emit.lane_indices(from_low))
            result[i + stage] = b.shuffle_vector(low, high, emit.lane_indices(from_high))
        rows = result
    return rows


def _load_rows(b, pointers: Sequence[ir.Value]) -> list[ir.Value]:
    """LANES rows of eight words; row r and row r + 8 share a vector when there are sixteen lanes. Transposed."""
    parts = [b.load(b.bitcast(pointer, V_ROW.as_pointer()), align=4) for pointer in pointers]
    if GROUPS == 2:
        everything = emit.lane_indices(range(LANES))
        parts = [b.shuffle_vector(parts[r], parts[r + BLOCK], everything) for r in range(BLOCK)]
    return _transpose(b, parts)


def _row_pointers(context, b, array_type, array, index, stride) -> list[ir.Value]:
    offsets = [b.add(index, b.mul(stride, ir.Constant(emit.I64, row))) for row in range(LANES)]
    return [word_address(context, b, array_type, array, offset) for offset in offsets]


@intrinsic
def load_block(_, array, index, stride):
    """Lane r of vector k is array[index + r * stride + k]."""
    require_words(array)

    def generate(context, b, signature, args):
        return context.make_tuple(b, kinds.Block, _load_rows(b, _row_pointers(context, b, signature.args[0], *args)))

    return kinds.Block(array, types.intp, types.intp), generate


@intrinsic
def prefetch_block(_, array, index, stride):
    """Asks for the cache lines of a block that `load_block` will load; any index will do, as nothing is read."""
    require_words(array)

    def generate(context, b, signature, args):
        byte = ir.IntType(8).as_pointer()
        signature_of_llvm = ir.FunctionType(ir.VoidType(), [byte, emit.I32, emit.I32, emit.I32])
        prefetch = b.module.declare_intrinsic("llvm.prefetch", [byte], signature_of_llvm)
        read, keep, data = (ir.Constant(emit.I32, value) for value in (0, 3, 1))
        for pointer in _row_pointers(context, b, signature.args[0], *args):
            b.call(prefetch, [b.bitcast(pointer, byte), read, keep, data])
        return context.get_dummy_value()

    return types.void(array, types.intp, types.intp), generate


@intrinsic
def load_block_at(_, array, starts, first, offset):
    """Lane r of vector k is array[starts[first + r] + offset + k]; `starts` is an int64 array."""
    require_words(array)

    def generate(context, b, signature, args):
        data = context.make_array(signature.args[1])(context, b, args[1]).data
        pointers = []
        for row in range(LANES):
            start = b.load(b.gep(data, [b.add(args[2], ir.Constant(emit.I64, row))]))
            pointers.append(word_address(context, b, signature.args[0], args[0], b.add(start, args[3])))
        return context.make_tuple(b, kinds.Block, _load_rows(b, pointers))

    return kinds.Block(array, types.Array(types.int64, 1, "C"), types.intp, types.intp), generate


@intrinsic
def mask_block(_, block, masks, index):
    """Every vector AND the LANES words masks[index : index + LANES]: clears whole lanes."""
    require_words(masks)

    def generate(context, b, signature, args):
        mask = load_vector(context, b, signature.args[1], args[1], args[2])
        return context.make_tuple(b, kinds.Block, [b.and_(b.extract_value(args[0], k), mask) for k in range(BLOCK)])

    return kinds.Block(kinds.Block, masks, types.intp), generate


@intrinsic
def store_block(_, array, index, stride, block):
    """The inverse of `load_block`."""
    require_words(array)

    def generate(context, b, signature, args):
        vectors = _transpose(b, [b.extract_value(args[3], k) for k in range(BLOCK)])
        for row, pointer in enumerate(_row_pointers(context, b, signature.args[0], *args[:3])):
            vector, first = vectors[row % BLOCK], row // BLOCK * BLOCK
            part = b.shuffle_vector(vector, vector, emit.lane_indices(range(first, first + BLOCK)))
            b.store(part, b.bitcast(pointer, V_ROW.as_pointer()), align=4)
        return context.get_dummy_value()

    return types.void(array, types.intp, types.intp, kinds.Block), generate
