"""One run on a cluster: which worker is at which job, and what becomes of a job that fails.

A worker is sent one job at a time, a shard's record or the proofs to fold, never the run. What comes back is bytes,
which are a proof only once they verify here: a worker that is broken, of another version or malicious costs time, and
is not asked again in this run. Jobs of workers that are lost go to others, by Dask itself; those of a scheduler that is
lost are handed out anew.
"""

from __future__ import annotations

import pickle
import time
import warnings
from collections import deque
from collections.abc import Generator, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aggregator.cluster.task import do_job
from aggregator.executors.jobs import Job, Jobs, Work
from core_vm.errors import QuireError, Rejection, ResourceError, WitnessError

if TYPE_CHECKING:
    from distributed import Future

    from aggregator.cluster.executor import Cluster

MOMENT_SECONDS = 0.02
MOST_FAILURES = 3


def let_a_moment_pass() -> None:
    """Between two looks at what others do."""
    time.sleep(MOMENT_SECONDS)


@dataclass(eq=False)
class _Given:
    """A job on its way: the worker that it was last given to, and what went wrong."""

    job: Job
    worker: str = ""
    failures: list[QuireError] = field(default_factory=list)
    refusals: list[Rejection] = field(default_factory=list)
    """Failures of workers that refuse what they were given, a proof that is to be folded."""

    def refusal(self) -> Rejection | None:
        """What is wrong with what was given, where all who were asked refused it. One alone may lie."""
        agreed = self.refusals and len(self.refusals) == len(self.failures)
        return self.refusals[-1].of(self.job.name) if agreed else None


class ClusterRun:
    """One run on a cluster. It holds a job for each worker that is at one, and one that waits."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._pickled: dict[int, tuple[Work, bytes]] = {}
        self.waiting: deque[_Given] = deque()
        self.running: dict[Future, _Given] = {}
        self._distrusted: set[str] = set()
        self._last_hope = time.monotonic()

    def results(self, jobs: Jobs) -> Generator[tuple[Any, Any]]:
        try:
            for job in jobs:
                if job is None:  # until there is a result
                    yield from self._turn()
                    continue
                self.waiting.append(_Given(job))
                while self.waiting:
                    yield from self._turn()
            while self.waiting or self.running:
                yield from self._turn()
        finally:
            self._forget()

    def _turn(self) -> Iterator[tuple[Any, Any]]:
        """Hand out what waits and take what is done; where there is neither, let a moment pass."""
        handed_out = self._hand_out()
        done = [future for future in self.running if future.status != "pending"]
        for future in done:
            given = self.running.pop(future)
            result = self._taken(future, given)
            if result is not None:
                yield given.job, result
        if not handed_out and not done:
            self._pass_a_moment()

    def _hand_out(self) -> int:
        client, count = self._cluster.client if self.waiting else None, 0
        busy = {given.worker for given in self.running.values()}
        for address in sorted(self._usable() - busy) if client is not None else ():
            if not self.waiting:
                break
            given = self.waiting.popleft()
            self.running[self._submit(client, given, address)] = given
            count += 1
        return count

    def _usable(self) -> set[str]:
        """Workers that may be asked: not those that failed us, nor those that are too small for what waits."""
        needed = max((given.job.memory_bytes for given in self.waiting), default=0)
        return {a for a, memory in self._cluster.workers().items() if memory >= needed} - self._distrusted

    def _submit(self, client: Any, given: _Given, address: str) -> Future:
        given.worker, work = address, given.job.work
        argument = pickle.dumps(given.job.argument)
        if id(work) not in self._pickled:  # kept with the work itself, so that its id stays its own
            self._pickled[id(work)] = work, pickle.dumps(work)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that a program is large to send
            # If this worker is lost, any other one will do.
            return client.submit(
                do_job, self._pickled[id(work)][1], argument, workers=[address], allow_other_workers=True, pure=False
            )

    def _taken(self, future: Future, given: _Given) -> Any:
        """What a future that is done has for us; None where the job has to be done again."""
        from distributed import CancelledError, KilledWorker

        try:
            data: Any = future.result()
        except CancelledError:  # the scheduler is gone, and with it what was under way
            self.waiting.append(given)
            return None
        except KilledWorker as error:
            raise ResourceError(
                f"{given.job.name} was lost with one worker after the other, most likely for memory: "
                "give smaller --shard-cells, or the workers a higher --memory-limit"
            ) from error
        except Rejection as error:
            given.refusals.append(error)
            return self._failed(given, given.worker, error)
        except QuireError as error:
            return self._failed(given, given.worker, error)
        except Exception as error:  # a worker of another version may come with anything
            return self._failed(given, given.worker, ResourceError(f"{type(error).__name__}: {error}"))
        try:
            return given.job.verified(data)
        except Rejection as error:
            return self._failed(given, self._where(future) or given.worker, error)

    def _failed(self, given: _Given, worker: str, error: QuireError) -> None:
        self._distrusted.add(worker)
        given.failures.append(error)
        self.waiting.append(given)
        if len(given.failures) < MOST_FAILURES:
            return
        if refusal := given.refusal():
            raise refusal
        kind = WitnessError if isinstance(error, WitnessError) else ResourceError
        raise kind(f"{given.job.name} failed at {MOST_FAILURES} workers, last at {worker}: {error}")

    def _where(self, future: Future) -> str | None:
        """The worker that has a result, and so made it."""
        client: Any = self._cluster.client
        with suppress(Exception):  # of a connection that breaks, or a result that is gone again
            return next(iter(client.who_has([future])[future.key]))
        return None

    def _pass_a_moment(self) -> None:
        """Raises ResourceError where the cluster has had nobody to work for us for too long."""
        now = time.monotonic()
        if self._usable():
            self._last_hope = now
        elif now - self._last_hope > self._cluster.patience:
            raise self._hopeless()
        let_a_moment_pass()

    def _hopeless(self) -> QuireError:
        failures = [error for given in self.waiting for error in given.failures]
        if not failures:
            return self._cluster.gone()
        if refusal := next(filter(None, (given.refusal() for given in self.waiting)), None):
            return refusal
        return ResourceError(f"no worker is left that did not fail; the last failure: {failures[-1]}")

    def _forget(self) -> None:
        """Nobody asks for what is still under way."""
        client = self._cluster.client if self.running else None
        if client is not None:
            with suppress(Exception):
                client.cancel(list(self.running))
