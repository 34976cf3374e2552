"""ECALL in the interpreters: which call the registers ask for, whether it is allowed, and a precompile's computation.

Both interpreters run precompiles without going back to the driver. What they know of one is its row of
`calls.CallTable`, in which stands the address of its compiled function.
"""

from __future__ import annotations

from collections.abc import Callable
from types import FunctionType
from typing import cast

import numpy as np
from llvmlite import ir

from core_vm.host.kernel_cache import callback, njit
from core_vm.host.kernel_language import intrinsic, types
from core_vm.machine.execute.calls import (
    EXIT_NUMBER,
    NUMBER_REGISTER,
    OPERAND_FIELDS,
    WRITE_NUMBER,
    CallField,
    CallKind,
)
from core_vm.machine.precompile import POINTER_REGISTERS, ComputeKernel
from core_vm.state.memory_map import ADDRESS_LIMIT

_PLAIN, _SHARED = callback("uint64*"), callback("uint64*, int64")


def compute_kernel(function: Callable[..., bool]) -> ComputeKernel:
    """Compiles what a precompile computes: a function of one pointer to its operands' dwords (uint64), one operand
    after the other. It puts the new values of the write operands in their places, changes nothing else, and returns
    True; or False, if the call has no result: then the guest traps.

    A function that several precompiles share, and that is so compiled once, takes a second argument: the `parameter`
    of the one that is called. Both kinds are called with both arguments: in the calling conventions of C the caller
    passes them in registers, of which a function looks at those that it knows.
    """
    return (_SHARED if function.__code__.co_argcount == 2 else _PLAIN)(cast("FunctionType", function))


MAX_OPERANDS = len(POINTER_REGISTERS)
_NUMBER, _COMPUTE, _OPERANDS = int(CallField.NUMBER), int(CallField.COMPUTE), int(CallField.OPERANDS)
_PARAMETER = int(CallField.PARAMETER)
_EXIT, _WRITE, _PRECOMPILE = int(CallKind.EXIT), int(CallKind.WRITE), int(CallKind.PRECOMPILE)
_UNKNOWN, _BAD_STREAM, _BAD_BUFFER = int(CallKind.UNKNOWN), int(CallKind.BAD_STREAM), int(CallKind.BAD_BUFFER)
_BAD_ARGUMENT, _BAD_OPERAND, _OVERLAP = int(CallKind.BAD_ARGUMENT), int(CallKind.BAD_OPERAND), int(CallKind.OVERLAP)
_LIMIT = np.uint64(ADDRESS_LIMIT)


@njit
def operand_span(call, k, registers):
    """First dword and number of dwords of operand k, whose address has been checked; none of an operand not there."""
    at = _OPERANDS + OPERAND_FIELDS * k
    return registers[call[at]] >> 3, call[at + 1]


@njit
def is_written(call, k):
    """Whether operand k is a write operand."""
    return call[_OPERANDS + OPERAND_FIELDS * k + 2] != 0


@njit
def read_call(registers, calls):
    """The kind of the call that registers (64,) ask for, and with it the place of the precompile in `calls`.

    If the call is refused, the second is the address of the operand to blame.
    """
    number = registers[NUMBER_REGISTER]
    if number == EXIT_NUMBER:
        return _EXIT, np.int64(0)
    if number == WRITE_NUMBER:
        return _check_write(registers[10], np.uint64(registers[11]), np.uint64(registers[12])), np.int64(0)
    for place in range(len(calls)):
        if calls[place, _NUMBER] == number:
            kind, address = _check_operands(calls[place], registers)
            return kind, np.int64(place) if kind == _PRECOMPILE else address
    return _UNKNOWN, np.int64(0)


@njit
def _check_write(stream, address, size):
    if stream != 1 and stream != 2:
        return _BAD_STREAM
    if size and (address >= _LIMIT or size > _LIMIT - address):
        return _BAD_BUFFER
    return _WRITE


@njit
def _check_operands(call, registers):
    for register in POINTER_REGISTERS:
        if np.uint64(registers[register]) >> np.uint64(32):
            return _BAD_ARGUMENT, np.int64(0)
    for k in range(MAX_OPERANDS):
        start = registers[call[_OPERANDS + OPERAND_FIELDS * k]]
        first, count = operand_span(call, k, registers)
        if count and (start & 7 or 8 * (first + count) > ADDRESS_LIMIT):
            return _BAD_OPERAND, start
    for k in range(MAX_OPERANDS):
        first, count = operand_span(call, k, registers)
        for later in range(k + 1, MAX_OPERANDS):
            other, other_count = operand_span(call, later, registers)
            if is_written(call, k) and other_count and first < other + other_count and other < first + count:
                return _OVERLAP, 8 * first
    return _PRECOMPILE, np.int64(0)


@njit
def read_operands(call, registers, dwords, values):
    """Copy the operands from memory (int64) into values (uint64), one after the other."""
    at = 0
    for k in range(MAX_OPERANDS):
        first, count = operand_span(call, k, registers)
        for i in range(first, first + count):
            values[at] = dwords[i]
            at += 1


@njit
def compute_call(call, registers, dwords, values):
    """Let the precompile compute on `values`, which `read_operands` filled, and write its results to memory.

    False if the call has no result: then memory is as it was."""
    if not _invoke(call[_COMPUTE], values, call[_PARAMETER]):
        return False
    at = 0
    for k in range(MAX_OPERANDS):
        first, count = operand_span(call, k, registers)
        if is_written(call, k):
            for i in range(count):
                dwords[first + i] = values[at + i]
        at += count
    return True


@intrinsic
def _invoke(_, address, values, parameter):
    """Call the function at `address` (int64) with the address of values[0] and the parameter (int64)."""

    def generate(context, b, signature, args):
        data = context.make_array(signature.args[1])(context, b, args[1]).data
        function = b.inttoptr(args[0], ir.FunctionType(ir.IntType(64), [data.type, args[2].type]).as_pointer())
        return b.call(function, [data, args[2]])

    return types.int64(types.int64, values, types.int64), generate
