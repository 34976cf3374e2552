"""Integers as tuples of dwords (uint64), lowest first, modulo what so many dwords hold: two's complement.

To LLVM they are words of 64 times as many bits, whose carries it keeps in flags; and as the length is part of a type,
there are no loops. What `like` is says how many dwords a number has.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir

from core_vm.host.kernel_cache import njit
from core_vm.host.kernel_language import errors, intrinsic, types

_DWORD, _BITS = ir.IntType(64), 64
_ZERO = np.uint64(0)

Builder = Any  # ir.IRBuilder and ir.Value, whose decorators hide their return types from type checkers
Value = Any


def dwords_of(b: Builder, number: Value) -> list[Value]:
    """Of a tuple."""
    return [b.extract_value(number, i) for i in range(number.type.count)]


def word_of(b: Builder, dwords: list[Value], bits: int = 0) -> Value:
    """One word, of as many bits or of more."""
    kind = ir.IntType(bits or _BITS * len(dwords))
    word = ir.Constant(kind, 0)
    for i, dword in enumerate(dwords):
        word = b.or_(word, b.shl(b.zext(dword, kind), ir.Constant(kind, _BITS * i)))
    return word


def tuple_of(context: Any, b: Builder, kind: Any, word: Value) -> Value:
    """The lowest dwords of a word, as many as the tuple type has."""
    dwords = [b.trunc(b.lshr(word, ir.Constant(word.type, _BITS * i)), _DWORD) for i in range(kind.count)]
    return context.make_tuple(b, kind, dwords)


def require_dwords(*numbers: Any) -> None:
    """Typing-time guard: tuples of uint64 of one length."""
    for number in numbers:
        if not isinstance(number, types.UniTuple) or number.dtype != types.uint64 or number != numbers[0]:
            raise errors.TypingError(f"tuples of as many uint64 are needed, not {numbers}")


def _address(context: Any, b: Builder, kind: Any, array: Value, at: Value, i: int) -> Value:
    """Of dword at + i."""
    if not isinstance(kind, types.Array) or (kind.dtype, kind.ndim, kind.layout) != (types.uint64, 1, "C"):
        raise errors.TypingError(f"a C-contiguous array of uint64 is needed, not {kind}")
    return b.gep(context.make_array(kind)(context, b, array).data, [b.add(at, ir.Constant(_DWORD, i))])


@intrinsic
def load(_, array, at, like):
    """A number of as many dwords as `like`, from array[at] on."""
    require_dwords(like)

    def emit(context, b, signature, args):
        dwords = [b.load(_address(context, b, signature.args[0], args[0], args[1], i)) for i in range(like.count)]
        return context.make_tuple(b, signature.return_type, dwords)

    return like(array, types.intp, like), emit


@intrinsic
def store(_, array, at, number):
    """Writes it from array[at] on."""
    require_dwords(number)

    def emit(context, b, signature, args):
        for i, dword in enumerate(dwords_of(b, args[2])):
            b.store(dword, _address(context, b, signature.args[0], args[0], args[1], i))
        return context.get_dummy_value()

    return types.none(array, types.intp, number), emit


def _operation(name: str, text: str) -> Any:
    """An intrinsic of two numbers of one length: an instruction on words."""

    def operation(_, a, b):
        require_dwords(a, b)

        def emit(context, builder, signature, args):
            left, right = (word_of(builder, dwords_of(builder, arg)) for arg in args)
            return tuple_of(context, builder, signature.return_type, getattr(builder, name)(left, right))

        return a(a, b), emit

    operation.__doc__ = text
    return intrinsic(operation)


add = _operation("add", "a + b")
subtract = _operation("sub", "a - b")
multiply = _operation("mul", "a b")


@intrinsic
def small(_, value, like):
    """A number of one dword as one of as many as `like`."""
    require_dwords(like)

    def emit(context, b, signature, args):
        return context.make_tuple(b, like, [args[0], *[ir.Constant(_DWORD, 0)] * (like.count - 1)])

    return like(types.uint64, like), emit


@intrinsic
def repeated(_, dword, like):
    """The same dword in all places, as many as `like` has."""
    require_dwords(like)

    def emit(context, b, signature, args):
        return context.make_tuple(b, like, [args[0]] * like.count)

    return like(types.uint64, like), emit


@intrinsic
def widened(_, a):
    """With one dword more, which is zero."""
    require_dwords(a)
    kind = types.UniTuple(types.uint64, a.count + 1)

    def emit(context, b, signature, args):
        return context.make_tuple(b, kind, [*dwords_of(b, args[0]), ir.Constant(_DWORD, 0)])

    return kind(a), emit


@intrinsic
def is_less(_, a, b):
    """a < b, neither of them negative."""
    require_dwords(a, b)

    def emit(context, builder, signature, args):
        return builder.icmp_unsigned("<", *(word_of(builder, dwords_of(builder, arg)) for arg in args))

    return types.boolean(a, b), emit


@njit
def is_zero(a):
    bits = _ZERO
    for dword in a:
        bits |= dword
    return bits == _ZERO
