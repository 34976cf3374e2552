"""`quire worker`: the command. What it does is in `aggregator.cluster.serving`, which takes long to load."""

from __future__ import annotations

import click

from aggregator.cluster.address import check_certificates
from aggregator.cluster.options import SCHEDULER, quiet_dask
from core_vm.cli.output import GIBIBYTES


@click.command()
@click.argument("scheduler", type=SCHEDULER)
@click.option(
    "--workers", type=click.IntRange(min=1), help="Shards proved at once; as many as memory allows by default."
)
@click.option("--memory-limit", type=GIBIBYTES, metavar="GIB", help="For all of these processes together.")
def worker(scheduler: str, workers: int | None, memory_limit: int | None) -> None:
    """Prove shards for the Dask scheduler SCHEDULER, as in tcp://HOST:PORT, until interrupted.

    Whoever may send to the scheduler may run code on this machine: its network has to be private.
    """
    from aggregator.cluster.executor import check_installed
    from aggregator.cluster.serving import serve
    from aggregator.plan import memory_to_use, plan_shards

    check_installed()
    quiet_dask()
    check_certificates(scheduler, "worker")
    limit = memory_to_use(memory_limit)
    plan = plan_shards(None, workers, limit)
    serve(scheduler, plan, limit // plan.workers)
