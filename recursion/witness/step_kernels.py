"""Kernel that computes, one after the other, all that is not hashed side by side: the transcript and arithmetic.

An operation is its opcode, where its arguments and its factors start in their arrays, and the cell of its output.
Arguments are cells: of a word, or of the first of an element's five. What each computes is said in
`recursion.circuit.gadget_values`.
"""

from __future__ import annotations

from core_vm.field.koalabear import TWO_ADICITY, root_of_unity, to_montgomery
from core_vm.field.packed import monty_add, monty_decode, monty_encode, monty_mul, monty_sub
from core_vm.field.packed.transpose import load_block, store_block
from core_vm.hash.packed_poseidon2 import join, split
from core_vm.hash.poseidon2_kernels import FULL_16, PARTIAL_16, permute_packed
from core_vm.host.kernel_cache import borrowing_njit, njit
from recursion.witness.element_kernels import (
    ONE,
    add,
    add_product,
    complement,
    get,
    inverse,
    multiply,
    put,
    scale,
    subtract,
)
from recursion.witness.operations import (
    ARITH,
    BELOW,
    COPY,
    DOT,
    EXPAND,
    HORNER,
    INDEX,
    INVERSE,
    JAGGED,
    LINEAR,
    SPONGE,
    WEIGHT,
)

_STATE, _OCTET, _ELEMENT, _FOUR, _FIVE = 16, 8, 5, 4, 5
_STEPS = to_montgomery([root_of_unity(bit + 1) for bit in range(TWO_ADICITY)])
"""What the point of a domain is multiplied by for each bit of its number, lowest first."""


@njit
def _sponge(memory, arguments, header, out):
    """The state with the header, and behind it what the permutation makes of it: one state in all lanes."""
    for i in range(_STATE):
        memory[out + i] = memory[arguments[i]]
    memory[out + _OCTET] = monty_add(memory[out + _OCTET], header)
    state = join((load_block(memory, out, 0), load_block(memory, out + _OCTET, 0)))
    rate, capacity = split(permute_packed(state, FULL_16, PARTIAL_16))
    store_block(memory, out + _STATE, 0, rate)
    store_block(memory, out + _STATE + _OCTET, 0, capacity)


@njit
def _index(memory, arguments, out):
    """The low bits, and the point of the domain of 2^bits points that they number."""
    bits = arguments[1]
    low = monty_decode(memory[arguments[0]]) & ((1 << bits) - 1)
    point = ONE
    for bit in range(bits):
        if low >> bit & 1:
            point = monty_mul(point, _STEPS[bit])
    memory[out], memory[out + 1] = monty_encode(low), point


@njit
def _below(memory, arguments, out):
    tiles, less, z = monty_decode(memory[arguments[0]]), get(memory, arguments[1]), get(memory, arguments[2])
    inside = multiply(z, less)
    memory[out] = monty_encode(tiles >> 1)
    put(memory, out + 1, add(complement(z), inside) if tiles & 1 else subtract(less, inside))


@njit
def _jagged(memory, arguments, out):
    """`core_vm.poly.tile_sums.shifted_step`: `put` adds up in the cells, which are zero before."""
    start, tiles = monty_decode(memory[arguments[0]]), monty_decode(memory[arguments[1]])
    z, y = get(memory, arguments[6]), get(memory, arguments[7])
    both = multiply(z, y)
    y_only, z_only = subtract(y, both), subtract(z, both)
    neither = subtract(complement(z), y_only)
    memory[out], memory[out + 1] = monty_encode(start >> 1), monty_encode(tiles >> 1)
    for carry in range(2):
        at_least, less = get(memory, arguments[2 + 2 * carry]), get(memory, arguments[3 + 2 * carry])
        for j in range(2):
            total = (start & 1) + j + carry
            if j:
                factor = both if total & 1 else z_only
            else:
                factor = y_only if total & 1 else neither
            row = out + 2 + 2 * _ELEMENT * (total >> 1)
            if j == tiles & 1:
                put(memory, row, add_product(get(memory, row), at_least, factor))
                put(memory, row + _ELEMENT, add_product(get(memory, row + _ELEMENT), less, factor))
            else:
                row += _ELEMENT * (tiles & 1)
                put(memory, row, add_product(get(memory, row), add(at_least, less), factor))


@njit
def _weight(memory, arguments, out):
    x, product = memory[arguments[0]], get(memory, arguments[1])
    for j in range(_FIVE):
        y = get(memory, arguments[2 + j])
        product = add_product(product, product, scale(y, monty_sub(x, ONE)))
        x = monty_mul(x, x)
    memory[out] = x
    put(memory, out + 1, product)


@njit
def _expand(memory, arguments, out):
    e, z0, z1 = get(memory, arguments[0]), get(memory, arguments[1]), get(memory, arguments[2])
    odd = multiply(e, z0)
    even = subtract(e, odd)
    even_high, odd_high = multiply(even, z1), multiply(odd, z1)
    put(memory, out, subtract(even, even_high))
    put(memory, out + _ELEMENT, subtract(odd, odd_high))
    put(memory, out + 2 * _ELEMENT, even_high)
    put(memory, out + 3 * _ELEMENT, odd_high)


@njit
def _dot(memory, arguments, out):
    total = get(memory, arguments[0])
    for j in range(_FOUR):
        total = add_product(total, get(memory, arguments[1 + j]), get(memory, arguments[1 + _FOUR + j]))
    put(memory, out, total)


@njit
def _horner(memory, arguments, out):
    total, x = get(memory, arguments[0]), get(memory, arguments[1])
    for j in range(_FOUR):
        total = multiply(add(total, get(memory, arguments[2 + j])), x)
    put(memory, out, total)


@njit
def _arith(memory, arguments, factors, out):
    """product a b + l a + m b + n c + o, by product, l, m, n, o."""
    a, b, c = get(memory, arguments[0]), get(memory, arguments[1]), get(memory, arguments[2])
    total = scale(c, factors[3])
    if factors[0]:
        total = add_product(total, scale(a, factors[0]), b)
    if factors[1]:
        total = add(total, scale(a, factors[1]))
    if factors[2]:
        total = add(total, scale(b, factors[2]))
    put(memory, out, total)
    memory[out] = monty_add(memory[out], factors[4])


@njit
def _linear(memory, arguments, factors, out):
    """Four words times factors, and a constant."""
    total = scale(get(memory, arguments[0]), factors[0])
    for j in range(1, _FOUR):
        total = add(total, scale(get(memory, arguments[j]), factors[j]))
    put(memory, out, total)
    memory[out] = monty_add(memory[out], factors[_FOUR])


@njit
def _copy(memory, arguments, out):
    memory[out] = memory[arguments[0]]


@borrowing_njit(cache=True, nogil=True)
def run_operations(memory, operations, start, stop, arguments, factors):
    """Operations `start` to `stop`: (opcode, first argument, first factor, output)."""
    for number in range(start, stop):
        opcode, out = operations[number, 0], operations[number, 3]
        taken, given = arguments[operations[number, 1] :], factors[operations[number, 2] :]
        if opcode == ARITH:
            _arith(memory, taken, given, out)
        elif opcode == LINEAR:
            _linear(memory, taken, given, out)
        elif opcode == SPONGE:
            _sponge(memory, taken, given[0], out)
        elif opcode == JAGGED:
            _jagged(memory, taken, out)
        elif opcode == WEIGHT:
            _weight(memory, taken, out)
        elif opcode == DOT:
            _dot(memory, taken, out)
        elif opcode == HORNER:
            _horner(memory, taken, out)
        elif opcode == EXPAND:
            _expand(memory, taken, out)
        elif opcode == BELOW:
            _below(memory, taken, out)
        elif opcode == INDEX:
            _index(memory, taken, out)
        elif opcode == INVERSE:
            put(memory, out, inverse(get(memory, taken[0])))
        elif opcode == COPY:
            _copy(memory, taken, out)
