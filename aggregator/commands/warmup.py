"""`quire warmup`: compiles every kernel that is not kept yet, on all cores, and proves a tiny program with them.
Python's own bytecode is kept too, also where imports are told not to keep it.

Compiled kernels are kept in one directory, which the command names; later runs only load them.
"""

from __future__ import annotations

import time

import click

from core_vm.cli.output import json_option, print_facts, print_json
from core_vm.cli.streams import settle


@click.command()
@json_option
def warmup(as_json: bool) -> None:
    """Compile all kernels and keep them on disk: a minute or two the first time, moments later on."""
    from aggregator.tiny_program import fold_tiny_program
    from core_vm.field.packed.lanes import LANES
    from core_vm.host.bytecode import keep_bytecode
    from core_vm.host.compilation import compile_everything
    from core_vm.host.kernel_store import kernel_directory

    start = time.perf_counter()
    compiled = compile_everything()
    fold_tiny_program()
    keep_bytecode()
    settle()
    seconds = time.perf_counter() - start
    directory = str(kernel_directory())
    if as_json:
        print_json({"directory": directory, "lanes": LANES, "compiled": compiled, "seconds": seconds})
        return
    facts = [("directory", directory), ("lanes", str(LANES)), ("compiled", f"{compiled}"), ("time", f"{seconds:.1f} s")]
    print_facts("Kernels are ready", facts)
