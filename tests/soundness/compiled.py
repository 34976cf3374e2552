"""Expressions as functions of Python: what a search evaluates millions of times. `evaluate` is the definition."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

from core_vm.air.expression import Expression
from core_vm.field.koalabear import P

SYMBOLS = {"add": "+", "subtract": "-", "multiply": "*"}


@cache
def compiled(expression: Expression) -> Callable[[Sequence[int]], int]:
    """The value on one row of canonical integers, of an expression without keys; its nodes become lines of a function.

    Values are reduced once, at the end: an expression has a degree of a few, so they stay small.
    """
    lines, names = list[str](), dict[int, str]()

    def name_of(node: Expression) -> str:
        if node.kind == "constant":
            return str(node.value)
        if node.kind == "column":
            return f"row[{node.value}]"
        assert node.left is not None
        assert node.right is not None
        if id(node) not in names:
            operands = f"{name_of(node.left)} {SYMBOLS[node.kind]} {name_of(node.right)}"
            names[id(node)] = f"v{len(names)}"
            lines.append(f"    {names[id(node)]} = {operands}")
        return names[id(node)]

    result = name_of(expression)
    scope: dict[str, Callable[[Sequence[int]], int]] = {}
    exec("\n".join(["def value(row):", *lines, f"    return ({result}) % {P}"]), scope)
    return scope["value"]
