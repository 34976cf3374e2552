"""Processes that prove shards for a Dask scheduler, as long as they are let."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any

import click

from aggregator.cluster.address import reach
from aggregator.cluster.options import CONNECT_SECONDS
from core_vm.cli.output import format_bytes

if TYPE_CHECKING:
    from aggregator.plan import ShardPlan

SECONDS_BETWEEN_TRIES = 1.0
PRELOAD = "aggregator.cluster.task"


def serve(scheduler: str, plan: ShardPlan, memory: int) -> None:
    """Until the process ends. `memory` is in bytes, for each of the plan's workers."""
    asyncio.run(_serve(scheduler, plan, memory))


async def _serve(scheduler: str, plan: ShardPlan, memory: int) -> None:
    """For ever: a scheduler that is gone, or not there yet, may come."""
    tell = _News()
    while True:
        try:
            await reach(scheduler, "worker", CONNECT_SECONDS)
            async with AsyncExitStack() as stack:
                nannies = [_nanny(scheduler, plan, memory) for _ in range(plan.workers)]
                await _start(stack, nannies)
                tell(f"{plan.workers} workers of {format_bytes(memory)} each prove for {scheduler}")
                await asyncio.gather(*(nanny.finished() for nanny in nannies))
        except OSError:
            tell(f"waiting for a scheduler at {scheduler}")
        except RuntimeError as error:  # which is what Dask makes of whatever went wrong
            tell(f"workers did not start: {error.__cause__ or error}")
        await asyncio.sleep(SECONDS_BETWEEN_TRIES)


async def _start(stack: AsyncExitStack, nannies: list[Any]) -> None:
    """All of them at once. Raises RuntimeError where one fails, when none is in the middle of its start any more."""
    started = await asyncio.gather(*map(stack.enter_async_context, nannies), return_exceptions=True)
    for nanny in started:
        if isinstance(nanny, BaseException):
            raise nanny


def _nanny(scheduler: str, plan: ShardPlan, memory: int) -> Any:
    """A process that keeps a worker process within its memory, and starts it again when it dies."""
    import distributed
    from dask import config

    from aggregator.cluster.executor import USABLE_MEMORY
    from core_vm.host.cores import available_cores

    # Provers keep their memory from shard to shard, so Dask must not wait for it to come back, nor spill to disk; a
    # worker ends where it would take more than its share.
    fractions = {"target": False, "spill": False, "pause": False, "terminate": USABLE_MEMORY}
    config.set({f"distributed.worker.memory.{name}": value for name, value in fractions.items()})
    nanny: Any = distributed.Nanny  # whose types do not know that a limit may be a number
    return nanny(
        scheduler,
        nthreads=max(1, available_cores() // plan.workers),
        memory_limit=int(memory / USABLE_MEMORY),
        preload=[PRELOAD],
        dashboard=False,
    )


class _News:
    """Lines on stderr, each until there is another one to tell."""

    def __init__(self) -> None:
        self._last = ""

    def __call__(self, text: str) -> None:
        if text != self._last:
            click.echo(f"quire: {text}", err=True)
        self._last = text
