"""Compiling kernels: all that speaks to numba. Only a process that finds a kernel missing imports this.

numba loads what a kernel would need if something were compiled against it, which takes longer than loading the kernel:
that is left until then.
"""

from __future__ import annotations

import hashlib
import pickle
import sys
from functools import cache
from typing import Any

import llvmlite.binding as llvm
import numba
from numba.core import sigutils
from numba.core.caching import NullCache, _Cache
from numba.core.ccallback import CFunc
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import CompileResult
from numba.core.compiler_lock import global_compiler_lock
from numba.core.environment import Environment, lookup_environment
from numba.core.registry import CPUDispatcher, cpu_target
from numba.core.runtime import nrtdynmod, rtsys
from numba.core.serialize import dumps
from numba.core.typing.typeof import typeof_impl

from core_vm.errors import UsageError
from core_vm.host import kernel_cache, kernel_store
from core_vm.host.kernel_language import ForCompiler, undeclared
from core_vm.host.kernel_types import describe, parse
from core_vm.host.machine_code import Entry, Variable, pack_entry

__all__ = ["compiled_callback", "dispatcher_of", "dumps", "parse", "settings"]

INLINED = ".inlined"
"""Ends the name of a second file, several times as large: most kernels are never compiled into others."""
STACK_ALIGNMENT = 64
"""Bytes: a cache line, and the longest vector."""
options_of_inlined: dict[str, bool] = {}
"""What numba is told of functions that are not kept, besides their own options (`uncalled`)."""

if numba.config.DISABLE_JIT:
    raise UsageError("numba's DISABLE_JIT is set, and kernels are machine code or nothing: unset it")


@global_compiler_lock
def dispatcher_of(kernel: kernel_cache.Kernel) -> CPUDispatcher:
    """What numba makes of a kernel."""
    _declare()
    return _dispatcher_of(kernel)


@cache
def _dispatcher_of(kernel: kernel_cache.Kernel) -> CPUDispatcher:
    if not kernel.kept:
        return numba.njit(kernel.py_func, **kernel.targetoptions, **options_of_inlined)
    return KeptDispatcher(kernel)


@global_compiler_lock
def compiled_callback(callback: kernel_cache.Callback) -> CFunc:
    """The same for a callback, compiled or loaded."""
    _declare()
    made = _callback_of(callback)
    made.compile()
    return made


@cache
def _callback_of(callback: kernel_cache.Callback) -> CFunc:
    return KeptCallback(callback)


def _declare() -> None:
    """Tell numba what modules of kernels have declared since."""
    while undeclared:
        undeclared.pop(0)()


def _align_stack(function: Any, *_: Any) -> None:
    """Lets the frame of a function begin at a whole cache line. Otherwise LLVM takes it to begin at a multiple of 16
    bytes, and many a vector that finds no register lies across two lines. llvmlite forgets the alignment of a function
    without other attributes: that nothing unwinds is true of all that numba compiles, as it returns codes instead."""
    function.attributes.add("nounwind")
    function.attributes.alignstack = STACK_ALIGNMENT


# numba's hook for what a target adds to a function; it has no other for kernels alone.
cpu_target.target_context.apply_target_attributes = _align_stack


@typeof_impl.register(kernel_cache.Kernel)
def _type_of_kernel(kernel: kernel_cache.Kernel, _: Any) -> Any:
    """A kernel in the code of another one."""
    return numba.types.Dispatcher(dispatcher_of(kernel))


@typeof_impl.register(ForCompiler)
def _type_of_object(declared: ForCompiler, _: Any) -> Any:
    return cpu_target.typing_context.resolve_value_type(declared.made)


class KeptDispatcher(CPUDispatcher):
    """numba's, with our cache."""

    def __init__(self, kernel: kernel_cache.Kernel) -> None:
        super().__init__(kernel.py_func, targetoptions={"nopython": True, "boundscheck": None, **kernel.targetoptions})
        self._cache = _cache_of(kernel)

    def _compilation_chain_init_hook(self) -> None:
        """numba looks for extensions in all installed packages here; it does so again before it compiles."""


class KeptCallback(CFunc):
    """numba's, with our cache."""

    def __init__(self, callback: kernel_cache.Callback) -> None:
        signature = sigutils.normalize_signature(numba.types.int64(*parse(callback.types)))
        super().__init__(callback.py_func, signature, locals={}, options={})
        self._cache = _cache_of(callback)


def _cache_of(compiled: kernel_cache.Compiled) -> _Cache:
    return NullCache() if compiled.source is None else KernelCache(compiled)


class KernelCache(_Cache):
    """What numba asks for the compiled forms of one function."""

    def __init__(self, compiled: kernel_cache.Compiled) -> None:
        self._compiled = compiled

    @property
    def cache_path(self) -> str:
        return str(kernel_store.kernel_place().path)

    def load_overload(self, sig: Any, target_context: Any) -> CompileResult | None:
        types = getattr(sig, "args", sig)
        name = self._compiled.awaited_name(describe(types))
        rtsys.initialize(target_context)  # the functions of numba's runtime, which machine code calls
        called, inlined = kernel_store.load(name), kernel_store.load(name + INLINED)
        result = None if called is None or inlined is None else _unpacked(called[1], *inlined, target_context)
        return result if result is not None and result.signature.args == tuple(types) else None

    def save_overload(self, sig: Any, data: CompileResult) -> None:
        if data.library.has_dynamic_globals or any(not lifted.can_cache for lifted in data.lifted):
            return  # addresses of this process are in the code
        name = self._compiled.name(describe(data.signature.args))
        called, inlined = _packed(data)
        kernel_store.save(name + INLINED, inlined)
        kernel_store.save(name, called)

    def enable(self) -> None:
        pass

    disable = flush = enable


class LoadedLibrary(JITCodeLibrary):
    """Machine code from a file. Its intermediate code, for inlining into other kernels, is parsed when one needs it."""

    def __init__(self, codegen: Any, name: str, machine_code: bytes, bitcode: bytes) -> None:
        super().__init__(codegen, name)
        self._bitcode = bitcode
        self.enable_object_caching()
        self._set_compiled_object(machine_code)
        self._finalize_final_module()

    def _get_module_for_linking(self) -> Any:
        if self._shared_module is None:
            self._shared_module = llvm.parse_bitcode(self._bitcode)
            self._codegen._engine._load_defined_symbols(self._shared_module)
        return self._shared_module

    def get_pointer_to_function(self, name: str) -> int:
        return self._codegen._engine.get_function_address(name)


def _runtime_functions(context: Any) -> JITCodeLibrary:
    """The functions of numba's runtime that count references, which numba compiles again in every process."""
    name = f"runtime-{hashlib.sha256(kernel_cache.compiler().encode()).hexdigest()[:32]}"
    sections = kernel_store.load(name)
    if sections is None:
        module, library = nrtdynmod.create_nrt_module(context)
        library.enable_object_caching()
        library.add_ir_module(module)
        library.finalize()
        kernel_store.save(name, library.serialize_using_object_code()[2])
        return library
    return LoadedLibrary(context.codegen(), "runtime", *sections)


nrtdynmod.compile_nrt_functions = _runtime_functions


def _packed(result: CompileResult) -> tuple[list[bytes], list[bytes]]:
    """How to call the kernel, and its machine code; and what numba needs to compile it into another kernel."""
    library, description, environment, signature, _, _, _, reload_init, environments = result._reduce()
    name, _, (code, bitcode) = library
    called_from_python = result.codegen._engine.is_symbol_defined(description.llvm_cpython_wrapper_name)
    own, *others = ((e.globals["__name__"], list(e.consts), e.env_name) for e in (environment, *environments))
    head = (name, description, own, signature, reload_init, others, called_from_python)
    function = description.llvm_cpython_wrapper_name if called_from_python else description.llvm_cfunc_wrapper_name
    module = result.library._final_module
    entry = Entry(describe(signature.args), function, _variables(module, [own, *others]), _declared(module))
    return [b"" if reload_init else pack_entry(entry), code], [dumps(head), bitcode]


def _variables(module: llvm.ModuleRef, environments: list[tuple[str, list[Any], str]]) -> list[Variable]:
    """Those of the environments that the machine code has a variable for."""
    there = {variable.name for variable in module.global_variables if not variable.is_declaration}
    own = {name: Variable(name, owner, constants) for owner, constants, name in environments}
    return [variable for name, variable in own.items() if name in there]


def _declared(module: llvm.ModuleRef) -> list[str]:
    """What the machine code takes from elsewhere."""
    symbols = [symbol for symbols in (module.functions, module.global_variables) for symbol in symbols]
    names = {symbol.name for symbol in symbols if symbol.is_declaration}
    return sorted(name for name in names if not name.startswith("llvm."))


def _unpacked(code: bytes, head: bytes, bitcode: bytes, context: Any) -> CompileResult | None:
    """The inverse of `_packed`; None where a class or a module that it names is no longer there."""
    try:
        name, description, own, signature, reload_init, others, from_python = pickle.loads(head)
    except (AttributeError, ImportError, pickle.UnpicklingError):
        return None
    for initialise in reload_init:
        initialise()
    environment, *environments = (_environment(*parts) for parts in (own, *others))
    library = LoadedLibrary(context.codegen(), name, code, bitcode)
    entry_point = context.get_executable(library, description, environment) if from_python else None
    for other in environments:
        library.codegen.set_env(other.env_name, other)
    return CompileResult(
        typing_context=context.typing_context,
        target_context=context,
        entry_point=entry_point,
        typing_error=None,
        type_annotation="",
        signature=signature,
        objectmode=False,
        lifted=(),
        fndesc=description,
        library=library,
        call_helper=None,
        environment=environment,
        metadata=None,
        reload_init=reload_init,
        referenced_envs=environments,
    )


def _environment(module: str, constants: list[Any], name: str) -> Environment:
    """The environment of a function that was compiled into a kernel. Machine code takes constants from it, no globals:
    what is not imported, such as numba's own modules of which a function or two were inlined, stays so.
    """
    environment = lookup_environment(name)
    if environment is None:
        environment = Environment(getattr(sys.modules.get(module), "__dict__", {"__name__": module}))
        environment.consts[:] = constants
        environment.env_name = name
        Environment._memo[name] = environment
    return environment


def settings() -> tuple[tuple[str, str, str], tuple[str, Any, int]]:
    """For which processor, and how, numba compiles: what it was told in the environment included."""
    machine, level = cpu_target.target_context.codegen().magic_tuple(), numba.config.OPT
    optimised = "max" if level.is_opt_max else str(int(level))
    return machine, (optimised, numba.config.BOUNDSCHECK, numba.config.DEBUGINFO_DEFAULT)
