"""Jobs of whatever a test wants done, and their results alone."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from aggregator.executors.local import JobExecutor


@dataclass(frozen=True)
class PlainJob:
    """It is done by processes that are trusted: nothing is verified."""

    work: Any
    argument: Any
    memory_bytes: int = 0

    @property
    def name(self) -> str:
        return f"job {self.argument}"

    def verified(self, data: object) -> Any:
        raise NotImplementedError


def results(executor: JobExecutor, work: Any, arguments: Iterable[Any]) -> Generator[Any]:
    """What `work` makes of each argument, in any order."""
    with closing(executor.run(PlainJob(work, argument) for argument in arguments)) as done:
        for _, result in done:
            yield result
