"""The constraints of a table as a tape: straight-line code over registers, run by a plain and a packed interpreter.

A tape, not generated code: compiling a table's constraints into one function costs minutes and runs slower, because the
registers of the processor spill. Operand numbers below `width` name columns; number `width + i` names register i.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np

from core_vm.air.expression import Expression
from core_vm.air.leading import LeadingForms
from core_vm.air.table import MAX_DEGREE, Table
from core_vm.field.koalabear import P

Numbered = tuple[int, Expression]
"""An expression and the number of its constraint."""


class Opcode(IntEnum):
    """`d <- a op b`; in the _CONSTANT forms b is an index into `constants`. EMIT: a is the value of constraint d."""

    ADD = 0
    SUBTRACT = 1
    MULTIPLY = 2
    ADD_CONSTANT = 3
    MULTIPLY_CONSTANT = 4
    CONSTANT_SUBTRACT = 5  # constant b minus operand a
    DOUBLE_ADD = 6  # 2 a + b: what a sum by Horner's rule of powers of two, the value of a word of bits, consists of
    EMIT = 7


@dataclass(frozen=True, slots=True, eq=False)
class Tape:
    """`operations` is int32 (n, 4): opcode, d, a, b. `constants` are canonical. `num_registers` temporaries needed."""

    width: int
    num_constraints: int
    num_registers: int
    operations: np.ndarray
    constants: tuple[int, ...]


class _Compiler:
    """Common subexpressions once; registers reused as soon as their last reader has run."""

    def __init__(self, width: int) -> None:
        self.constants: dict[int, int] = {}
        self.code: list[tuple[int, int, int, int]] = []  # operands in single-assignment numbering
        self.known: dict[tuple[int, int, int], int] = {}
        self.next_value = width
        self.numbers: dict[int, int] = {}
        self.keep_alive: list[Expression] = []

    def constant(self, value: int) -> int:
        return self.constants.setdefault(value, len(self.constants))

    def scaled(self, a: int, factor: int) -> int:
        """A doubling is an addition: it costs a fraction of a product."""
        if factor == 2:
            return self.emit(Opcode.ADD, a, a)
        return self.emit(Opcode.MULTIPLY_CONSTANT, a, self.constant(factor))

    def emit(self, opcode: Opcode, a: int, b: int) -> int:
        if opcode in (Opcode.ADD, Opcode.MULTIPLY) and a > b:
            a, b = b, a
        form = (opcode, a, b)
        if form not in self.known:
            self.known[form] = self.next_value
            self.code.append((opcode, self.next_value, a, b))
            self.next_value += 1
        return self.known[form]

    def value(self, expression: Expression) -> int:
        """The number of the value of a non-constant expression."""
        if expression.kind == "column":
            return expression.value
        if id(expression) not in self.numbers:
            self.keep_alive.append(expression)
            self.numbers[id(expression)] = self._operation(expression)
        return self.numbers[id(expression)]

    def _operation(self, expression: Expression) -> int:
        left, right = expression.left, expression.right
        assert left is not None
        assert right is not None
        if left.kind == "constant":
            if expression.kind == "multiply":
                return self.scaled(self.value(right), left.value)
            opcode = Opcode.ADD_CONSTANT if expression.kind == "add" else Opcode.CONSTANT_SUBTRACT
            return self.emit(opcode, self.value(right), self.constant(left.value))
        if right.kind == "constant":
            if expression.kind == "multiply":
                return self.scaled(self.value(left), right.value)
            term = right.value if expression.kind == "add" else -right.value % P
            return self.emit(Opcode.ADD_CONSTANT, self.value(left), self.constant(term))
        if expression.kind == "add" and left.kind == "multiply" and (doubled := _half(left)):
            return self.emit(Opcode.DOUBLE_ADD, self.value(doubled), self.value(right))
        opcode = {"add": Opcode.ADD, "subtract": Opcode.SUBTRACT, "multiply": Opcode.MULTIPLY}
        return self.emit(opcode[expression.kind], self.value(left), self.value(right))


def _half(product: Expression) -> Expression | None:
    """x, if the product is 2 x."""
    assert product.left is not None
    assert product.right is not None
    for factor, other in ((product.left, product.right), (product.right, product.left)):
        if factor.kind == "constant" and factor.value == 2:
            return other
    return None


_READS_TWO = (Opcode.ADD, Opcode.SUBTRACT, Opcode.MULTIPLY, Opcode.DOUBLE_ADD)


def compile_tape(table: Table) -> Tape:
    """The tape that emits every constraint of `table`, in the order in which they are declared."""
    values = [(number, constraint.expression) for number, constraint in enumerate(table.constraints)]
    return compile_values(table.width, len(values), values)


def leading_parts(values: Sequence[Numbered]) -> list[Numbered]:
    """Of degree MAX_DEGREE."""
    forms = LeadingForms()
    return [(number, forms.of(expression, MAX_DEGREE)) for number, expression in values]


def compile_values(width: int, num_constraints: int, values: Sequence[Numbered]) -> Tape:
    """The tape over `width` columns that emits these expressions, each as what constraint it is numbered as."""
    compiler = _Compiler(width)
    for number, expression in values:
        if expression.kind == "constant":
            continue  # the constant is zero: the zero row was checked
        value = compiler.value(expression)
        compiler.code.append((Opcode.EMIT, number, value, 0))
    operations, num_registers = _allocate(compiler.code, width)
    return Tape(width, num_constraints, num_registers, operations, tuple(compiler.constants))


def _allocate(code: list[tuple[int, int, int, int]], width: int) -> tuple[np.ndarray, int]:
    last_use: dict[int, int] = {}
    for at, (opcode, _, a, b) in enumerate(code):
        last_use[a] = at
        if opcode in _READS_TWO:
            last_use[b] = at
    place: dict[int, int] = {}
    free: list[int] = []
    num_registers = 0
    out: list[int] = []
    for at, (opcode, d, a, b) in enumerate(code):
        source, other = place.get(a, a), b
        if a >= width and last_use[a] == at:
            free.append(source)
        if opcode in _READS_TWO:
            other = place.get(b, b)
            if b >= width and b != a and last_use[b] == at:
                free.append(other)
        if opcode != Opcode.EMIT:
            if not free:
                free.append(width + num_registers)
                num_registers += 1
            register = free.pop()
            place[d], d = register, register
        out += (opcode, d, source, other)
    return np.fromiter(out, np.int32, len(out)).reshape(-1, 4), num_registers


def run_tape(tape: Tape, columns: Sequence[Any], emit: Callable[[int, Any], None]) -> None:
    """The plain interpreter, and the definition of what a tape means.

    `columns` are values of any ring with +, -, * that also mix with canonical integers (extension elements, circuit
    variables, arrays); `emit(constraint number, value)` is called once a constraint. A doubling is a product with an
    integer here: where elements are counted or are nodes of a circuit, that is no sum of two of them.
    """
    values: list[Any] = list(columns) + [None] * tape.num_registers
    constants = tape.constants
    for opcode, d, a, b in tape.operations.tolist():
        if opcode == Opcode.EMIT:
            emit(d, values[a])
        elif opcode == Opcode.ADD:
            values[d] = values[a] + values[b] if a != b else values[a] * 2
        elif opcode == Opcode.SUBTRACT:
            values[d] = values[a] - values[b]
        elif opcode == Opcode.MULTIPLY:
            values[d] = values[a] * values[b]
        elif opcode == Opcode.DOUBLE_ADD:
            values[d] = values[a] * 2 + values[b]
        elif opcode == Opcode.ADD_CONSTANT:
            values[d] = values[a] + constants[b]
        elif opcode == Opcode.MULTIPLY_CONSTANT:
            values[d] = values[a] * constants[b]
        else:
            values[d] = constants[b] - values[a]
