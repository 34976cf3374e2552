"""Builds the test guests, each once a session."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from core_vm.guest.build import build
from precompiles.guest_sources import guest_sources
from tests.places import GUEST_PROGRAMS


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """`compiled(source, optimisation="-O2")` is the path of the executable."""
    directory = tmp_path_factory.mktemp("guests")
    executables: dict[tuple[Path, str], Path] = {}

    def executable(source: Path, optimisation: str = "-O2") -> Path:
        if (source, optimisation) not in executables:
            output = directory / f"{len(executables)}.elf"
            build([source], output, optimisation, library_sources=guest_sources())
            executables[source, optimisation] = output
        return executables[source, optimisation]

    return executable


@pytest.fixture(scope="session")
def guest(compiled: Callable[..., Path]) -> Callable[..., Path]:
    """`guest(name, optimisation="-O2")` is the executable of programs/NAME.c."""

    def executable(name: str, optimisation: str = "-O2") -> Path:
        return compiled(GUEST_PROGRAMS / f"{name}.c", optimisation)

    return executable
