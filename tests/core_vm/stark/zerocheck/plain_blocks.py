"""Fused tapes in blocks as plain tapes: what their operations mean."""

from __future__ import annotations

import numpy as np

from core_vm.air.tape import Opcode, Tape, run_tape
from core_vm.field.koalabear import P
from core_vm.stark.zerocheck.blocked_tape import BlockedTape
from core_vm.stark.zerocheck.fused_tape import COMBINATION, READS_TWO, SQUARES, SUMS

Row = list[int]


def emitted(tape: Tape, columns: list[int]) -> dict[int, int]:
    """What a tape emits, by constraint; no constraint twice."""
    found: dict[int, int] = {}

    def emit(number: int, value: int) -> None:
        assert number not in found
        found[number] = value % P

    run_tape(tape, columns, emit)
    return found


def in_one_piece(tape: Tape, cut: BlockedTape) -> Tape:
    """Registers follow the columns, and hold nothing until a fill, here an addition of zero, or an operation writes
    them. Three more are for steps of fused operations."""
    code, zero = list[Row](), len(tape.constants)
    for first_fill, last_fill, first, last in cut.blocks.tolist():
        for column, register in cut.fills[first_fill:last_fill].tolist():
            code.append([Opcode.ADD_CONSTANT, tape.width + register, column, zero])
        plain = _unfused(cut.operations[first:last].tolist(), cut.num_registers, zero)
        code += moved(np.array(plain, np.int64).reshape(-1, 4), tape.width).tolist()
    return Tape(tape.width, tape.num_constraints, cut.num_registers + 3, np.array(code), (*tape.constants, 0))


def _unfused(rows: list[Row], free: int, zero: int) -> list[Row]:
    out, at = list[Row](), 0
    while at < len(rows):
        opcode, d, a, count = rows[at]
        at += 1
        if opcode < SUMS:
            out.append([opcode, d, a, count])
            continue
        steps, at = rows[at : at + count], at + count
        assert len(steps) == count
        if opcode == SQUARES:
            out += [row for step in steps for row in _square_less(step, free)]
            continue
        out.append([Opcode.ADD_CONSTANT, free, a, zero])
        for step in steps:
            if opcode == COMBINATION:
                out += _added(step[:2], free) + _added(step[2:], free)
                continue
            out += _doubled(step[: opcode - SUMS + 1], free)
        out.append([Opcode.ADD_CONSTANT, d, free, zero])
    return out


def _square_less(step: Row, free: int) -> list[Row]:
    x, y, number, _ = step
    return [[Opcode.MULTIPLY, free, x, x], [Opcode.SUBTRACT, free, free, y], [Opcode.EMIT, number, free, 0]]


def _added(term: Row, free: int) -> list[Row]:
    """t <- t + a value times a constant, t being the first free register."""
    return [[Opcode.MULTIPLY_CONSTANT, free + 1, *term], [Opcode.ADD, free, free, free + 1]]


def _doubled(factors: Row, free: int) -> list[Row]:
    """t <- 2 t + the product of the factors, t being the first free register."""
    product, out = factors[0], list[Row]()
    for factor in factors[1:]:
        out.append([Opcode.MULTIPLY, free + 1, product, factor])
        product = free + 1
    return [*out, [Opcode.DOUBLE_ADD, free, free, product]]


def moved(operations: np.ndarray, by: int) -> np.ndarray:
    """The same plain operations of operands whose numbers are larger by `by`."""
    found = operations.copy()
    found[found[:, 0] != Opcode.EMIT, 1] += by
    found[:, 2] += by
    found[np.isin(found[:, 0], list(READS_TWO)), 3] += by
    return found
