"""What is kept of a piece of work that a proof of its own making spoilt, by a fault of some machine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from core_vm.errors import Rejection, StatementMismatch


class Mendable(Protocol):
    """What keeps proofs, and can take back those that are none."""

    def mend(self) -> None: ...


@contextmanager
def mending(work: Mendable) -> Iterator[None]:
    """A Rejection within the block, which a proof of our own may have run into, passes after `work.mend()`."""
    try:
        yield
    except StatementMismatch:  # of what is folded itself, such as claims that are open
        raise
    except Rejection:
        work.mend()
        raise
