"""What the commands that speak to a cluster share: its address, how long it may take to answer, and that Dask is
quiet."""

from __future__ import annotations

import os

from aggregator.cluster.address import scheduler_address
from core_vm.cli.parameters import Checked

_LEVEL_VARIABLE = "DASK_LOGGING__DISTRIBUTED"
CONNECT_SECONDS = 5.0


SCHEDULER = Checked("scheduler", scheduler_address)


def quiet_dask() -> None:
    """What goes wrong is ours to tell, in a line; whoever sets the variable hears Dask too.

    To be called before Dask is imported, here or in a process that we start.
    """
    os.environ.setdefault(_LEVEL_VARIABLE, "critical")
