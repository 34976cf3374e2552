"""An executor that remembers what it did, and can be ended at a job."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import Any

from aggregator.executors.jobs import Job, Jobs
from aggregator.executors.local import InProcess
from core_vm.host.room import MemoryRoom


class Interrupted(Exception):
    pass


class Counting(InProcess):
    """Does jobs in this process, remembers which, and ends before one that is to be the last."""

    def __init__(self, last: str = "none") -> None:
        super().__init__()
        self.last, self.names = last, list[str]()

    def run(self, jobs: Jobs, room: MemoryRoom | None = None) -> Generator[tuple[Any, Any]]:
        yield from super().run(self._watched(jobs), room)

    def _watched(self, jobs: Jobs) -> Iterator[Job | None]:
        for job in jobs:
            if job is not None:
                if self.last in job.name:
                    raise Interrupted
                self.names.append(job.name)
            yield job
