"""Compiling kernels in a process that calls none of them.

numba makes machine code of every function that it compiles, and wrappers by which Python and C call it, though nearly
all are only inlined into kernels. Where nothing is called, both are made of what is kept, and of nothing else.
"""

from __future__ import annotations

from importlib import import_module
from types import MethodType
from typing import Any

from numba.core.codegen import JITCodeLibrary

from core_vm.host.kernel_compiler import options_of_inlined

_dynfunc = import_module("numba._dynfunc")  # machine code, of whose names no type checker knows


class UncalledLibrary(JITCodeLibrary):
    """Intermediate code, for inlining. It is optimised as a whole, and made machine code, when that is asked for.

    numba optimises a module twice: cheaply, which inlines and simplifies, and fully. The second time is lost on what is
    inlined into a kernel, which has both to come.
    """

    def _optimize_functions(self, ll_module: Any) -> None:
        """What each function goes through by itself before it is inlined: it is simplified, no more. numba makes passes
        of the highest level anew for each function, and for each that is only declared."""
        ll_module.data_layout = self._codegen._data_layout
        passes, builder = self._codegen._function_pass_manager(opt=1, loop_vectorize=False, slp_vectorize=False)
        for function in ll_module.functions:
            if not function.is_declaration:
                passes.run(function, builder)

    def _optimize_final_module(self) -> None:
        cheap, builder = self._codegen._module_pass_manager(
            loop_vectorize=self._codegen._loopvect, slp_vectorize=False, opt=self._codegen._opt_level, cost="cheap"
        )
        cheap.run(self._final_module, builder)

    def _finalize_final_module(self) -> None:
        self._finalize_dynamic_globals()
        self._verify_declare_only_symbols()
        self._finalized = True

    def _get_compiled_object(self) -> bytes:
        if not self._compiled:
            full, builder = self._codegen._module_pass_manager()
            full.run(self._final_module, builder)
            super()._finalize_final_module()
        return super()._get_compiled_object()


def make_only_what_is_kept(context: Any) -> None:
    """Have the target `context` of numba compile so from now on. A function compiled from then on cannot be called."""
    context.codegen()._library_class = UncalledLibrary
    object.__setattr__(context, "get_executable", MethodType(_no_executable, context))
    options_of_inlined.update(no_cpython_wrapper=True, no_cfunc_wrapper=True)


def _no_executable(_: Any, library: Any, description: Any, environment: Any) -> Any:
    """Stands for a compiled function: numba tells functions apart by it."""
    return _dynfunc.make_function(
        description.lookup_module(), description.qualname.split(".")[-1], "not to be called", 0, environment, (library,)
    )
