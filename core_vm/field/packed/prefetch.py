"""Software prefetch: tiles are read plane by plane, a pattern that the processor's own prefetchers do not follow."""

from __future__ import annotations

from llvmlite import ir

from core_vm.field.packed.base import require_words, word_address
from core_vm.host.kernel_cache import njit
from core_vm.host.kernel_language import intrinsic, types

LINE_WORDS = 16
_READ, _INTO_LEVEL_TWO, _DATA = 0, 2, 1


@intrinsic
def _prefetch_line(_, array, index):
    require_words(array)

    def generate(context, b, signature, args):
        pointer = b.bitcast(word_address(context, b, signature.args[0], args[0], args[1]), ir.IntType(8).as_pointer())
        i32 = ir.IntType(32)
        signature_ = ir.FunctionType(ir.VoidType(), [pointer.type, i32, i32, i32])
        prefetch = b.module.declare_intrinsic("llvm.prefetch", [pointer.type], signature_)
        b.call(prefetch, [pointer, *(ir.Constant(i32, x) for x in (_READ, _INTO_LEVEL_TWO, _DATA))])
        return context.get_dummy_value()

    return types.void(array, types.intp), generate


@njit(inline="always")
def prefetch(array, start, stop):
    """Ask for words [start, stop) ahead of their use; a hint, also beyond the end of the array."""
    for at in range(start, stop, LINE_WORDS):
        _prefetch_line(array, at)
