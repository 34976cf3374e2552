"""What `fused_tape` makes one operation of, over F and over K: the steps between stay in registers of the processor.

Blocks are as `packed_tape` has them. Rows [first, last) of `operations` hold the operands of each step.
"""

from __future__ import annotations

from core_vm.field.packed import LANES, ext_add, ext_load, ext_mul, ext_splat, ext_store, ext_sub, load, splat, store
from core_vm.field.packed.doubling import add_products, double_add_product, narrow, wide
from core_vm.field.packed.linear import ext_square, ext_weigh
from core_vm.host.kernel_cache import borrowing_njit

VECTOR_WORDS = 5 * LANES


@borrowing_njit
def base_sums(operations, first, last, registers, block, start, target):
    """From the block at `start` on, 2 t + x for each step (x), over F, two vectors at a time."""
    for v in range(0, block, 2 * LANES):
        after = min(v + LANES, block - LANES)
        left, right = load(registers, start + v), load(registers, start + after)
        for k in range(first, last):
            x = operations[k, 0] * block
            left = left + left + load(registers, x + v)
            right = right + right + load(registers, x + after)
        store(registers, target + v, left)
        store(registers, target + after, right)


@borrowing_njit
def base_products(operations, first, last, registers, block, start, target):
    """From the block at `start` on, 2 t + x y for each step (x, y), over F."""
    for v in range(0, block, 2 * LANES):
        after = min(v + LANES, block - LANES)
        left, right = wide(load(registers, start + v)), wide(load(registers, start + after))
        for k in range(first, last):
            x, y = operations[k, 0] * block, operations[k, 1] * block
            left = double_add_product(left, load(registers, x + v), load(registers, y + v))
            right = double_add_product(right, load(registers, x + after), load(registers, y + after))
        store(registers, target + v, narrow(left))
        store(registers, target + after, narrow(right))


@borrowing_njit
def base_triples(operations, first, last, registers, block, start, target):
    """From the block at `start` on, 2 t + x y z for each step (x, y, z), over F."""
    for v in range(0, block, 2 * LANES):
        after = min(v + LANES, block - LANES)
        left, right = wide(load(registers, start + v)), wide(load(registers, start + after))
        for k in range(first, last):
            x, y, z = operations[k, 0] * block, operations[k, 1] * block, operations[k, 2] * block
            product = load(registers, x + v) * load(registers, y + v)
            left = double_add_product(left, product, load(registers, z + v))
            product = load(registers, x + after) * load(registers, y + after)
            right = double_add_product(right, product, load(registers, z + after))
        store(registers, target + v, narrow(left))
        store(registers, target + after, narrow(right))


@borrowing_njit
def combination(operations, first, last, constants, registers, block, start, target):
    """From the block at `start` on, t + x c + y e for each step (x, c, y, e) of two operands and two constants of F."""
    for v in range(0, block, 2 * LANES):
        after = min(v + LANES, block - LANES)
        left, right = wide(load(registers, start + v)), wide(load(registers, start + after))
        for k in range(first, last):
            x, y = operations[k, 0] * block, operations[k, 2] * block
            c, e = splat(constants[operations[k, 1]]), splat(constants[operations[k, 3]])
            left = add_products(left, load(registers, x + v), c, load(registers, y + v), e)
            right = add_products(right, load(registers, x + after), c, load(registers, y + after), e)
        store(registers, target + v, narrow(left))
        store(registers, target + after, narrow(right))


@borrowing_njit
def _square_less(operations, k, registers, block, v):
    """x^2 - y over F for the step (x, y, _)."""
    x = load(registers, operations[k, 0] * block + v)
    return x * x - load(registers, operations[k, 1] * block + v)


@borrowing_njit
def add_base_squares(operations, first, batching, weights, registers, block, totals):
    """totals += sum of batching[c] (x^2 - y) over the eight steps (x, y, c), over F. `weights` is room for 40 words."""
    for k in range(8):
        c = operations[first + k, 2]
        for j in range(5):
            weights[5 * k + j] = batching[5 * c + j]
    for v in range(0, block, LANES):
        values = (
            _square_less(operations, first, registers, block, v),
            _square_less(operations, first + 1, registers, block, v),
            _square_less(operations, first + 2, registers, block, v),
            _square_less(operations, first + 3, registers, block, v),
            _square_less(operations, first + 4, registers, block, v),
            _square_less(operations, first + 5, registers, block, v),
            _square_less(operations, first + 6, registers, block, v),
            _square_less(operations, first + 7, registers, block, v),
        )
        term = ext_weigh(values, weights, 0)
        ext_store(totals, v, block, ext_add(ext_load(totals, v, block), term))


@borrowing_njit
def add_extension_squares(operations, first, batching, registers, block, totals):
    """The same over K."""
    for v in range(0, block, VECTOR_WORDS):
        total = ext_load(totals, v, LANES)
        for k in range(first, first + 8):
            x = ext_load(registers, operations[k, 0] * block + v, LANES)
            y = ext_load(registers, operations[k, 1] * block + v, LANES)
            weight = ext_splat(batching, 5 * operations[k, 2], 1)
            total = ext_add(total, ext_mul(ext_sub(ext_square(x), y), weight))
        ext_store(totals, v, LANES, total)
