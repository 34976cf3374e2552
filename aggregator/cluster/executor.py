"""Proving on other machines: an executor over a Dask cluster, whose workers join and leave as they please.

A cluster is trusted in one thing: who may send to its scheduler may run code on its machines and on ours, as Dask's
messages are pickles. Its network has to be private, or its connections `tls://`.
"""

from __future__ import annotations

import asyncio
import importlib.util
import time
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from aggregator.cluster.address import check_certificates, reach, scheduler_address
from aggregator.cluster.cluster_run import ClusterRun, let_a_moment_pass
from aggregator.cluster.options import CONNECT_SECONDS
from aggregator.executors.jobs import Jobs
from aggregator.plan import FoldingPlan, ShardPlan, default_cells, fold_bytes, shard_bytes, shards_of_a_size
from core_vm.errors import ResourceError, UsageError
from core_vm.given import shown
from core_vm.machine.limits import check_shard_cells
from core_vm.machine.shard import FIRST_SHARD_CELLS

if TYPE_CHECKING:
    from distributed import Client

    from core_vm.host.room import MemoryRoom

# How long a run waits for a scheduler that is gone, or for workers when there are none.
PATIENCE_SECONDS = 60.0
SECONDS_BETWEEN_LOOKS = 1.0
# A worker that holds more of its limit than this is given no more work by Dask.
USABLE_MEMORY = 0.8


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
            raise UsageError(f"a Cluster takes the address of a scheduler, or a Client, not {shown(scheduler)}")
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
        return ShardPlan(
            shard_cells or min(FIRST_SHARD_CELLS, cells), cells, fitting, here=False, folding=folding,
            shards_of_a_size=shards_of_a_size(fitting),
        )  # fmt: skip

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
            let_a_moment_pass()
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
