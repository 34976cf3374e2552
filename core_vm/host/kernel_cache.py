"""Compiled kernels, kept by content. Kernel modules take `njit` from here.

numba by itself keeps a kernel under the path of its file and notices when *that file* changes. Both are wrong here: a
second checkout would compile everything again, and an intrinsic, an inlined function or a constant from another module
would go stale unseen. So a kernel is kept under a digest of all that it is compiled from. And numba loads what a kernel
would need if something were compiled against it, which takes longer than loading the kernel: that is left until then.
"""

from __future__ import annotations

import hashlib
import pickle
import sys
from collections.abc import Callable
from functools import cache, partial
from importlib import import_module
from pathlib import Path
from types import FunctionType
from typing import Any

import llvmlite
import llvmlite.binding as llvm
import numba
import numpy as np
from numba.core import sigutils
from numba.core.caching import NullCache, _Cache
from numba.core.ccallback import CFunc
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import CompileResult
from numba.core.environment import Environment, lookup_environment
from numba.core.registry import CPUDispatcher, cpu_target
from numba.core.runtime import nrtdynmod, rtsys
from numba.core.serialize import dumps

from core_vm.errors import UsageError
from core_vm.host import kernel_store
from core_vm.host.compilation import ListedKernel, compile_missing, is_listed
from core_vm.host.kernel_sources import Source, source_digest, source_of
from core_vm.host.kernel_types import describe

__all__ = ["Callback", "borrowing_njit", "callback", "njit"]

if numba.config.DISABLE_JIT:
    raise UsageError("NUMBA_DISABLE_JIT is set, and kernels are machine code or nothing: unset it")


def njit(function: FunctionType | None = None, *, cache: bool = False, **options: Any) -> Any:
    """numba's `njit`; with `cache=True` what is compiled is kept for other processes."""
    if function is None:
        return partial(njit, cache=cache, **options)
    if not cache:
        return numba.njit(function, **options)
    return Kernel(function, targetoptions={"nopython": True, "boundscheck": None, **options})


# For functions that allocate nothing: the arrays that they are given are not reference-counted. Otherwise a named tuple
# of arrays costs a call for every array in it, each time it is passed on or looked into.
borrowing_njit = partial(njit, _nrt=False)

_kernels: list[Kernel | Callback] = []


def callback(signature: Any) -> Callable[[FunctionType], Callback]:
    """numba's `cfunc`, compiled when its address is asked for, and kept."""
    return lambda function: Callback(function, signature)


class Kernel(CPUDispatcher):
    """A function that is compiled once for each machine and each content."""

    def __init__(self, function: FunctionType, **options: Any) -> None:
        super().__init__(function, **options)
        _kernels.append(self)
        self.called: list[tuple[Any, ...]] = []
        self._cache = _cache_of(function)

    def _compilation_chain_init_hook(self) -> None:
        """numba looks for extensions in all installed packages here; it does so again before it compiles."""

    def _compile_for_args(self, *args: Any, **kws: Any) -> Any:
        """The first call from Python with arguments of such types."""
        self.called.append(tuple(map(self.typeof_pyval, args)))
        return super()._compile_for_args(*args, **kws)

    def compile_for(self, types: tuple[Any, ...]) -> None:
        """Compile or load the form for these argument types."""
        self.compile(types)


class Callback(CFunc):
    """A function with the calling convention of C, for other kernels to call by its address."""

    def __init__(self, function: FunctionType, signature: Any) -> None:
        super().__init__(function, sigutils.normalize_signature(signature), locals={}, options={})
        _kernels.append(self)
        self._cache = _cache_of(function)
        self.__module__ = function.__module__

    @property
    def address(self) -> int:
        """Where the machine code lies."""
        if self._wrapper_address is None:
            self.compile()
        return self._wrapper_address

    def compile_for(self, types: tuple[Any, ...]) -> None:
        """Compile or load; a callback has the one form."""
        assert types == self._sig.args
        self.compile()

    @property
    def called(self) -> list[tuple[Any, ...]]:
        """Its argument types, once somebody has asked for its address."""
        return [] if self._wrapper_address is None else [self._sig.args]


def _cache_of(function: FunctionType) -> _Cache:
    path = Path(function.__code__.co_filename).resolve()
    return KernelCache(function, source_of(path, function.__module__)) if path.is_file() else NullCache()


class KernelCache(_Cache):
    """What numba asks for the compiled forms of one function."""

    def __init__(self, function: FunctionType, source: Source) -> None:
        self._function, self._source = function, source

    @property
    def cache_path(self) -> str:
        return str(kernel_store.kernel_place().path)

    def name(self, types_text: str) -> str:
        """Under what name the form for these argument types is kept."""
        function = self._function
        parts = [source_digest(self._source).hex(), function.__qualname__, str(function.__code__.co_firstlineno)]
        closure = [cell.cell_contents for cell in function.__closure__ or ()]
        digest = hashlib.sha256("\n".join([_compiler(), *parts, types_text]).encode())
        digest.update(dumps(closure) if closure else b"")
        return f"{self._source.path.stem}.{function.__name__}-{digest.hexdigest()[:32]}"

    def load_overload(self, sig: Any, target_context: Any) -> CompileResult | None:
        types = getattr(sig, "args", sig)
        name = self.name(describe(types))
        if not kernel_store.kept(name) and is_listed(self._function.__module__):
            compile_missing()
        rtsys.initialize(target_context)  # the functions of numba's runtime, which machine code calls
        sections = kernel_store.load(name)
        result = None if sections is None else _unpacked(sections, target_context)
        return result if result is not None and result.signature.args == tuple(types) else None

    def save_overload(self, sig: Any, data: CompileResult) -> None:
        if data.library.has_dynamic_globals or any(not lifted.can_cache for lifted in data.lifted):
            return  # addresses of this process are in the code
        kernel_store.save(self.name(describe(data.signature.args)), _packed(data))

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
    name = f"runtime-{hashlib.sha256(_compiler().encode()).hexdigest()[:32]}"
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


def _packed(result: CompileResult) -> list[bytes]:
    library, description, environment, signature, _, _, _, reload_init, environments = result._reduce()
    name, _, (machine_code, bitcode) = library
    called_from_python = result.codegen._engine.is_symbol_defined(description.llvm_cpython_wrapper_name)
    own, *others = ((e.globals["__name__"], list(e.consts), e.env_name) for e in (environment, *environments))
    head = (name, description, own, signature, reload_init, others, called_from_python)
    return [dumps(head), machine_code, bitcode]


def _unpacked(sections: list[bytes], context: Any) -> CompileResult | None:
    """The inverse of `_packed`; None where a class or a module that it names is no longer there."""
    try:
        head, machine_code, bitcode = sections
        name, description, own, signature, reload_init, others, from_python = pickle.loads(head)
    except (AttributeError, ImportError, pickle.UnpicklingError):
        return None
    for initialise in reload_init:
        initialise()
    environment, *environments = (_environment(*parts) for parts in (own, *others))
    library = LoadedLibrary(context.codegen(), name, machine_code, bitcode)
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


@cache
def _compiler() -> str:
    """Everything but the source that machine code depends on: versions, processor, options from the environment."""
    versions = (sys.implementation.cache_tag, np.__version__, numba.__version__, llvmlite.__version__)
    machine = cpu_target.target_context.codegen().magic_tuple()
    options = (str(numba.config.OPT), numba.config.BOUNDSCHECK, numba.config.DEBUGINFO_DEFAULT)
    return repr((versions, machine, options))


def kernel_of(listed: ListedKernel) -> Kernel | Callback:
    """Import the module of a listed kernel."""
    return getattr(import_module(listed.module), listed.function)


def kept_name(listed: ListedKernel) -> str:
    """Under what name a listed kernel is kept."""
    return kernel_of(listed)._cache.name(listed.types)


def is_missing(listed: ListedKernel) -> bool:
    """Whether a listed kernel is there to be compiled, and not kept."""
    kernel = getattr(sys.modules[listed.module], listed.function, None)
    return isinstance(kernel, Kernel | Callback) and not kernel_store.kept(kept_name(listed))


def called_kernels() -> set[ListedKernel]:
    """The kernels that were called in this process other than by kernels, and for which types."""
    return {
        ListedKernel(kernel.__module__, kernel.__name__, describe(types))
        for kernel in _kernels
        for types in kernel.called
    }
