"""Products: MUL, MULW, and the upper halves MULH MULHSU MULHU.

A register is eight bytes. Limb n (16 bits) of a product gathers the byte products a_i b_j of positions i + j = 2n and,
times 2^8, 2n + 1: at most 16 products of each kind, so with the carry from below it stays under 2^29. It equals limb +
2^16 carry with limb below 2^16 and carry below 2^12: under 2^29 as well, so the equation modulo p is one of integers,
and both are unique.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from core_vm.air.expression import Expression
from core_vm.isa.operations import Operation
from core_vm.tables.gadgets.builder import InstructionTable
from core_vm.tables.gadgets.bytes import convolution, convolutions, read_bytes
from core_vm.tables.gadgets.rows import InstructionRows, split_bytes, split_limbs
from core_vm.tables.gadgets.witness_table import Value, Witness
from core_vm.witness.module import TableModule

CARRY_BITS = 12


def constrain_product(
    t: InstructionTable, products: list[Expression], limbs: list[Expression], carries_of: Witness
) -> None:
    """limbs = the number whose byte positions hold `products` (two a limb), modulo 2^16 to the number of limbs."""
    carry = t.columns("carry", len(limbs), carries_of)
    below: Value = 0
    for n, limb in enumerate(limbs):
        t.bit_range(CARRY_BITS, carry[n], t.real)
        total = products[2 * n] + 2**8 * products[2 * n + 1] + below
        t.constrain(f"product_limb_{n}_with_its_carry", total - limb - 2**16 * carry[n])
        below = carry[n]


def product_carries(products: list[np.ndarray]) -> list[np.ndarray]:
    """The carry out of each limb, of positions as in `constrain_product`."""
    carry, out = np.zeros(len(products[0]), np.int64), []
    for low, high in zip(products[::2], products[1::2], strict=True):
        carry = (low + (high << 8) + carry) >> 16
        out.append(carry)
    return out


def _low_table(name: str, operation: Operation, num_bytes: int, documentation: str) -> TableModule:
    t = InstructionTable(name, (operation,), documentation)
    rd, rs1, rs2 = t.register("rd"), t.register("rs1"), t.register("rs2")
    t.fetch(rd=rd, rs1=rs1, rs2=rs2)
    t.go_to()
    a = read_bytes(t, "rs1", rs1, 0, num_bytes)
    b = read_bytes(t, "rs2", rs2, 1, num_bytes)
    result = t.result_limbs() if num_bytes == 8 else t.result_word()

    def carries_of(rows: InstructionRows) -> list[np.ndarray]:
        x, y = (split_bytes(rows.value(register))[:, :num_bytes] for register in ("rs1", "rs2"))
        return product_carries(convolutions(x, y, num_bytes))

    products = [convolution(a, b, position) for position in range(num_bytes)]
    constrain_product(t, products, result[: num_bytes // 2], carries_of)
    t.write_register(rd, result)
    return t.module()


_SIGNED_FIRST, _SIGNED_SECOND = (Operation.MULH, Operation.MULHSU), (Operation.MULH,)


def _is_negative(name: str, signed: tuple[Operation, ...]) -> Callable[[InstructionRows], np.ndarray]:
    def witness(rows: InstructionRows) -> np.ndarray:
        return (rows.value(name) >> np.uint64(63)) * np.isin(rows.field("operation"), signed)

    return witness


_FIRST_IS_NEGATIVE = _is_negative("rs1", _SIGNED_FIRST)
_SECOND_IS_NEGATIVE = _is_negative("rs2", _SIGNED_SECOND)


def _high_carries(rows: InstructionRows) -> list[np.ndarray]:
    a, b = split_bytes(rows.value("rs1")), split_bytes(rows.value("rs2"))
    products = convolutions(a, b, 16)
    signs = 255 * rows.once(_FIRST_IS_NEGATIVE).astype(np.int64), 255 * rows.once(_SECOND_IS_NEGATIVE).astype(np.int64)
    prefixes = np.cumsum(b, axis=1, dtype=np.int64), np.cumsum(a, axis=1, dtype=np.int64)
    for position in range(8, 16):
        for sign, prefix in zip(signs, prefixes, strict=True):
            products[position] = products[position] + sign * prefix[:, position - 8]
    return product_carries(products)


def _sign(t: InstructionTable, name: str, top_byte: Expression, signed: tuple[Operation, ...]) -> Expression:
    """The sign of an operand: its highest bit where it is read as a signed number, else 0."""
    where_signed = sum((t.selector[operation] for operation in signed), 0 * t.real)
    negative = t.bit(f"{name}_is_negative", _FIRST_IS_NEGATIVE if name == "rs1" else _SECOND_IS_NEGATIVE)
    t.bit_range(7, top_byte - 2**7 * negative, where_signed)
    t.constrain(f"{name}_is_not_negative_when_unsigned", negative * (t.real - where_signed))
    return negative


def _high_table() -> TableModule:
    t = InstructionTable(
        "multiply_high",
        (Operation.MULH, Operation.MULHSU, Operation.MULHU),
        "MULH, MULHSU, MULHU: rd <- the upper 64 bits of the product, of signed or unsigned operands.",
    )
    rd, rs1, rs2 = t.register("rd"), t.register("rs1"), t.register("rs2")
    t.fetch(rd=rd, rs1=rs1, rs2=rs2)
    t.go_to()
    a, b = read_bytes(t, "rs1", rs1, 0), read_bytes(t, "rs2", rs2, 1)
    first_negative, second_negative = _sign(t, "rs1", a[7], _SIGNED_FIRST), _sign(t, "rs2", b[7], _SIGNED_SECOND)
    low = t.columns("low_product", 4, lambda rows: split_limbs(rows.value("rs1") * rows.value("rs2")))
    for limb in low:
        t.range16(limb, t.real)
    result = t.result_limbs()

    # Sign extension to 16 bytes: bytes 8 to 15 of a negative operand are 255. Modulo 2^128 only positions below 16
    # count, where an extended byte never meets another one; its products are 255 times a sum of the other's lowest
    # bytes.
    products: list[Expression] = []
    first_sum: Value = 0
    second_sum: Value = 0
    for position in range(16):
        total = convolution(a, b, position) if position < 15 else 0 * t.real
        if position >= 8:
            first_sum, second_sum = first_sum + a[position - 8], second_sum + b[position - 8]
            total = total + 255 * (first_negative * second_sum) + 255 * (second_negative * first_sum)
        products.append(total)
    constrain_product(t, products, low + result, _high_carries)
    t.write_register(rd, result)
    return t.module()


MULTIPLY = _low_table("multiply", Operation.MUL, 8, "MUL: rd <- rs1 * rs2.")
MULTIPLY_WORD = _low_table(
    "multiply_word", Operation.MULW, 4, "MULW: rd <- the low 32 bits of rs1 * rs2, sign-extended."
)
MULTIPLY_HIGH = _high_table()
MODULES = (MULTIPLY, MULTIPLY_WORD, MULTIPLY_HIGH)
