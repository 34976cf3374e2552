"""What kernel modules use of numba, without importing it: it is there when something has to be compiled.

A module that declares intrinsics and overloads runs them only then. Before, they are no more than their declaration.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from importlib import import_module
from types import FunctionType
from typing import Any

undeclared: list[Callable[[], object]] = []
"""What the compiler has to be told before it compiles the next kernel."""


class LazyModule:
    """A module that is imported when something in it is looked at."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, attribute: str) -> Any:
        return getattr(import_module(self._name), attribute)


def lazily(name: str) -> Any:
    """The module of that full name, when it is needed. `kernel_sources` looks for calls of this, as for imports."""
    return LazyModule(name)


class ForCompiler:
    """Stands in a kernel for an object of the compiler's."""

    def __init__(self, make: Callable[[], Any]) -> None:
        self._make = make

    @cached_property
    def made(self) -> Any:
        """The object."""
        return self._make()


def intrinsic(function: FunctionType) -> ForCompiler:
    """numba's `intrinsic`."""
    declared = ForCompiler(lambda: import_module("numba.extending").intrinsic(function))
    declared.__doc__ = function.__doc__
    undeclared.append(lambda: declared.made)
    return declared


def overload(function: Callable[..., Any], **options: Any) -> Callable[[FunctionType], FunctionType]:
    """numba's `overload`."""

    def declare(implementation: FunctionType) -> FunctionType:
        undeclared.append(lambda: import_module("numba.extending").overload(function, **options)(implementation))
        return implementation

    return declare


types = lazily("numba.types")
errors = lazily("numba.core.errors")
carray = ForCompiler(lambda: import_module("numba").carray)
