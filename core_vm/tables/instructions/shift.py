"""Shifts: SLL, SRL, SRA by a register, SLLI, SRLI, SRAI by an immediate, and their forms of 32 bits, SLLW, SRLW, SRAW,
SLLIW, SRLIW, SRAIW. One generator, eight tables.

Let t < 16. Every limb splits into its lowest t bits and the rest, limb = high 2^t + low. A shift to the right by t then
has the limbs glue_i = high_i + 2^(16 - t) low_{i+1}, and a shift by 16 q + t to the right moves them down by q:
result_i = glue_{i+q}. A shift to the left by 16 q - t moves them up: result_i = glue_{i-q}. (So q counts limbs rounded
up, and t is zero if the amount is a multiple of 16.)
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core_vm.air.expression import Expression, as_expression
from core_vm.isa.operations import Operation
from core_vm.tables import buses
from core_vm.tables.gadgets.builder import InstructionTable
from core_vm.tables.gadgets.rows import InstructionRows
from core_vm.witness.module import TableModule


@dataclass(frozen=True)
class _Variant:
    """Which of the eight tables."""

    left: bool
    word: bool
    immediate: bool

    @property
    def name(self) -> str:
        parts = ["shift", "left" if self.left else "right"]
        return "_".join(parts + ["word"] * self.word + ["immediate"] * self.immediate)

    @property
    def operations(self) -> tuple[Operation, ...]:
        names = ("SLL",) if self.left else ("SRL", "SRA")
        return tuple(Operation[name + "I" * self.immediate + "W" * self.word] for name in names)

    @property
    def num_limbs(self) -> int:
        return 2 if self.word else 4

    @property
    def log_bits(self) -> int:
        return 5 if self.word else 6

    def amount(self, rows: InstructionRows) -> np.ndarray:
        """int64 (n,)."""
        operand = rows.field("immediate") if self.immediate else rows.value("rs2")
        return (operand & np.uint64((1 << self.log_bits) - 1)).astype(np.int64)

    def bit_shift(self, rows: InstructionRows) -> np.ndarray:
        amount = self.amount(rows)
        return (-amount if self.left else amount) & 15

    def limb_shift(self, rows: InstructionRows) -> np.ndarray:
        return (self.amount(rows) + (15 if self.left else 0)) >> 4

    def limbs(self, rows: InstructionRows) -> np.ndarray:
        return rows.limbs("rs1")[:, : self.num_limbs].astype(np.int64)

    def high(self, rows: InstructionRows) -> np.ndarray:
        return self.limbs(rows) >> self.bit_shift(rows)[:, None]

    def low(self, rows: InstructionRows) -> np.ndarray:
        return self.limbs(rows) & ((1 << self.bit_shift(rows)) - 1)[:, None]

    def is_filled(self, rows: InstructionRows) -> np.ndarray:
        """Whether ones are shifted in."""
        top = rows.limbs("rs1")[:, self.num_limbs - 1] >> 15
        return top * rows.is_operation(self.operations[-1])


class _ShiftTable(InstructionTable):
    """Columns of the amount, and the glued limbs."""

    def __init__(self, variant: _Variant, documentation: str) -> None:
        super().__init__(variant.name, variant.operations, documentation)
        self.variant = variant

    def declare_amount(self) -> Expression:
        """The shift amount, affine in the columns for t, 2^t, 2^(16 - t) and the number of limbs q, one bit a value."""
        v = self.variant
        self.bit_shift = self.column("bit_shift", v.bit_shift)
        self.power = self.column("power", lambda rows: 1 << v.bit_shift(rows))
        self.co_power = self.column("co_power", lambda rows: 1 << (16 - v.bit_shift(rows)))
        # The lookups of `split` tie the power to t.
        self.constrain("power_times_co_power_is_2_to_the_16", self.power * self.co_power - 2**16 * self.real)
        count = v.num_limbs + 1 if v.left else v.num_limbs
        others = self.bits("moved_by_limbs", count - 1, lambda rows: [v.limb_shift(rows) == q for q in range(1, count)])
        any_other = sum(others, as_expression(0))
        if len(others) > 1:
            self.constrain("moved_by_one_number_of_limbs", any_other * (any_other - 1))
        self.moved = [self.real - any_other, *others]
        moved = sum((16 * q * bit for q, bit in enumerate(self.moved)), as_expression(0))
        return moved - self.bit_shift if v.left else moved + self.bit_shift

    def split(self, limbs: list[Expression]) -> None:
        """limb = high 2^t + low with low < 2^t by lookup, and high + 2^t - 1 below 2^16.

        high is then in (-2^15, 2^16 - 2^t], so high 2^t + low is in (-2^30, 2^30 + 2^15): as a limb is below 2^16, the
        equation modulo p is one of integers, and as low < 2^t it has one solution. (The bound on high holds for every
        true one: high <= 2^(16 - t) - 1, and 2^(16 - t) + 2^t <= 2^16 + 1 for t from 0 to 15.)
        """
        count = self.variant.num_limbs
        self.high = self.columns("high", count, self.variant.high)
        self.low = self.columns("low", count, self.variant.low)
        for i in range(count):
            self.constrain(f"limb_{i}_splits", self.high[i] * self.power + self.low[i] - limbs[i])
            self.send(buses.BIT_RANGE, (self.bit_shift, self.power, self.low[i]), self.real)
            self.range16(self.high[i] + self.power - 1, self.real)

    def glue(self, i: int, fill: Expression) -> Expression:
        """Limb i of the value shifted to the right by t: below 2^16, as its parts have no bit in common."""
        count = self.variant.num_limbs
        if i < -1:
            return as_expression(0)
        if i >= count:
            return 0xFFFF * fill
        high = self.high[i] if i >= 0 else as_expression(0)
        if i + 1 < count:
            return high + self.co_power * self.low[i + 1]
        # The lowest t bits of a limb of ones, moved up: 2^16 - 2^(16 - t).
        return high + fill * (2**16 - self.co_power)


def _table(variant: _Variant) -> TableModule:
    how = "left" if variant.left else "right"
    by = "the immediate" if variant.immediate else "rs2"
    of = "the low 32 bits of rs1, sign-extending the result" if variant.word else "rs1"
    t = _ShiftTable(variant, f"{', '.join(op.name for op in variant.operations)}: shift {of} to the {how} by {by}.")
    rd, rs1 = t.register("rd"), t.register("rs1")
    rs2 = None if variant.immediate else t.register("rs2")
    amount = t.declare_amount()
    if rs2 is None:
        # The program holds an amount below 64 (32), which fixes q and t.
        t.fetch(rd=rd, rs1=rs1, immediate=(amount, 0, 0, 0))
    else:
        t.fetch(rd=rd, rs1=rs1, rs2=rs2)
    t.go_to()
    a = t.read_register("rs1", rs1, 0)
    if rs2 is not None:
        _bind_amount(t, amount, t.read_register("rs2", rs2, 1)[0])

    fill = as_expression(0)
    if not variant.left:
        logical, arithmetic = variant.operations
        fill = t.top_bit("fill", a[variant.num_limbs - 1], t.selector[arithmetic], variant.is_filled)
        t.constrain("a_logical_shift_fills_with_zeros", t.selector[logical] * fill)
    t.split(a[: variant.num_limbs])
    _write_result(t, rd, fill)
    return t.module()


def _bind_amount(t: _ShiftTable, amount: Expression, limb: Expression) -> None:
    """amount = the lowest limb of rs2 modulo 64 (32): limb = amount + 64 rest, rest below 2^16, so below 2^23 in all.

    To the right, q and t make every amount below 64 and no other. To the left they could also make -t or 64.
    """
    log_bits = t.variant.log_bits
    t.range16((limb - amount) / 2**log_bits, t.real)
    if t.variant.left:
        t.bit_range(log_bits, amount, t.real)


def _write_result(t: _ShiftTable, rd: Expression, fill: Expression) -> None:
    """rd <- the glued limbs, moved; every one of them is below 2^16."""
    count = t.variant.num_limbs
    result = t.columns("result", count, lambda rows: rows.limbs("result")[:, :count])
    for i, limb in enumerate(result):
        expected = as_expression(0)
        for q, moved in enumerate(t.moved):
            expected = expected + moved * t.glue(i - q if t.variant.left else i + q, fill)
        t.constrain(f"limb_{i}_of_the_result_is_moved_and_glued", limb - expected)
    if t.variant.word:
        negative = t.top_bit("result_is_negative", result[1], t.real, lambda rows: rows.limbs("result")[:, 1] >> 15)
        result += [0xFFFF * negative] * 2
    t.write_register(rd, result)


MODULES = tuple(
    _table(_Variant(left, word, immediate))
    for left in (True, False)
    for word in (False, True)
    for immediate in (False, True)
)
