"""Bytes as callers give them: read as they are at that moment, byte by byte, whatever holds them."""

from __future__ import annotations

from core_vm.errors import UsageError


def given_bytes(value: object, what: str) -> bytes:
    """The bytes of a bytes, bytearray or memoryview, which nobody changes afterwards. Of a view of longer items all
    bytes count, not its items. Raises UsageError for anything else, by the name `what`."""
    if isinstance(value, bytes):
        return value
    if not isinstance(value, bytearray | memoryview):
        raise UsageError(f"{what} is bytes, not {type(value).__name__}")
    return bytes(value)
