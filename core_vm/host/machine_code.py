"""From machine code in memory to a function that Python calls, without the compiler that made it.

numba makes two functions of a kernel: one with the kernel's own arguments, and one around it with the signature of a
C function of Python, which takes the arguments from Python's objects and gives back the result as one, or raises. The
second is what is called here, as numba calls it: through numba's own C extensions, in which the functions lie that it
needs. They are loaded by their files, which takes a millisecond; numba around them takes a third of a second.

LLVM ends the process when machine code refers to something that it does not find. So what a kernel refers to is kept
with it and looked for first. Each kernel is linked by itself: functions of one name may differ between two kernels.
"""

from __future__ import annotations

import atexit
import builtins
import ctypes
import pickle
import sys
from collections.abc import Callable
from functools import cache
from importlib.machinery import EXTENSION_SUFFIXES
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import llvmlite.binding as llvm
import numpy as np

_PLAIN = (str, bytes, int, float, bool, type(None), np.dtype)


class Variable(NamedTuple):
    """A variable of the machine code, which holds the address of an object that a function takes constants from."""

    name: str
    module: str
    constants: list[Any]


class Entry(NamedTuple):
    """All that is to be known of machine code to call it."""

    types: str
    function: str
    """The symbol to call."""
    variables: list[Variable]
    refers_to: list[str]
    """Symbols that it takes from elsewhere."""


def pack_entry(entry: Entry) -> bytes:
    """As bytes; none at all if numba would be needed to read them."""
    constants = [constant for variable in entry.variables for constant in variable.constants]
    if not all(isinstance(constant, _PLAIN) for constant in constants):
        return b""
    variables = [tuple(variable) for variable in entry.variables]
    return pickle.dumps((entry.types, entry.function, variables, entry.refers_to))


def unpack_entry(data: bytes) -> Entry:
    """The inverse of `pack_entry`, of bytes that were not none."""
    types, function, variables, refers_to = pickle.loads(data)
    return Entry(types, function, [Variable(*parts) for parts in variables], refers_to)


class LoadedCode(NamedTuple):
    """Machine code that was linked, and what must live as long as it."""

    engine: llvm.ExecutionEngine
    address: int
    """Of the function to call."""
    environments: list[Any]


linked: list[LoadedCode] = []
"""All of this process. A kernel is loaded once and may be called until the very end."""


def load_code(entry: Entry, code: bytes) -> LoadedCode | None:
    """Link machine code into this process; None if something that it refers to is not here.

    Raises ImportError without numba.
    """
    _provide_symbols()
    engine = _new_engine()
    if not all(map(llvm.address_of_symbol, entry.refers_to)):
        return None
    engine.add_object_file(llvm.ObjectFileRef.from_data(code))
    # This links it. So does finalizing the engine, which first runs the whole compiler on the engine's empty module.
    address = engine.get_function_address(entry.function)
    if not address:
        return None
    loaded = LoadedCode(engine, address, [_environment(engine, variable) for variable in entry.variables])
    linked.append(loaded)
    return loaded


def _new_engine() -> llvm.ExecutionEngine:
    """What links. The first one makes the symbols of this process known, Python's among them."""
    target = llvm.Target.from_triple(llvm.get_process_triple())
    relocation = "static" if target.name.startswith("x86") else "default"  # as numba has it, and so what it compiled
    machine = target.create_target_machine(reloc=relocation, codemodel="jitdefault", jit=True)
    nothing = llvm.parse_assembly(f'target triple = "{llvm.get_process_triple()}"')
    return llvm.create_mcjit_compiler(nothing, machine)


def python_function(module: str, name: str, loaded: LoadedCode) -> Callable[..., Any]:
    """The built-in function whose code this is. `name` and `module` are what it calls itself."""
    closures = extension("numba._dynfunc")
    environment = closures.Environment(_globals_of(module))  # machine code has it in a variable, and asks for no other
    return closures.make_function(sys.modules[module], name, "", loaded.address, environment, (loaded,))


def _environment(engine: llvm.ExecutionEngine, variable: Variable) -> Any:
    made = extension("numba._dynfunc").Environment(_globals_of(variable.module))
    made.consts[:] = variable.constants
    address = engine.get_global_value_address(variable.name)
    if address:
        ctypes.c_void_p.from_address(address).value = id(made)
    return made


def _globals_of(module: str) -> dict[str, Any]:
    """Of compiled code, no more than the name is used: what is not imported stays so."""
    return getattr(sys.modules.get(module), "__dict__", {"__name__": module})


@cache
def _provide_symbols() -> None:
    """Name to LLVM what machine code refers to, as numba does when it starts."""
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    llvm.add_symbol("_Py_NoneStruct", id(None))
    for name in ("numba._helperlib", "numba._dynfunc"):
        for function, address in extension(name).c_helpers.items():
            llvm.add_symbol(f"numba_{function}", address)
    for value in vars(builtins).values():
        if isinstance(value, type) and issubclass(value, BaseException):
            llvm.add_symbol(f"PyExc_{value.__name__}", id(value))
    runtime = extension("numba.core.runtime._nrt_python")
    if "numba.core.runtime.nrt" not in sys.modules:  # which has done so
        runtime.memsys_use_cpython_allocator()
        atexit.register(runtime.memsys_shutdown)  # what is freed later calls no machine code, which may be gone
    for function, address in runtime.c_helpers.items():
        llvm.add_symbol(function if function.startswith("_") else f"NRT_{function}", address)


@cache
def numba_directory() -> Path:
    """Where numba is installed. Raises ImportError if it is not."""
    spec = find_spec("numba")
    if spec is None or not spec.submodule_search_locations:
        raise ImportError("numba is not installed", name="numba")
    return Path(spec.submodule_search_locations[0])


@cache
def extension(name: str) -> ModuleType:
    """A C extension of numba, without numba. Should numba be imported later, Python initialises it no second time."""
    if name in sys.modules:
        return sys.modules[name]
    path = numba_directory().joinpath(*name.split(".")[1:])
    for suffix in EXTENSION_SUFFIXES:
        file = path.with_name(path.name + suffix)
        if file.is_file():
            spec = spec_from_file_location(name, file)
            assert spec is not None
            assert spec.loader is not None
            module = module_from_spec(spec)
            spec.loader.exec_module(module)
            sys.modules.pop(name, None)  # a package's module without the package; numba's own import brings it back
            return module
    raise ImportError(f"no extension {name}", name=name)
