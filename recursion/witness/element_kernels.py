"""Elements of K inside kernels as tuples of five Montgomery words, in memory one word after the other."""

from __future__ import annotations

import numpy as np

from core_vm.field.extension import DEGREE
from core_vm.field.koalabear import MONTGOMERY_R, P
from core_vm.field.packed import ext_mul_scalar, monty_add, monty_mul, monty_sub
from core_vm.host.kernel_cache import njit

ONE, ZERO = np.uint32(MONTGOMERY_R), np.uint32(0)
EXPONENT_BITS = np.array([int(bit) for bit in f"{P**DEGREE - 2:b}"[1:]], np.uint8)
"""Of p^5 - 2, without the highest one."""


@njit
def get(memory, at):
    """The element whose five words start here."""
    return memory[at], memory[at + 1], memory[at + 2], memory[at + 3], memory[at + 4]


@njit
def put(memory, at, x):
    """Write its five words."""
    memory[at], memory[at + 1], memory[at + 2], memory[at + 3], memory[at + 4] = x


@njit
def add(x, y):
    """x + y."""
    low = monty_add(x[0], y[0]), monty_add(x[1], y[1]), monty_add(x[2], y[2])
    return low[0], low[1], low[2], monty_add(x[3], y[3]), monty_add(x[4], y[4])


@njit
def subtract(x, y):
    """x - y."""
    low = monty_sub(x[0], y[0]), monty_sub(x[1], y[1]), monty_sub(x[2], y[2])
    return low[0], low[1], low[2], monty_sub(x[3], y[3]), monty_sub(x[4], y[4])


@njit
def scale(x, factor):
    """x times a factor of F."""
    low = monty_mul(x[0], factor), monty_mul(x[1], factor), monty_mul(x[2], factor)
    return low[0], low[1], low[2], monty_mul(x[3], factor), monty_mul(x[4], factor)


@njit
def complement(x):
    """1 - x."""
    return subtract((ONE, ZERO, ZERO, ZERO, ZERO), x)


@njit
def multiply(x, y):
    """x y: a function that is compiled once, where `ext_mul_scalar` is compiled into every place that calls it."""
    return ext_mul_scalar(x, y)


@njit
def add_product(total, x, y):
    """total + x y."""
    return add(total, multiply(x, y))


@njit
def inverse(x):
    """x^(p^5 - 2), bit by bit from the highest one: the inverse, and zero of zero."""
    power = x
    for bit in EXPONENT_BITS:
        power = multiply(power, power)
        if bit:
            power = multiply(power, x)
    return power
