"""The packed interpreters of a constraint tape, over F and over K. `core_vm.air.tape.run_tape` is their definition.

A register file is a flat array; operand number i of the tape is the block of words from i * block. Over F a block is
any multiple of LANES elements. Over K it is any number of vectors, which are LANES elements: five planes of LANES
words. Emitted values are added up, constraint c with weight batching[c] (interleaved words), in `totals`: over F
several at a time, since most of a product with an element of K is its reductions.
"""

from __future__ import annotations

from core_vm.field.packed import (
    LANES,
    ext_add,
    ext_add_base,
    ext_load,
    ext_mul,
    ext_splat,
    ext_store,
    ext_sub,
    lift,
    load,
    splat,
    store,
)
from core_vm.field.packed.linear import WEIGHED_TOGETHER, ext_square, ext_weigh_rows
from core_vm.host.kernel_cache import borrowing_njit
from core_vm.stark.zerocheck.fused_kernels import (
    VECTOR_WORDS,
    add_base_squares,
    add_extension_squares,
    base_products,
    base_sums,
    base_triples,
    combination,
)
from core_vm.stark.zerocheck.fused_tape import COMBINATION, PRODUCTS, SQUARES, SQUARES_AT_ONCE, SUMS, TRIPLES
from core_vm.witness.tape_kernels import (
    ADD,
    ADD_CONSTANT,
    CONSTANT_SUBTRACT,
    DOUBLE_ADD,
    MULTIPLY,
    MULTIPLY_CONSTANT,
    SUBTRACT,
    run_operation,
)


@borrowing_njit
def _add_weighed(kept, weights, block, totals):
    for v in range(0, block, LANES):
        term = ext_weigh_rows(kept, v, block, weights, 0)
        ext_store(totals, v, block, ext_add(ext_load(totals, v, block), term))


@borrowing_njit
def room_of_base(block):
    """Words of room that `run_base` takes: values that are weighed together, their weights, and those of squares."""
    return WEIGHED_TOGETHER * (block + 5) + 5 * SQUARES_AT_ONCE


@borrowing_njit(cache=True, nogil=True)
def run_base(operations, constants, batching, registers, block, totals, room):
    """Run a tape on `block` rows over F. `totals` (5, block) flat: K elements, one a row, added to. `room` is for
    `room_of_base(block)` words, all below p."""
    end = WEIGHED_TOGETHER * block
    kept, weights, squares = room[:end], room[end : end + 5 * WEIGHED_TOGETHER], room[end + 5 * WEIGHED_TOGETHER :]
    count = 0
    at = 0
    while at < operations.shape[0]:
        opcode, d, a, b = operations[at, 0], operations[at, 1], operations[at, 2], operations[at, 3]
        at += 1
        if opcode <= DOUBLE_ADD:
            run_operation(opcode, d, a, b, constants, registers, block)
            continue
        a *= block
        if opcode == SUMS:
            at += b
            base_sums(operations, at - b, at, registers, block, a, d * block)
        elif opcode == PRODUCTS:
            at += b
            base_products(operations, at - b, at, registers, block, a, d * block)
        elif opcode == TRIPLES:
            at += b
            base_triples(operations, at - b, at, registers, block, a, d * block)
        elif opcode == COMBINATION:
            at += b
            combination(operations, at - b, at, constants, registers, block, a, d * block)
        elif opcode == SQUARES:
            at += b
            add_base_squares(operations, at - b, batching, squares, registers, block, totals)
        else:
            for j in range(5):
                weights[5 * count + j] = batching[5 * d + j]
            for v in range(0, block, LANES):
                store(kept, count * block + v, load(registers, a + v))
            count += 1
            if count == WEIGHED_TOGETHER:
                _add_weighed(kept, weights, block, totals)
                count = 0
    weights[5 * count :] = 0
    _add_weighed(kept, weights, block, totals)


@borrowing_njit(cache=True, nogil=True)
def run_extension(operations, constants, batching, registers, block, totals):
    """Run a tape over K on blocks of so many words, whole vectors. `totals`: one block, added to."""
    at = 0
    while at < operations.shape[0]:
        opcode, d, a, b = operations[at, 0], operations[at, 1], operations[at, 2] * block, operations[at, 3]
        at += 1
        if opcode == ADD:
            for v in range(0, block, LANES):
                store(registers, d * block + v, load(registers, a + v) + load(registers, b * block + v))
        elif opcode == SUBTRACT:
            for v in range(0, block, LANES):
                store(registers, d * block + v, load(registers, a + v) - load(registers, b * block + v))
        elif opcode == MULTIPLY and a == b * block:
            for v in range(0, block, VECTOR_WORDS):
                ext_store(registers, d * block + v, LANES, ext_square(ext_load(registers, a + v, LANES)))
        elif opcode == MULTIPLY:
            for v in range(0, block, VECTOR_WORDS):
                x, y = ext_load(registers, a + v, LANES), ext_load(registers, b * block + v, LANES)
                ext_store(registers, d * block + v, LANES, ext_mul(x, y))
        elif opcode == ADD_CONSTANT:
            constant = splat(constants[b])
            for v in range(0, block, VECTOR_WORDS):
                value = ext_add_base(ext_load(registers, a + v, LANES), constant)
                ext_store(registers, d * block + v, LANES, value)
        elif opcode == MULTIPLY_CONSTANT:
            constant = splat(constants[b])
            for v in range(0, block, LANES):
                store(registers, d * block + v, load(registers, a + v) * constant)
        elif opcode == CONSTANT_SUBTRACT:
            constant = lift(splat(constants[b]))
            for v in range(0, block, VECTOR_WORDS):
                value = ext_sub(constant, ext_load(registers, a + v, LANES))
                ext_store(registers, d * block + v, LANES, value)
        elif opcode == DOUBLE_ADD:
            for v in range(0, block, LANES):
                twice = load(registers, a + v) + load(registers, a + v)
                store(registers, d * block + v, twice + load(registers, b * block + v))
        elif opcode == COMBINATION:
            at += b
            combination(operations, at - b, at, constants, registers, block, a, d * block)
        elif opcode == SQUARES:
            at += b
            add_extension_squares(operations, at - b, batching, registers, block, totals)
        else:
            weight = ext_splat(batching, 5 * d, 1)
            for v in range(0, block, VECTOR_WORDS):
                term = ext_mul(ext_load(registers, a + v, LANES), weight)
                ext_store(totals, v, LANES, ext_add(ext_load(totals, v, LANES), term))
