"""What the computing and comparing instructions compute, as LLVM's intermediate code.

The meaning is that of `arithmetic_kernels.compute` and `branch_kernels.is_taken`. An operand is the name of a 64-bit
value of LLVM's, or a number; a result is a name.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from core_vm.machine.execute.actions import Action


class Lines:
    """Intermediate code in the making. Names of values begin with `prefix`."""

    def __init__(self, prefix: str) -> None:
        self.lines: list[str] = []
        self._prefix, self._names = prefix, 0

    def name(self) -> str:
        """A new name."""
        self._names += 1
        return f"{self._prefix}{self._names}"

    def add(self, instruction: str) -> str:
        """The name of the instruction's value."""
        name = f"%{self.name()}"
        self.lines.append(f"{name} = {instruction}")
        return name

    def element(self, kind: str, array: str, place: int | str) -> str:
        """The address of an element of an array."""
        return self.add(f"getelementptr {kind}, ptr %{array}, i64 {place}")

    def rotate_right(self, value: str, distance: int) -> str:
        """A 64-bit value with its low bits at the upper end."""
        if not distance:
            return value
        low = self.add(f"shl i64 {value}, {64 - distance}")
        return self.add(f"or i64 {self.add(f'lshr i64 {value}, {distance}')}, {low}")


Emitter = Callable[[Lines, str, str], str]
_NOTHING_IS_DONE_BY_ZERO: Final = ("add", "sub", "or", "xor")


def is_number(value: str) -> bool:
    """Whether an operand is known: the others have names."""
    return value[0] != "%"


def _double(operation: str) -> Emitter:
    def emit(lines: Lines, a: str, b: str) -> str:
        if operation in _NOTHING_IS_DONE_BY_ZERO and "0" in (a, b):  # how a register is copied, and set
            if b == "0":
                return a
            if operation != "sub":
                return b
        return lines.add(f"{operation} i64 {a}, {b}")

    return emit


def _low(lines: Lines, value: str) -> str:
    if is_number(value):
        return str((int(value) + 2**31) % 2**32 - 2**31)
    return lines.add(f"trunc i64 {value} to i32")


def _extended(lines: Lines, value: str) -> str:
    return lines.add(f"sext i32 {value} to i64")


def _word(operation: str) -> Emitter:
    def emit(lines: Lines, a: str, b: str) -> str:
        return _extended(lines, lines.add(f"{operation} i32 {_low(lines, a)}, {_low(lines, b)}"))

    return emit


def _shift(operation: str) -> Emitter:
    def emit(lines: Lines, a: str, b: str) -> str:
        return lines.add(f"{operation} i64 {a}, {int(b) & 63 if is_number(b) else lines.add(f'and i64 {b}, 63')}")

    return emit


def _word_shift(operation: str) -> Emitter:
    def emit(lines: Lines, a: str, b: str) -> str:
        distance = int(b) & 31 if is_number(b) else lines.add(f"and i32 {_low(lines, b)}, 31")
        return _extended(lines, lines.add(f"{operation} i32 {_low(lines, a)}, {distance}"))

    return emit


def _is_less(condition: str) -> Emitter:
    return lambda lines, a, b: lines.add(f"zext i1 {lines.add(f'icmp {condition} i64 {a}, {b}')} to i64")


def _high_product(extend_a: str, extend_b: str) -> Emitter:
    def emit(lines: Lines, a: str, b: str) -> str:
        left, right = lines.add(f"{extend_a} i64 {a} to i128"), lines.add(f"{extend_b} i64 {b} to i128")
        product = lines.add(f"mul i128 {left}, {right}")
        return lines.add(f"trunc i128 {lines.add(f'lshr i128 {product}, 64')} to i64")

    return emit


def _divide(operation: str, bits: int) -> Emitter:
    """Division by zero gives -1, and all of the dividend as remainder; the least number by -1 itself, and no remainder.

    LLVM defines neither: there the divisor is 1, which is right for the second, and for the first is looked at again.
    """
    kind, is_signed, is_quotient = f"i{bits}", operation[0] == "s", operation.endswith("div")

    def emit(lines: Lines, a: str, b: str) -> str:
        if bits == 32:
            a, b = _low(lines, a), _low(lines, b)
        is_zero = lines.add(f"icmp eq {kind} {b}, 0")
        is_special = is_zero
        if is_signed:
            is_least = lines.add(f"icmp eq {kind} {a}, {-(2 ** (bits - 1))}")
            wraps = lines.add(f"and i1 {is_least}, {lines.add(f'icmp eq {kind} {b}, -1')}")
            is_special = lines.add(f"or i1 {is_zero}, {wraps}")
        divisor = lines.add(f"select i1 {is_special}, {kind} 1, {kind} {b}")
        result = lines.add(f"{operation} {kind} {a}, {divisor}")
        result = lines.add(f"select i1 {is_zero}, {kind} {-1 if is_quotient else a}, {kind} {result}")
        return _extended(lines, result) if bits == 32 else result

    return emit


EMITTERS: Final[dict[int, Emitter]] = {
    Action.ADD: _double("add"), Action.SUB: _double("sub"), Action.ADDW: _word("add"), Action.SUBW: _word("sub"),
    Action.AND: _double("and"), Action.OR: _double("or"), Action.XOR: _double("xor"),
    Action.SLT: _is_less("slt"), Action.SLTU: _is_less("ult"),
    Action.SLL: _shift("shl"), Action.SRL: _shift("lshr"), Action.SRA: _shift("ashr"),
    Action.SLLW: _word_shift("shl"), Action.SRLW: _word_shift("lshr"), Action.SRAW: _word_shift("ashr"),
    Action.MUL: _double("mul"), Action.MULW: _word("mul"), Action.MULH: _high_product("sext", "sext"),
    Action.MULHSU: _high_product("sext", "zext"), Action.MULHU: _high_product("zext", "zext"),
    Action.DIV: _divide("sdiv", 64), Action.DIVU: _divide("udiv", 64),
    Action.REM: _divide("srem", 64), Action.REMU: _divide("urem", 64),
    Action.DIVW: _divide("sdiv", 32), Action.DIVUW: _divide("udiv", 32),
    Action.REMW: _divide("srem", 32), Action.REMUW: _divide("urem", 32),
}  # fmt: skip
"""rd of each computing action from its operands."""

CONDITIONS: Final[dict[int, str]] = {
    Action.BEQ: "eq", Action.BNE: "ne", Action.BLT: "slt", Action.BGE: "sge", Action.BLTU: "ult", Action.BGEU: "uge",
}  # fmt: skip
"""When each branch is taken: a predicate of LLVM's `icmp`."""
