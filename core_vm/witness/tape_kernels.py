"""The values of constraints, row by row: an interpreter of tapes for whoever wants to know which one does not hold."""

from __future__ import annotations

import numpy as np

from core_vm.air.tape import Opcode
from core_vm.field.koalabear import P
from core_vm.host.kernel_cache import njit

BLOCK = 32
"""Rows at once: enough that what an operation costs beside its arithmetic counts little."""
_P = np.uint64(P)
_ADD, _SUBTRACT, _MULTIPLY, _DOUBLE_ADD, _EMIT = (
    int(op) for op in (Opcode.ADD, Opcode.SUBTRACT, Opcode.MULTIPLY, Opcode.DOUBLE_ADD, Opcode.EMIT)
)
_ADD_CONSTANT, _MULTIPLY_CONSTANT = int(Opcode.ADD_CONSTANT), int(Opcode.MULTIPLY_CONSTANT)


@njit(cache=True, nogil=True)
def constraint_values(operations, constants, columns, registers, values):
    """values[n, r] becomes constraint n on row r: uint32, canonical, as the uint64 `columns` (width, rows) are.

    `operations` and `constants` (uint64) are a tape's; `registers` uint64 (width + num_registers, BLOCK).
    """
    width, rows = columns.shape
    for start in range(0, rows, BLOCK):
        count = min(BLOCK, rows - start)
        registers[:width, :count] = columns[:, start : start + count]
        for at in range(operations.shape[0]):
            opcode, d, a, b = operations[at, 0], operations[at, 1], operations[at, 2], operations[at, 3]
            if opcode == _EMIT:
                for r in range(count):
                    values[d, start + r] = np.uint32(registers[a, r])
            elif opcode == _ADD:
                for r in range(count):
                    registers[d, r] = (registers[a, r] + registers[b, r]) % _P
            elif opcode == _SUBTRACT:
                for r in range(count):
                    registers[d, r] = (registers[a, r] + _P - registers[b, r]) % _P
            elif opcode == _MULTIPLY:
                for r in range(count):
                    registers[d, r] = registers[a, r] * registers[b, r] % _P
            elif opcode == _DOUBLE_ADD:
                for r in range(count):
                    registers[d, r] = (registers[a, r] + registers[a, r] + registers[b, r]) % _P
            elif opcode == _ADD_CONSTANT:
                for r in range(count):
                    registers[d, r] = (registers[a, r] + constants[b]) % _P
            elif opcode == _MULTIPLY_CONSTANT:
                for r in range(count):
                    registers[d, r] = registers[a, r] * constants[b] % _P
            else:  # CONSTANT_SUBTRACT
                for r in range(count):
                    registers[d, r] = (constants[b] + _P - registers[a, r]) % _P
