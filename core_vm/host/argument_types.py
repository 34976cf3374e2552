"""What a kernel is called with, as text: which of its compiled forms such arguments need.

The text is that of `kernel_types`, made from values instead of a compiler's types, and only for what machine code can
be handed as it is: arrays of numpy's own class that are aligned and C-contiguous, numbers, None and tuples of such.
Everything else is left to numba, which looks closer.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any

import numpy as np

_NAMES = ("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float32", "float64", "bool")
_OF_DTYPE = {np.dtype(name): name for name in _NAMES}
_C_CONTIGUOUS, _ALIGNED, _WRITEABLE = 0x1, 0x100, 0x400  # numpy's numbers of these flags
_AS_COMPILED = _C_CONTIGUOUS | _ALIGNED
_LEAST, _MOST = -(2**63), 2**63 - 1


class UndescribedError(Exception):
    """An argument that no kept kernel takes."""


def key_of(arguments: Sequence[Any]) -> Hashable:
    """Equal for arguments that the same form takes, and for no others. Raises UndescribedError."""
    key: list[Hashable] = []
    for argument in arguments:
        made = type(argument)
        if made is np.ndarray:  # here and not in a function: a proof calls kernels a thousand times
            flags = argument.flags.num
            if flags & _AS_COMPILED != _AS_COMPILED:
                raise UndescribedError
            key.append((argument.dtype, argument.ndim, flags & _WRITEABLE))
        elif made is int:
            if not _LEAST <= argument <= _MOST:
                raise UndescribedError
            key.append("int64")
        else:
            key.append(_KEYS.get(made, _key_of_tuple)(argument))
    return tuple(key)


def describe_key(key: Any) -> str:
    """The text of the arguments that have this key. Raises UndescribedError."""
    return ", ".join(map(_text, key))


def _key_of_tuple(items: Any) -> Hashable:
    """Also of named tuples, whose class counts. Whatever is not listed below comes here."""
    made = type(items)
    if not (made is tuple or (made.__bases__ == (tuple,) and hasattr(made, "_fields"))) or len(items) == 0:
        raise UndescribedError
    return made, key_of(items)


def _always(text: str) -> Callable[[Any], Hashable]:
    return lambda _: text


# By exact classes: a subclass may mean anything.
_KEYS: dict[type, Callable[[Any], Hashable]] = {
    bool: _always("bool"),
    float: _always("float64"),
    type(None): _always("none"),
    **{dtype.type: _always(name) for dtype, name in _OF_DTYPE.items()},
}


def _text(key: Any) -> str:
    if isinstance(key, str):
        return key
    first, *rest = key
    if isinstance(first, type):
        name = "" if first is tuple else f"{first.__module__}.{first.__qualname__}"
        return f"{name}({describe_key(rest[0])})"
    if first not in _OF_DTYPE:
        raise UndescribedError
    dimensions, writeable = rest
    return f"{'' if writeable else 'const '}{_OF_DTYPE[first]}[{dimensions}]"
