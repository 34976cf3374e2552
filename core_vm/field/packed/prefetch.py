"""Software prefetch: tiles are read plane by plane, a pattern that the processor's own prefetchers do not follow.

A core waits for some twenty lines at a time, and for one of them before it asks for more: so ask for a few, compute,
ask for the next few. What will be written is asked for too, as every line is read before it is written to.
"""

from __future__ import annotations

from llvmlite import ir

from core_vm.field.packed.base import require_words, word_address
from core_vm.host.kernel_cache import njit
from core_vm.host.kernel_language import intrinsic, types

LINE_WORDS = 16
_READ, _WRITE = range(2)
_LEVEL_TWO, _LEVEL_ONE = 2, 3
_DATA = 1


def _line_prefetch(access: int, level: int):
    """An intrinsic that asks for the cache line of a word."""

    @intrinsic
    def prefetch_line(_, array, index):
        require_words(array)

        def generate(context, b, signature, args):
            address = word_address(context, b, signature.args[0], args[0], args[1])
            pointer = b.bitcast(address, ir.IntType(8).as_pointer())
            i32 = ir.IntType(32)
            signature_ = ir.FunctionType(ir.VoidType(), [pointer.type, i32, i32, i32])
            function = b.module.declare_intrinsic("llvm.prefetch", [pointer.type], signature_)
            b.call(function, [pointer, *(ir.Constant(i32, x) for x in (access, level, _DATA))])
            return context.get_dummy_value()

        return types.void(array, types.intp), generate

    return prefetch_line


_read_line = _line_prefetch(_READ, _LEVEL_TWO)
_write_line = _line_prefetch(_WRITE, _LEVEL_ONE)


@njit(inline="always")
def prefetch(array, start, stop):
    """Ask for words [start, stop) ahead of their use; a hint, also beyond the end of the array."""
    for at in range(start, stop, LINE_WORDS):
        _read_line(array, at)


@njit(inline="always")
def prefetch_to_write(array, start, stop):
    """The same ahead of their being written."""
    for at in range(start, stop, LINE_WORDS):
        _write_line(array, at)
