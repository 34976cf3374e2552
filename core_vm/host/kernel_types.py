"""The types of a kernel's arguments as text: part of a kernel's name, and what the lists of kernels are written in.

`uint32[2]` is a C-contiguous array of two dimensions (`uint32[2,F]` of another order, `const uint32[2]` read-only),
`int64` a scalar, `(int64, bool)` a tuple, `package.module.Class(int64, bool)` a named tuple,
`uint64*` a pointer.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from importlib import import_module
from typing import Any

from numba import types

_TOKEN = re.compile(r"(const )?(\w+)\[(\d+)(?:,(\w))?\]|([\w.]*)\(|([\w*]+)|(\))|, ")
_INTEGERS = (types.int8, types.int16, types.int32, types.int64, types.uint8, types.uint16, types.uint32, types.uint64)
_OTHERS = (types.boolean, types.none, types.float32, types.float64)
_POINTERS = tuple(types.CPointer(kind) for kind in (types.uint8, types.uint64, types.int64))
_SCALARS = {str(scalar): scalar for scalar in (*_INTEGERS, *_OTHERS, *_POINTERS)}


def describe(kinds: Sequence[Any]) -> str:
    """The text of argument types. A type that kernels of ours do not have gets numba's own name."""
    return ", ".join(map(_describe, kinds))


def _describe(kind: Any) -> str:
    if isinstance(kind, types.Array) and kind.aligned and str(kind.dtype) in _SCALARS:
        order = "" if kind.layout == "C" else f",{kind.layout}"
        return f"{'' if kind.mutable else 'const '}{kind.dtype}[{kind.ndim}{order}]"
    if not isinstance(kind, types.BaseTuple):
        return str(kind)
    items: Any = kind
    made = getattr(kind, "instance_class", None)  # of a named tuple
    name = f"{made.__module__}.{made.__qualname__}" if made else ""
    return f"{name}({describe(tuple(items))})"


def parse(text: str) -> tuple[Any, ...]:
    """The inverse of `describe`, for the types that kernels of ours have. Raises ValueError."""
    open_tuples: list[tuple[str | None, list[Any]]] = [(None, [])]
    at = 0
    while at < len(text):
        token = _TOKEN.match(text, at)
        if token is None or (token[7] and len(open_tuples) == 1) or not {token[2], token[6]} <= {None, *_SCALARS}:
            raise ValueError(f"no type of a kernel: {text[at:]}")
        const, dtype, dimensions, order, opened, scalar, closed = token.groups()
        at = token.end()
        if opened is not None:
            open_tuples.append((opened, []))
        elif closed:
            name, items = open_tuples.pop()
            open_tuples[-1][1].append(_tuple(name, items))
        elif scalar:
            open_tuples[-1][1].append(_SCALARS[scalar])
        elif dtype:
            array = types.Array(_SCALARS[dtype], int(dimensions), order or "C", readonly=bool(const))
            open_tuples[-1][1].append(array)
    if len(open_tuples) > 1:
        raise ValueError(f"a tuple of types is not closed: {text}")
    return tuple(open_tuples[0][1])


def _tuple(name: str | None, items: list[Any]) -> Any:
    if not name:
        return types.Tuple(items)
    module, _, attribute = name.rpartition(".")
    return types.NamedTuple(items, getattr(import_module(module), attribute))
