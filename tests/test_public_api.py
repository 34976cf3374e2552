"""The public face: what it exports, that all of it is documented, and what importing it costs."""

from __future__ import annotations

import inspect
import subprocess
import sys
from collections.abc import Callable
from dataclasses import is_dataclass
from typing import get_args, get_type_hints

import click
import pytest

import quire
from aggregator.commands import prove as prove_command
from aggregator.plan import plan_shards
from core_vm import errors
from core_vm.machine.limits import MAX_SHARD_CELLS, MIN_SHARD_CELLS
from core_vm.machine.program.program import Program
from precompiles.standard import commands as execute_command
from tests.core_vm.machine.elf_builder import build_elf
from tests.core_vm.machine.running import execute
from tests.core_vm.machine.snippets import EXIT

FUNCTIONS = ["aggregate", "execute", "extract", "fold", "inspect", "prove", "verify", "verify_batch"]
ERRORS = [name for name, kind in vars(errors).items() if isinstance(kind, type)]
TYPES = [
    *("Cluster", "Execution", "ProcessPool", "Program", "Progress", "ProofSummary", "ProvenRun", "ShardSummary"),
    *("BatchSummary", "BatchedRun", "Folded", "VerifiedBatch", "VerifiedRun"),
]
PACKAGES = ("core_vm", "precompiles", "recursion", "aggregator")
EXPORTED = sorted([*FUNCTIONS, *ERRORS, *TYPES])


def test_the_exported_names_are_these_and_sorted() -> None:
    assert quire.__all__ == EXPORTED
    assert sorted(quire.__all__) == quire.__all__


@pytest.mark.parametrize("name", EXPORTED)
def test_every_exported_name_is_documented(name: str) -> None:
    assert inspect.getdoc(getattr(quire, name))


def types_in(annotation: object) -> set[type]:
    """The types of ours that an annotation speaks of, and those that their fields speak of."""
    if isinstance(annotation, type) and annotation.__module__.split(".")[0] in PACKAGES:
        fields = get_type_hints(annotation).values() if is_dataclass(annotation) and annotation is not Program else ()
        return {annotation}.union(*map(types_in, fields))
    arguments = [part for entry in get_args(annotation) for part in (entry if isinstance(entry, list) else [entry])]
    return set().union(*map(types_in, arguments))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_type_that_a_function_takes_or_returns_is_exported(name: str) -> None:
    spoken_of = set().union(*map(types_in, get_type_hints(getattr(quire, name)).values()))
    assert spoken_of or name == "extract"  # of bytes, bytes
    assert {kind.__name__ for kind in spoken_of} <= set(quire.__all__)
    assert all(getattr(quire, kind.__name__) is kind for kind in spoken_of)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_is_typed(name: str) -> None:
    signature = inspect.signature(getattr(quire, name))
    assert signature.return_annotation is not inspect.Signature.empty
    assert all(p.annotation is not inspect.Parameter.empty for p in signature.parameters.values())


def test_every_error_is_a_quire_error_and_in_the_tree_on_top_of_the_file() -> None:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type)]
    assert all(issubclass(kind, errors.QuireError) for kind in kinds)
    assert {kind.__name__ for kind in kinds} <= set((errors.__doc__ or "").split())


def test_importing_quire_compiles_and_loads_no_kernel() -> None:
    code = "import sys, quire; sys.exit('numba' in sys.modules or 'llvmlite' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


NOT_POSITIVE = [0, -1, 1.5, True, "8"]
NOT_A_SHARD = [0, -1, 24, 2**20 - 1, 2**26 + 1, 2.0**24, True]


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        *(("shard_cells", value, r"2\^20 to 2\^26") for value in NOT_A_SHARD),
        *(("workers", value, "at least 1") for value in NOT_POSITIVE),
        *(("memory_limit", value, "at least 1") for value in NOT_POSITIVE),
        *(("max_cycles", value, "at least 1") for value in NOT_POSITIVE),
    ],
)
def test_limits_that_make_no_sense_are_refused_and_say_what_is_allowed(name: str, value: object, allowed: str) -> None:
    program = quire.Program.from_elf(build_elf(EXIT))
    arguments: dict[str, object] = {name: value}
    calls = [lambda: quire.prove(program, **arguments)]
    if name in ("shard_cells", "max_cycles"):
        calls.append(lambda: quire.execute(program, **arguments))
    if name == "workers":
        calls.append(lambda: quire.ProcessPool(**arguments))
    if name != "max_cycles":
        calls.append(lambda: plan_shards(**{"shard_cells": None, "workers": 1, "memory_limit": None, **arguments}))
    for call in calls:
        with pytest.raises(quire.UsageError, match=f"{name} = .*{allowed}"):
            call()


@pytest.mark.parametrize("run", [quire.execute, quire.prove])
def test_what_is_no_program_or_no_input_is_refused(run: Callable[..., object]) -> None:
    elf = build_elf(EXIT)
    for program in (elf, None, "guest.elf"):
        with pytest.raises(quire.UsageError, match=r"a program is what Program.from_elf makes"):
            run(program)
    for given in ("text", 5, [1, 2], None):
        with pytest.raises(quire.UsageError, match=r"an input is bytes, not \w+"):
            run(quire.Program.from_elf(elf), given)


@pytest.mark.parametrize("first", [0, -1, 2**26 + 1, 2.0**24])
def test_the_size_of_first_shards_is_checked_too(first: int) -> None:
    program = quire.Program.from_elf(build_elf(EXIT))
    with pytest.raises(quire.UsageError, match="first_shard_cells = "):
        execute(program, first_shard_cells=first)


@pytest.mark.parametrize("command", [execute_command.execute, prove_command.prove])
def test_the_commands_allow_what_the_functions_allow(command: click.Command) -> None:
    ranges = {option.name: option.type for option in command.params}
    cells, cycles = ranges["shard_cells"], ranges["max_cycles"]
    assert isinstance(cells, click.IntRange)
    assert (1 << cells.min, 1 << cells.max) == (MIN_SHARD_CELLS, MAX_SHARD_CELLS)
    assert isinstance(cycles, click.IntRange)
    assert cycles.min == 1


def test_a_run_that_takes_more_cycles_than_allowed_is_neither_executed_nor_proved() -> None:
    program = quire.Program.from_elf(build_elf(EXIT))
    cycles = quire.execute(program).cycles
    assert quire.execute(program, max_cycles=cycles).cycles == cycles
    for run in (quire.execute, quire.prove):
        with pytest.raises(quire.CycleLimitExceeded, match=f"{cycles - 1} cycles"):
            run(program, max_cycles=cycles - 1)
