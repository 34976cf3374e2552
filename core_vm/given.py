"""What callers give: bytes, read as they are at that moment, byte by byte, whatever holds them; several of them;
functions, which are asked for before the work begins, not when it first has news; numbers and flags."""

from __future__ import annotations

from collections.abc import Iterable
from numbers import Integral
from typing import Any

from core_vm.errors import UsageError


def given_bytes(value: object, what: str) -> bytes:
    """The bytes of a bytes, bytearray or memoryview, which nobody changes afterwards. Of a view of longer items all
    bytes count, not its items. Raises UsageError for anything else, by the name `what`."""
    if isinstance(value, bytes):
        return value
    if not isinstance(value, bytearray | memoryview):
        raise UsageError(f"{what} is bytes, not {type(value).__name__}")
    return bytes(value)


def given_several(values: object, what: str) -> list[Any]:
    """The items of any iterable, for each of which `given_bytes` will be asked. Raises UsageError for what has none, or
    numbers or letters, by the name `what`."""
    if not isinstance(values, Iterable) or isinstance(values, bytes | bytearray | memoryview | str):
        raise UsageError(f"{what} are a list, each bytes, not {type(values).__name__}")
    return list(values)


def shown(value: object, most: int = 80) -> str:
    """The beginning of a value for an error that refuses it. There is always something to show: of an integer of
    thousands of digits, or an object that does not tell what it is, the type."""
    try:
        return f"{value!r:.{most}}"
    except Exception:  # whatever the caller's own object raises
        return f"this {type(value).__name__}"


def check_function(name: str, value: object) -> None:
    """Raises UsageError unless `value` is None or can be called."""
    if value is not None and not callable(value):
        raise UsageError(f"{name} is a function, not {type(value).__name__}")


def is_integer(value: object) -> bool:
    """Whether `value` is an integer of any kind, numpy's too. A flag is none."""
    return isinstance(value, Integral) and not isinstance(value, bool)


def check_flag(name: str, value: object) -> None:
    """Raises UsageError unless `value` is True or False: of anything else it is a guess which one is meant."""
    if not isinstance(value, bool):
        raise UsageError(f"{name} is True or False, not {shown(value)}")
