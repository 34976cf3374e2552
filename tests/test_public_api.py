"""The public face: what it exports, that all of it is documented, and what importing it costs."""

from __future__ import annotations

import inspect
import subprocess
import sys

import pytest

import quire
from core_vm import errors

EXPORTED = [
    *("CycleLimitExceeded", "GuestError", "GuestTrap", "InputTooLargeError", "InvalidProgramError"),
    *("OutputSpaceExhausted", "ProcessPool", "Program", "QuireError", "Rejection", "ResourceError", "SecurityError"),
    *("UsageError", "VerifiedRun", "execute", "inspect", "prove", "verify"),
]


def test_the_exported_names_are_these_and_sorted() -> None:
    assert quire.__all__ == EXPORTED
    assert sorted(quire.__all__) == quire.__all__


@pytest.mark.parametrize("name", EXPORTED)
def test_every_exported_name_is_documented(name: str) -> None:
    assert inspect.getdoc(getattr(quire, name))


@pytest.mark.parametrize("name", ["execute", "prove", "verify", "inspect"])
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
