"""Names of entries: each says all that its content follows from, so whatever is found under a name is of use."""

from __future__ import annotations

import hashlib
from functools import cache


def kept_name(kind: str, numbers: list[list[int]]) -> str:
    """The name of what this version of Quire made, and these numbers tell all about."""
    return name_of(kind, repr([quire_version(), *numbers]).encode())


def name_of(kind: str, content: bytes) -> str:
    """A digest of the content, which is told apart by kind."""
    return f"{kind}-{hashlib.sha256(kind.encode() + b':' + content).hexdigest()}"


@cache
def quire_version() -> str:
    """Of the package that is installed."""
    from importlib.metadata import version  # which takes long to import for a run without a store

    return version("quire")
