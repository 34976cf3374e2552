"""Proving on other machines: an executor over a Dask cluster, whose workers join and leave as they please.

A worker is sent one job at a time, a shard's record or the proofs to fold, never the run. What comes back is bytes,
which are a proof only once they verify here: a worker that is broken, of another version or malicious costs time, and
is not asked again in this run. Jobs of workers that are lost go to others, by Dask itself; those of a scheduler that is
lost are handed out anew.

A cluster is trusted in one thing: who may send to its scheduler may run code on its machines and on ours, as Dask's
messages are pickles. Its network has to be private, or its connections `tls://`.
"""

from __future__ import annotations

import asyncio
import importlib.util
import pickle
import time
import warnings
from collections import deque
from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aggregator.cluster.address import check_certificates, reach, scheduler_address
from aggregator.cluster.options import CONNECT_SECONDS
from aggregator.cluster.task import do_job
from aggregator.executors.jobs import Job, Jobs, Work
from aggregator.plan import FoldingPlan, ShardPlan, default_cells, fold_bytes, shard_bytes
from core_vm.errors import QuireError, Rejection, ResourceError, UsageError, WitnessError
from core_vm.machine.limits import check_shard_cells
from core_vm.machine.shard import FIRST_SHARD_CELLS

if TYPE_CHECKING:
    from distributed import Client, Future

    from core_vm.host.room import MemoryRoom

# How long a run waits for a scheduler that is gone, or for workers when there are none.
PATIENCE_SECONDS = 60.0
SECONDS_BETWEEN_LOOKS = 1.0
MOMENT = 0.02
# A worker that holds more of its limit than this is given no more work by Dask.
USABLE_MEMORY = 0.8
MOST_FAILURES = 3


def check_installed() -> None:
    """Raises UsageError where the extra is missing."""
    if importlib.util.find_spec("distributed") is None:
        raise UsageError("clusters need the package distributed: pip install 'quire[cluster]'")


class Cluster:
    """Proves on the workers of a Dask scheduler: `prove(..., workers=Cluster("tcp://HOST:PORT"))`.

    It takes a `distributed.Client` too, which stays the caller's. One object may serve many runs, one after the other.
    """

    processes = 0

    def __init__(self, scheduler: str | Client, *, patience: float = PATIENCE_SECONDS) -> None:
        """`patience`: seconds to wait for a scheduler, or for a first worker. Raises UsageError without the package,
        for what is no address, and for `tls://` without certificates."""
        check_installed()
        if getattr(scheduler, "asynchronous", False):
            raise UsageError("a Cluster takes a client that is not asynchronous")
        self.patience = patience
        self._address, self._client = "", None
        if isinstance(scheduler, str):
            self._address = scheduler_address(scheduler)
            check_certificates(self._address, "client")
        elif hasattr(scheduler, "scheduler_info"):
            self._client: Client | None = scheduler
        else:
            raise UsageError(f"a Cluster takes the address of a scheduler, or a Client, not {scheduler!r:.80}")
        self._workers: dict[str, int] = {}
        self._looked = 0.0

    def __enter__(self) -> Cluster:
        try:
            self._await_workers()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Leave the cluster. A client that was given stays open."""
        if self._address and self._client is not None:
            with suppress(Exception):
                self._client.close(timeout=CONNECT_SECONDS)
            self._client = None

    def plan(self, shard_cells: int | None, memory_limit: int | None, folding: bool = False) -> ShardPlan:
        """Shards that fit the workers that are there; none of this machine's memory goes to proving.

        Of a size that was asked for, the workers that it fits count. Raises ResourceError where there are none.
        """
        check_shard_cells("shard_cells", shard_cells)
        memory = self._await_workers()
        smallest = min(memory.values())
        cells = shard_cells or default_cells(lambda cells: shard_bytes(cells, folding) <= smallest)
        fitting = sum(shard_bytes(cells, folding) <= usable for usable in memory.values())
        if not fitting:
            raise ResourceError(
                f"a shard of {cells} cells needs about {shard_bytes(cells, folding) / 2**30:.1f} GiB, and the largest "
                f"worker of the cluster has {max(memory.values()) / 2**30:.1f} GiB: give it a higher --memory-limit"
            )
        return ShardPlan(shard_cells or min(FIRST_SHARD_CELLS, cells), cells, fitting, here=False, folding=folding)

    def plan_folding(self, memory: int) -> FoldingPlan:
        """On the workers that it fits; none of this machine's memory goes to it. Raises ResourceError where there are
        none."""
        theirs = self._await_workers()
        fitting = sum(fold_bytes() <= usable for usable in theirs.values())
        if not fitting:
            raise ResourceError(
                f"to fold takes about {fold_bytes() / 2**30:.1f} GiB, and the largest worker of the cluster has "
                f"{max(theirs.values()) / 2**30:.1f} GiB: give it a higher --memory-limit"
            )
        return FoldingPlan(fitting, here=False)

    def run(self, jobs: Jobs, room: MemoryRoom | None = None) -> Generator[tuple[Any, Any]]:
        """Raises ResourceError where the cluster is gone for longer than `patience`, or fails a job repeatedly; a
        Rejection or WitnessError that a worker raises, where all others that were asked raise one as well."""
        return ClusterRun(self).results(jobs)

    @property
    def client(self) -> Client | None:
        """Connected, or None. One of our own that gave up is replaced."""
        from distributed import Client

        if self._address and (self._client is None or self._client.status in ("closed", "closing")):
            self._client = None
            with suppress(OSError), ThreadPoolExecutor(1) as thread:  # the caller's own may be running a loop
                thread.submit(asyncio.run, reach(self._address, "client", CONNECT_SECONDS)).result()
                self._client = Client(self._address, timeout=CONNECT_SECONDS, set_as_default=False, name="quire")
        return self._client if self._client is not None and self._client.status == "running" else None

    def workers(self) -> dict[str, int]:
        """The addresses of the workers that are there, and the bytes of memory that each may use for a shard."""
        now = time.monotonic()
        if now - self._looked >= SECONDS_BETWEEN_LOOKS:
            self._workers = _workers_of(self.client)
            self._looked = time.monotonic()
        return self._workers

    def _await_workers(self) -> dict[str, int]:
        deadline = time.monotonic() + self.patience
        while not (workers := self.workers()):
            if time.monotonic() > deadline:
                raise self.gone()
            time.sleep(MOMENT)
        return workers

    def gone(self) -> ResourceError:
        """What there is to say when patience is over."""
        name = self._address or "the cluster"
        if self._client is None or self._client.status != "running":
            return ResourceError(f"no scheduler answers at {name}: start one with `dask scheduler`")
        return ResourceError(f"the scheduler at {name} has no worker for this run: start some with `quire worker`")


def _workers_of(client: Client | None) -> dict[str, int]:
    if client is None:
        return {}
    try:
        known: dict[str, Any] = client.scheduler_info(n_workers=-1)["workers"]
    except Exception:  # whatever a connection that breaks right now raises
        return {}
    running = {address: worker for address, worker in known.items() if worker.get("status", "running") == "running"}
    return {address: _usable(worker.get("memory_limit")) for address, worker in running.items()}


def _usable(memory_limit: int | None) -> int:
    return int(memory_limit * USABLE_MEMORY) if memory_limit else 2**62


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
        time.sleep(MOMENT)

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
