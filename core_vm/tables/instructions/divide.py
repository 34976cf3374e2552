"""Division: DIV DIVU, REM REMU, and the same on the low 32 bits. Quotient and remainder of magnitudes, then signs.

With N, D, Q, R the magnitudes of dividend, divisor, quotient and remainder, the tables prove N = Q D + R over the
integers and R < D, which has one solution, or that D is zero. RISC-V rounds towards zero, so the quotient is negative
if the signs of the operands differ, and the remainder has the sign of the dividend. What is left needs no case of its
own:
- MIN / -1: N = 2^63 (2^31), D = 1, so Q = 2^63, which is MIN again as a pattern of bits, and R = 0;
- a zero divisor: N = Q * 0 + R makes R = N, the remainder the ISA asks for; only the quotient, all ones, is set apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core_vm.air.expression import Expression
from core_vm.isa.operations import Operation
from core_vm.tables.gadgets.builder import InstructionTable, carries
from core_vm.tables.gadgets.bytes import convolution, convolutions, limbs_of_bytes
from core_vm.tables.gadgets.rows import InstructionRows, split_bytes, split_limbs
from core_vm.tables.gadgets.witness_table import Value
from core_vm.tables.instructions.multiply import CARRY_BITS, product_carries
from core_vm.witness.module import TableModule


class Magnitudes:
    """What the columns need, for a chunk of rows; `bits` is 64 or 32."""

    def __init__(self, rows: InstructionRows, signed: np.ndarray, bits: int) -> None:
        self.first_negative, self.dividend = _magnitude(rows.value("rs1"), signed, bits)
        self.second_negative, self.divisor = _magnitude(rows.value("rs2"), signed, bits)
        self.by_zero = self.divisor == 0
        nonzero = np.where(self.by_zero, np.uint64(1), self.divisor)
        self.quotient = np.where(self.by_zero, np.uint64(0), self.dividend // nonzero)
        self.remainder = self.dividend - self.quotient * self.divisor
        self.distance = np.where(self.by_zero, np.uint64(0), self.divisor - self.remainder - np.uint64(1))
        self.quotient_negative = (self.first_negative != self.second_negative) & ~self.by_zero


def _magnitude(values: np.ndarray, signed: np.ndarray, bits: int) -> tuple[np.ndarray, np.ndarray]:
    """Whether the low `bits` bits are a negative number (bool), and the number's absolute value (uint64)."""
    mask = np.uint64(2**bits - 1)
    values = values & mask
    negative = (values >> np.uint64(bits - 1)).astype(np.bool_) & signed
    return negative, np.where(negative, (~values + np.uint64(1)) & mask, values)


@dataclass(frozen=True)
class _Variant:
    """One of the four tables; `operations` are the signed and the unsigned one."""

    name: str
    operations: tuple[Operation, Operation]
    num_limbs: int
    is_remainder: bool

    def magnitudes(self, rows: InstructionRows) -> Magnitudes:
        return Magnitudes(rows, rows.is_operation(self.operations[0]), 16 * self.num_limbs)


class _DivisionTable(InstructionTable):
    """The columns that all four tables have."""

    def __init__(self, variant: _Variant) -> None:
        names = ", ".join(operation.name for operation in variant.operations)
        what = "remainder" if variant.is_remainder else "quotient"
        of = "the low 32 bits of rs1 and rs2, sign-extended" if variant.num_limbs == 2 else "rs1 and rs2"
        super().__init__(variant.name, variant.operations, f"{names}: rd <- the {what} of {of}.")
        self.variant, self.count = variant, variant.num_limbs
        # One object, so that a chunk's magnitudes are computed once.
        self.magnitudes = variant.magnitudes

    def of(self, rows: InstructionRows, name: str) -> np.ndarray:
        return getattr(rows.once(self.magnitudes), name)

    def limbs_of(self, name: str) -> list[Expression]:
        """Columns for the limbs of a magnitude, each below 2^16 by lookup."""
        limbs = self.columns(name, self.count, lambda rows: split_limbs(self.of(rows, name))[:, : self.count])
        for limb in limbs:
            self.range16(limb, self.real)
        return limbs

    def bytes_of(self, name: str) -> list[Expression]:
        """Columns for the bytes of a magnitude, each below 2^8 by lookup."""
        count = 2 * self.count
        values = self.columns(f"{name}_byte", count, lambda rows: split_bytes(self.of(rows, name))[:, :count])
        self.byte_pairs(values, self.real)
        return values

    def negative(self, register: str, top: Expression) -> Expression:
        """The sign of an operand: its highest bit where it is read as a signed number, else 0."""
        signed, unsigned = (self.selector[operation] for operation in self.operations)
        place = "first_negative" if register == "rs1" else "second_negative"
        sign = self.top_bit(f"{register}_is_negative", top, signed, lambda rows: self.of(rows, place))
        self.constrain(f"{register}_is_not_negative_when_unsigned", unsigned * sign)
        return sign

    def constrain_signed(
        self, name: str, value: Sequence[Value], magnitude: Sequence[Value], negative: Expression, plain: Expression
    ) -> None:
        """value = magnitude where `plain` is 1, and value + magnitude = 0 modulo 2^(16 count) where `negative` is 1.

        All limbs are below 2^16. In the sum value_i + magnitude_i + carry = 2^16 carry', a bit carry' leaves one
        value_i for each magnitude_i and the other way round: 0 if the rest is 0 (2^16 is out of range), else 2^16 less
        the rest.
        """
        for i in range(self.count):
            self.constrain(f"{name}_limb_{i}_is_its_magnitude", plain * (value[i] - magnitude[i]))
        for i, carry in enumerate(carries([0] * self.count, value, magnitude)):
            self.constrain(f"{name}_carry_{i}_of_its_negation_is_a_bit", negative * carry * (carry - 1))


def _constrain_division(
    t: _DivisionTable, dividend: list[Expression], divisor: list[Expression], quotient: list[Expression],
    remainder: list[Expression],
) -> None:  # fmt: skip
    """dividend = quotient * divisor + remainder over the integers; divisor and quotient are bytes.

    A limb gathers at most 8 byte products of each of its two positions, the second kind times 2^8: with remainder and
    carry it stays below 2^29, as limb + 2^16 carry does for a carry below 2^12. So each equation modulo p is one of
    integers. Nothing may be carried out of the highest limb, and the products above it, at most 28 below 2^16, add up
    to an integer below p that is zero only if all of them are.
    """
    count = t.count

    def witness(rows: InstructionRows) -> list[np.ndarray]:
        a, b = (split_bytes(t.of(rows, name))[:, : 2 * count] for name in ("quotient", "divisor"))
        products = convolutions(a, b, 2 * count)
        limbs = split_limbs(t.of(rows, "remainder")).astype(np.int64)
        for i in range(count):
            products[2 * i] = products[2 * i] + limbs[:, i]
        return product_carries(products)[: count - 1]

    carry = t.columns("carry", count - 1, witness)
    below: Value = 0
    for i in range(count):
        above: Value = carry[i] if i + 1 < count else 0
        if i + 1 < count:
            t.bit_range(CARRY_BITS, carry[i], t.real)
        products = convolution(quotient, divisor, 2 * i) + 2**8 * convolution(quotient, divisor, 2 * i + 1)
        total = products + remainder[i] + below
        t.constrain(f"limb_{i}_of_the_dividend_is_that_of_quotient_times_divisor_plus_remainder",
                    total - dividend[i] - 2**16 * above)  # fmt: skip
        below = above
    high = sum((convolution(quotient, divisor, position) for position in range(2 * count, 4 * count - 1)), 0 * t.real)
    t.constrain("the_product_has_no_higher_limbs", high)


def _table(variant: _Variant) -> TableModule:
    t = _DivisionTable(variant)
    count = variant.num_limbs
    rd, rs1, rs2 = t.register("rd"), t.register("rs1"), t.register("rs2")
    t.fetch(rd=rd, rs1=rs1, rs2=rs2)
    t.go_to()
    a, b = t.read_register("rs1", rs1, 0), t.read_register("rs2", rs2, 1)

    first_negative, second_negative = t.negative("rs1", a[count - 1]), t.negative("rs2", b[count - 1])
    dividend, divisor_bytes = t.limbs_of("dividend"), t.bytes_of("divisor")
    divisor = limbs_of_bytes(divisor_bytes)
    t.constrain_signed("rs1", a, dividend, first_negative, t.real - first_negative)
    t.constrain_signed("rs2", b, divisor, second_negative, t.real - second_negative)

    quotient_bytes, remainder = t.bytes_of("quotient"), t.limbs_of("remainder")
    _constrain_division(t, dividend, divisor_bytes, quotient_bytes, remainder)
    by_zero = _constrain_remainder(t, divisor_bytes, remainder)

    result = t.result_limbs() if count == 4 else t.result_word()
    if variant.is_remainder:
        t.constrain_signed("result", result, remainder, first_negative, t.real - first_negative)
    else:
        negated = t.column("quotient_is_negative", lambda rows: t.of(rows, "quotient_negative"))
        differ = first_negative + second_negative - 2 * first_negative * second_negative
        t.constrain("the_quotient_is_negative_if_the_signs_differ", negated - differ * (1 - by_zero))
        for i in range(count):
            t.constrain(f"limb_{i}_of_a_quotient_by_zero_is_all_ones", by_zero * (result[i] - 0xFFFF))
        t.constrain_signed("result", result, limbs_of_bytes(quotient_bytes), negated, t.real - by_zero - negated)
    t.write_register(rd, result)
    return t.module()


def _constrain_remainder(t: _DivisionTable, divisor_bytes: list[Expression], remainder: list[Expression]) -> Expression:
    """A bit that says that the divisor is zero; if it is 0, remainder < divisor (so that the divisor is not zero).

    divisor = remainder + distance + 1 without a carry out of the highest limb; all limbs are below 2^16, so each carry,
    a bit, makes the equation of its limb one of integers.
    """
    by_zero = t.bit("divisor_is_zero", lambda rows: t.of(rows, "by_zero"))
    # At most eight bytes: their sum is zero only if all are.
    t.constrain("a_zero_divisor_has_only_zero_bytes", by_zero * sum(divisor_bytes, 0 * t.real))
    distance = t.limbs_of("distance")
    *inner, last = carries(limbs_of_bytes(divisor_bytes), remainder, distance, first=1)
    for i, carry in enumerate(inner):
        t.constrain(f"distance_carry_{i}_is_a_bit", (t.real - by_zero) * carry * (carry - 1))
    t.constrain("the_remainder_is_below_the_divisor", (t.real - by_zero) * last)
    return by_zero


MODULES = tuple(
    _table(variant)
    for variant in (
        _Variant("divide", (Operation.DIV, Operation.DIVU), 4, False),
        _Variant("remainder", (Operation.REM, Operation.REMU), 4, True),
        _Variant("divide_word", (Operation.DIVW, Operation.DIVUW), 2, False),
        _Variant("remainder_word", (Operation.REMW, Operation.REMUW), 2, True),
    )
)
