"""Jobs: what executors do, whatever it is. A job can be done in any process, and its result be told from garbage."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Protocol


class Result(Protocol):
    """What a job comes to. `peak_memory_bytes` is of the process that did it."""

    @property
    def peak_memory_bytes(self) -> int: ...

    def to_bytes(self) -> bytes:
        """What `Job.verified` reads."""
        ...


class Work(Protocol):
    """What many jobs have in common, called with what they have not: a frozen dataclass, picklable."""

    @property
    def threads(self) -> int:
        """How many a call may use."""
        ...

    def __call__(self, argument: Any, /) -> Result:
        """Raises a QuireError."""
        ...


class Job(Protocol):
    """A call of `work` with `argument`, which is picklable as well."""

    @property
    def name(self) -> str:
        """For people, as in "shard 3"."""
        ...

    @property
    def work(self) -> Work: ...

    @property
    def argument(self) -> Any: ...

    @property
    def memory_bytes(self) -> int:
        """What a process needs that does it."""
        ...

    def verified(self, data: object) -> Result:
        """The result from bytes that came from anywhere.

        Raises Rejection unless they are a proof of what this very job is about.
        """
        ...


Jobs = Iterable[Job | None]
"""Jobs as they become known. None says that there is no other until a result of one that was given is handed on; it is
never said where all are done."""


def with_threads(work: Work, threads: int) -> Work:
    """The same work on so many threads."""
    return replace(work, threads=threads)  # type: ignore[type-var]
