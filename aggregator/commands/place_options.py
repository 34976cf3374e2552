"""Options of the commands that prove and fold: where that is done, within how much memory, and what is kept of it."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from aggregator.cluster.options import SCHEDULER, quiet_dask
from core_vm.cli.output import GIBIBYTES
from core_vm.errors import UsageError

if TYPE_CHECKING:
    from aggregator.executors.local import JobExecutor

C = TypeVar("C", bound=Callable[..., object])


class _Directory(click.Path):
    """Of a name that may be that of a directory; an empty one is not that of the one where we are."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if value == "":
            self.fail("'' names no directory", param, ctx)
        return super().convert(value, param, ctx)


STORE = _Directory(file_okay=False, path_type=Path)


def place_options(what: str) -> Callable[[C], C]:
    """--workers, --memory-limit, --store and --scheduler; `what` is done at once."""

    def decorated(command: C) -> C:
        for option in reversed(_options(what)):
            command = option(command)
        return command

    return decorated


def _options(what: str) -> list[Callable[[C], C]]:
    return [
        click.option(
            "--workers", type=click.IntRange(min=1), help=f"{what} at once; as many as memory allows by default."
        ),
        click.option("--memory-limit", type=GIBIBYTES, metavar="GIB", help="For all processes together."),
        click.option(
            "--store", type=STORE, metavar="DIR", help="Keep proofs there; the same command again goes on from them."
        ),
        click.option(
            "--scheduler", type=SCHEDULER, metavar="tcp://HOST:PORT", help="Work on the workers of this Dask cluster."
        ),
    ]


@contextmanager
def place_to_work(workers: int | None, scheduler: str | None) -> Generator[int | JobExecutor | None]:
    """What is taken for `workers` from Python. Raises UsageError where both are given."""
    if scheduler is None:
        yield workers
        return
    if workers is not None:
        raise UsageError("--workers is of this machine: give it to `quire worker` where there is a --scheduler")
    from aggregator.cluster.executor import Cluster

    quiet_dask()
    with Cluster(scheduler) as cluster:
        yield cluster
