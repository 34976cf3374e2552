"""From LLVM's intermediate code to a function at an address, in milliseconds: for code that one process makes and runs.

It refers to nothing outside itself. LLVM is told to be quick: no passes over the intermediate code, the simplest choice
of instructions and registers. Any more takes five times as long and more, and whoever writes code for a short life
writes it as it shall be.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import llvmlite.binding as llvm


class Assembled(NamedTuple):
    """A module's functions, which live as long as this, and where one of them is."""

    engine: llvm.ExecutionEngine
    address: int

    def address_of(self, function: str) -> int:
        """Where another function of the module is."""
        return self.engine.get_function_address(function)


def assemble(text: str, function: str) -> Assembled | None:
    """A module, and its function of that name; None where LLVM makes no code for this machine, or does not take it."""
    try:
        _initialise()
        target = llvm.Target.from_triple(llvm.get_process_triple())
        machine = target.create_target_machine(
            cpu=llvm.get_host_cpu_name(), opt=0, reloc="static", codemodel="jitdefault", jit=True
        )
        engine = llvm.create_mcjit_compiler(llvm.parse_assembly(text), machine)
        engine.finalize_object()
    except RuntimeError:
        return None
    return Assembled(engine, engine.get_function_address(function))


@cache
def _initialise() -> None:
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
