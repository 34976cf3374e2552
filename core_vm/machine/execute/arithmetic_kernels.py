"""What the computing instructions compute, compiled: signed 64-bit values in, signed 64-bit value out."""

from __future__ import annotations

import numpy as np
from llvmlite import ir

from core_vm.host.kernel_cache import njit
from core_vm.host.kernel_language import intrinsic, types
from core_vm.machine.execute.actions import Action

_ADD, _SUB, _ADDW, _SUBW = int(Action.ADD), int(Action.SUB), int(Action.ADDW), int(Action.SUBW)
_AND, _OR, _XOR, _SLT, _SLTU = int(Action.AND), int(Action.OR), int(Action.XOR), int(Action.SLT), int(Action.SLTU)
_SLL, _SRL, _SRA = int(Action.SLL), int(Action.SRL), int(Action.SRA)
_SLLW, _SRLW, _SRAW = int(Action.SLLW), int(Action.SRLW), int(Action.SRAW)
_MUL, _MULH, _MULHSU, _MULHU, _MULW = (int(Action[name]) for name in ("MUL", "MULH", "MULHSU", "MULHU", "MULW"))
_DIV, _DIVU, _REM, _REMU = (int(Action[name]) for name in ("DIV", "DIVU", "REM", "REMU"))
_DIVW, _DIVUW, _REMW = int(Action.DIVW), int(Action.DIVUW), int(Action.REMW)

_WIDE = ir.IntType(128)


@intrinsic
def _high_product_unsigned(_, a, b):
    """The upper 64 bits of the 128-bit product of two uint64."""

    def emit(context, builder, signature, arguments):
        left, right = (builder.zext(argument, _WIDE) for argument in arguments)
        return builder.trunc(builder.lshr(builder.mul(left, right), ir.Constant(_WIDE, 64)), ir.IntType(64))

    return types.uint64(types.uint64, types.uint64), emit


@njit(forceinline=True)
def sign_extend_word(value):
    """The low 32 bits of an int64 as a signed number."""
    return np.int64(np.int32(value))


@njit(forceinline=True)
def is_below(a, b):
    """a < b for int64 values read as unsigned."""
    return np.uint64(a) < np.uint64(b)


@njit(forceinline=True)
def _high_product(a, b):
    # As unsigned numbers a and b are larger by 2^64 where they are negative; what that adds to the upper half goes off.
    high = np.int64(_high_product_unsigned(np.uint64(a), np.uint64(b)))
    return high - ((a >> 63) & b) - ((b >> 63) & a)


@njit(forceinline=True)
def _high_product_mixed(a, b):
    return np.int64(_high_product_unsigned(np.uint64(a), np.uint64(b))) - ((a >> 63) & b)


@njit(error_model="numpy")
def _quotient_unsigned(a, b):
    return np.int64(-1) if b == 0 else np.int64(np.uint64(a) // np.uint64(b))


@njit(error_model="numpy")
def _remainder_unsigned(a, b):
    return a if b == 0 else np.int64(np.uint64(a) % np.uint64(b))


@njit
def _quotient(a, b):
    """Rounds to zero; -1 for division by zero; MIN / -1 wraps to MIN by the negations."""
    if b == 0:
        return np.int64(-1)
    magnitude = _quotient_unsigned(-a if a < 0 else a, -b if b < 0 else b)
    return -magnitude if (a ^ b) < 0 else magnitude


@njit
def _remainder(a, b):
    """Takes the sign of a; a itself for division by zero."""
    if b == 0:
        return a
    magnitude = _remainder_unsigned(-a if a < 0 else a, -b if b < 0 else b)
    return -magnitude if a < 0 else magnitude


@njit
def _divide(action, a, b):
    if action == _DIV:
        return _quotient(a, b)
    if action == _DIVU:
        return _quotient_unsigned(a, b)
    if action == _REM:
        return _remainder(a, b)
    if action == _REMU:
        return _remainder_unsigned(a, b)
    if action == _DIVW:
        return sign_extend_word(_quotient(sign_extend_word(a), sign_extend_word(b)))
    if action == _REMW:
        return _remainder(sign_extend_word(a), sign_extend_word(b))
    low_a, low_b = a & 0xFFFFFFFF, b & 0xFFFFFFFF
    if action == _DIVUW:
        return sign_extend_word(_quotient_unsigned(low_a, low_b))
    return sign_extend_word(_remainder_unsigned(low_a, low_b))


@njit(forceinline=True)
def compute(action, a, b):
    """rd of a computing action from its operands. One chain of tests on one value: LLVM makes a jump table of it."""
    if action == _ADD:
        result = a + b
    elif action == _SUB:
        result = a - b
    elif action == _ADDW:
        result = sign_extend_word(a + b)
    elif action == _SUBW:
        result = sign_extend_word(a - b)
    elif action == _AND:
        result = a & b
    elif action == _OR:
        result = a | b
    elif action == _XOR:
        result = a ^ b
    elif action == _SLT:
        result = np.int64(a < b)
    elif action == _SLTU:
        result = np.int64(is_below(a, b))
    elif action == _SLL:
        result = a << (b & 63)
    elif action == _SRL:
        result = np.int64(np.uint64(a) >> np.uint64(b & 63))
    elif action == _SRA:
        result = a >> (b & 63)
    elif action == _SLLW:
        result = sign_extend_word(a << (b & 31))
    elif action == _SRLW:
        result = sign_extend_word((a & 0xFFFFFFFF) >> (b & 31))
    elif action == _SRAW:
        result = sign_extend_word(a) >> (b & 31)
    elif action == _MUL:
        result = a * b
    elif action == _MULH:
        result = _high_product(a, b)
    elif action == _MULHSU:
        result = _high_product_mixed(a, b)
    elif action == _MULHU:
        result = np.int64(_high_product_unsigned(np.uint64(a), np.uint64(b)))
    elif action == _MULW:
        result = sign_extend_word(a * b)
    else:
        result = _divide(action, a, b)
    return result
