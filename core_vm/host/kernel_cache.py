"""Compiled kernels, kept by content. Kernel modules take `njit` from here.

numba by itself keeps a kernel under the path of its file and notices when *that file* changes. Both are wrong here: a
second checkout would compile everything again, and an intrinsic, an inlined function or a constant from another module
would go stale unseen. So a kernel is kept under a digest of all that it is compiled from. And importing numba takes
longer than a small proof's kernels: a process that finds all its kernels compiled never does (`kernel_compiler` does).
"""

from __future__ import annotations

import hashlib
import os
import sys
import threading
from collections.abc import Callable, Hashable, Sequence
from functools import cache, partial
from importlib import import_module
from pathlib import Path
from types import FunctionType
from typing import Any

import llvmlite
import llvmlite.binding as llvm
import numpy as np

from core_vm.errors import UsageError
from core_vm.host import kernel_store
from core_vm.host.argument_types import UndescribedError, describe_key, key_of
from core_vm.host.cache_place import OVERRIDE_VARIABLE
from core_vm.host.compilation import ListedKernel, compile_missing, is_listed
from core_vm.host.kernel_sources import Source, file_digest, source_digest, source_of
from core_vm.host.machine_code import LoadedCode, load_code, numba_directory, python_function, unpack_entry

if os.environ.get("NUMBA_DISABLE_JIT", "").strip() not in ("", "0"):
    raise UsageError("NUMBA_DISABLE_JIT is set, and kernels are machine code or nothing: unset it")


def njit(function: FunctionType | None = None, *, cache: bool = False, **options: Any) -> Any:
    """numba's `njit`; with `cache=True` what is compiled is kept for other processes."""
    if function is None:
        return partial(njit, cache=cache, **options)
    return Kernel(function, cache, options)


# For functions that allocate nothing: the arrays that they are given are not reference-counted. Otherwise a named tuple
# of arrays costs a call for every array in it, each time it is passed on or looked into.
borrowing_njit = partial(njit, _nrt=False)


def callback(types: str) -> Callable[[FunctionType], Callback]:
    """Makes a C function of arguments of these types, which returns an int64: compiled when its address is asked for,
    and kept."""
    return lambda function: Callback(function, types)


class Compiled:
    """A function of which there is machine code, or will be."""

    def __init__(self, function: FunctionType, kept: bool) -> None:
        self.__module__, self.__name__, self.__doc__ = function.__module__, function.__name__, function.__doc__
        self.py_func, self.kept = function, kept
        self.called = set[str]()
        """Types of the arguments that this process has called it with, other than by kernels."""
        _compiled.append(self)

    def name(self, types: str) -> str:
        """Under what name the form for these argument types is kept."""
        function, source = self.py_func, self.source
        assert source is not None
        parts = [source_digest(source).hex(), function.__qualname__, str(function.__code__.co_firstlineno)]
        closure = [cell.cell_contents for cell in function.__closure__ or ()]
        closure = [content.name("") if isinstance(content, Compiled) else content for content in closure]
        digest = hashlib.sha256("\n".join([compiler(), *parts, types]).encode())
        if closure:
            from core_vm.host.kernel_compiler import dumps

            digest.update(dumps(closure))
        return f"{source.path.stem}.{function.__name__}-{digest.hexdigest()[:32]}"

    def awaited_name(self, types: str) -> str:
        """The same, once other processes have compiled it, where they do so."""
        name = self.name(types)
        if not kernel_store.kept(name) and is_listed(self.__module__):
            compile_missing()
        return name

    def load(self, types: str) -> LoadedCode | None:
        """Machine code that is kept, or that other processes compile now. None if there is none to be had."""
        if not self.kept or self.source is None:
            return None
        sections = kernel_store.load(self.awaited_name(types))
        if not sections or not sections[0]:
            return None
        entry = unpack_entry(sections[0])
        return load_code(entry, sections[1]) if entry.types == types else None

    @property
    def source(self) -> Source | None:
        """The file that it is in; None if that is none."""
        return _source(self.py_func)


_compiled: list[Compiled] = []


@cache
def _source(function: FunctionType) -> Source | None:
    path = Path(function.__code__.co_filename).resolve()
    return source_of(path, function.__module__) if path.is_file() else None


class Kernel(Compiled):
    """A function that is compiled once for each machine and each content."""

    def __init__(self, function: FunctionType, kept: bool, options: dict[str, Any]) -> None:
        super().__init__(function, kept)
        self.targetoptions = options  # the name under which numba asks whether to inline it
        self.forms: dict[Hashable, Callable[..., Any]] = {}
        """What is called for arguments with these keys, as far as there were any."""

    def __call__(self, *arguments: Any) -> Any:
        return self._form_for(arguments)(*arguments)

    def bound(self, *arguments: Any) -> Callable[[], Any]:
        """The kernel on these very objects, for whoever calls it on them often: what they are is looked at once."""
        return partial(self._form_for(arguments), *arguments)

    def _form_for(self, arguments: Sequence[Any]) -> Callable[..., Any]:
        """What is called on them."""
        try:
            key = key_of(arguments)
            return self.forms.get(key) or self._first_call(key)
        except UndescribedError:
            return self._dispatcher()

    def _first_call(self, key: Hashable) -> Callable[..., Any]:
        """The form for arguments with this key."""
        types = describe_key(key)
        with _lock:
            if key not in self.forms:
                self.called.add(types)
                loaded = self.load(types)
                made = python_function(self.__module__, self.__name__, loaded) if loaded else self._dispatcher()
                self.forms[key] = made
            return self.forms[key]

    def _dispatcher(self) -> Callable[..., Any]:
        """numba's own, which looks at the arguments, compiles and calls."""
        from core_vm.host.kernel_compiler import dispatcher_of

        return dispatcher_of(self)

    def compile_for(self, types: str) -> None:
        """Compile and keep the form for these argument types."""
        from core_vm.host.kernel_compiler import dispatcher_of, parse

        dispatcher_of(self).compile(parse(types))


class Callback(Compiled):
    """A function with the calling convention of C, for other kernels to call by its address."""

    def __init__(self, function: FunctionType, types: str) -> None:
        super().__init__(function, kept=True)
        self.types = types
        self._code: Any = None

    def __call__(self, *arguments: Any) -> Any:
        return self.py_func(*arguments)

    @property
    def address(self) -> int:
        """Where the machine code lies."""
        with _lock:
            if self._code is None:
                self.called.add(self.types)
                self._code = self.load(self.types) or self._c_function()
        return self._code.address

    def _c_function(self) -> Any:
        from core_vm.host.kernel_compiler import compiled_callback

        return compiled_callback(self)

    def compile_for(self, types: str) -> None:
        """Compile and keep; a callback has the one form."""
        assert types == self.types
        self._c_function()


_FORMAT = 3
"""Of the files, and of what `kernel_compiler` tells numba: to be changed with them."""
_lock = threading.RLock()


def _forget_lock() -> None:
    """Another thread may hold it while this one forks."""
    global _lock
    _lock = threading.RLock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_lock)


@cache
def compiler() -> str:
    """Everything but the source that machine code depends on: versions, processor, options from the environment.

    Raises ImportError without numba.
    """
    numba_version = file_digest(numba_directory() / "_version.py").hex()
    versions = (_FORMAT, sys.implementation.cache_tag, np.__version__, numba_version, llvmlite.__version__)
    told = {name for name in os.environ if name.startswith("NUMBA_")} - {OVERRIDE_VARIABLE}
    if told or Path(".numba_config.yaml").exists():
        from core_vm.host.kernel_compiler import settings

        return repr((versions, *settings()))
    return repr((versions, *usual_settings()))


def usual_settings() -> tuple[tuple[str, str, str], tuple[str, None, int]]:
    """What `kernel_compiler.settings` says where nobody has told numba anything."""
    try:
        features = llvm.get_host_cpu_features().flatten()
    except RuntimeError:  # a processor whose features LLVM cannot list
        features = ""
    return (llvm.get_process_triple(), llvm.get_host_cpu_name(), features), ("3", None, 0)


def kernel_of(listed: ListedKernel) -> Kernel | Callback:
    """Import the module of a listed kernel."""
    return getattr(import_module(listed.module), listed.function)


def kept_name(listed: ListedKernel) -> str:
    """Under what name a listed kernel is kept."""
    return kernel_of(listed).name(listed.types)


def is_missing(listed: ListedKernel) -> bool:
    """Whether a listed kernel is there to be compiled, and not kept."""
    kernel = getattr(sys.modules[listed.module], listed.function, None)
    return isinstance(kernel, Compiled) and not kernel_store.kept(kept_name(listed))


def called_kernels() -> set[ListedKernel]:
    """The kernels that were called in this process other than by kernels, and for which types."""
    return {ListedKernel(made.__module__, made.__name__, types) for made in _compiled for types in made.called}
