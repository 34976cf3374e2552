"""Which part of the verifier is at work, for those who account for what it does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

FIRST_PART = "statement"


class Parts:
    """The open parts, the innermost last. The statement's is always open: what is done outside of others is its."""

    def __init__(self) -> None:
        self._open = [FIRST_PART]

    @property
    def innermost(self) -> str:
        return self._open[-1]

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        """What is done within belongs to this part."""
        self._open.append(name)
        try:
            yield
        finally:
            self._open.pop()
