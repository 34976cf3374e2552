"""Intrinsics of `Packed`: LANES base-field elements in one vector register.

Arrays are C-contiguous uint32 in Montgomery form, usually one-dimensional; indices count elements. Nothing is checked
at run time: the caller keeps index + LANES within the array.
"""

from __future__ import annotations

import operator
from collections.abc import Callable

from llvmlite import ir

from core_vm.field.packed import emit
from core_vm.host.kernel_language import errors, intrinsic, lazily, overload, types

kinds = lazily("core_vm.field.packed.kinds")


def require_words(array) -> None:
    """Typing-time guard: only C-contiguous uint32 arrays have the addresses that the intrinsics compute."""
    if not isinstance(array, types.Array) or array.dtype != types.uint32 or array.layout != "C":
        raise errors.TypingError(f"packed loads and stores need a C-contiguous uint32 array, not {array}")


def word_address(context, b, array_type, array, offset) -> ir.Value:
    """Pointer to the 32-bit word `offset` of an array."""
    return b.gep(context.make_array(array_type)(context, b, array).data, [offset])


def load_vector(context, b, array_type, array, offset) -> ir.Value:
    """LANES words from `offset`."""
    pointer = word_address(context, b, array_type, array, offset)
    return b.load(b.bitcast(pointer, emit.V32.as_pointer()), align=4)


def store_vector(context, b, array_type, array, offset, value) -> None:
    """LANES words to `offset`."""
    pointer = word_address(context, b, array_type, array, offset)
    b.store(value, b.bitcast(pointer, emit.V32.as_pointer()), align=4)


def plus(b, offset, constant: int) -> ir.Value:
    """A 64-bit offset plus a constant."""
    return b.add(offset, ir.Constant(emit.I64, constant)) if constant else offset


@intrinsic
def load(_, array, index):
    """LANES consecutive elements of `array` from `index`."""
    require_words(array)

    def generate(context, b, signature, args):
        return load_vector(context, b, signature.args[0], args[0], args[1])

    return kinds.Packed(array, types.intp), generate


@intrinsic
def store(_, array, index, value):
    """Writes LANES consecutive elements of `array` from `index`."""
    require_words(array)

    def generate(context, b, signature, args):
        store_vector(context, b, signature.args[0], args[0], args[1], args[2])
        return context.get_dummy_value()

    return types.void(array, types.intp, kinds.Packed), generate


@intrinsic
def splat(_, value):
    """One uint32 (Montgomery) in every lane."""
    return kinds.Packed(types.uint32), lambda context, b, signature, args: emit.broadcast(b, args[0])


def _binary(operation: Callable):
    @intrinsic
    def packed_operation(_, x, y):
        return kinds.Packed(kinds.Packed, kinds.Packed), lambda context, b, signature, args: operation(b, *args)

    return packed_operation


add = _binary(emit.add)
sub = _binary(emit.sub)
mul = _binary(emit.mul)


def _overload(python_operator: Callable, function: Callable) -> None:
    @overload(python_operator)
    def choose(x, y):
        if x is kinds.Packed and y is kinds.Packed:
            return lambda x, y: function(x, y)
        return None


_overload(operator.add, add)
_overload(operator.sub, sub)
_overload(operator.mul, mul)
