"""The public face: what it exports, that all of it is documented, and what importing it costs."""

from __future__ import annotations

import inspect
import subprocess
import sys
from dataclasses import is_dataclass
from typing import get_args, get_type_hints

import pytest

import quire
from core_vm import errors
from core_vm.machine.program import Program

FUNCTIONS = ["execute", "inspect", "prove", "verify"]
ERRORS = [name for name, kind in vars(errors).items() if isinstance(kind, type)]
TYPES = [
    *("Execution", "ProcessPool", "Program", "Progress", "ProofSummary", "ProvenRun", "ShardSummary", "VerifiedRun"),
]
EXPORTED = sorted([*FUNCTIONS, *ERRORS, *TYPES])


def test_the_exported_names_are_these_and_sorted() -> None:
    assert quire.__all__ == EXPORTED
    assert sorted(quire.__all__) == quire.__all__


@pytest.mark.parametrize("name", EXPORTED)
def test_every_exported_name_is_documented(name: str) -> None:
    assert inspect.getdoc(getattr(quire, name))


def types_in(annotation: object) -> set[type]:
    """The types of ours that an annotation speaks of, and those that their fields speak of."""
    if isinstance(annotation, type) and annotation.__module__.split(".")[0] in ("core_vm", "precompiles", "aggregator"):
        fields = get_type_hints(annotation).values() if is_dataclass(annotation) and annotation is not Program else ()
        return {annotation}.union(*map(types_in, fields))
    arguments = [part for entry in get_args(annotation) for part in (entry if isinstance(entry, list) else [entry])]
    return set().union(*map(types_in, arguments))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_type_that_a_function_takes_or_returns_is_exported(name: str) -> None:
    spoken_of = set().union(*map(types_in, get_type_hints(getattr(quire, name)).values()))
    assert spoken_of
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
