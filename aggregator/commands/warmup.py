"""`quire warmup`: compiles every kernel that is not kept yet, on all cores, and proves a tiny program with them.
The tapes of all tables are compiled, and Python's own bytecode is kept too, also where imports are told not to keep it.

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
    keep_tapes()
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


def keep_tapes() -> None:
    """Those of every table, with rows in the tiny program or not."""
    from core_vm.stark.zerocheck.kernel_tapes import kernel_tapes
    from precompiles.standard.machine import standard_machine
    from recursion.hiding.tables import with_hiding_table
    from recursion.tables.standard import TABLES

    for tables in (*standard_machine().profile_tables, with_hiding_table(TABLES)):
        for table in tables.tables:
            kernel_tapes(table)
