"""What the commands that speak to a cluster share: its address, how long it may take to
answer, and that Dask is quiet."""

from __future__ import annotations

import os
import re

from core_vm.cli.parameters import Checked
from core_vm.errors import UsageError

_LEVEL_VARIABLE = "DASK_LOGGING__DISTRIBUTED"
CONNECT_SECONDS = 5.0


def _scheduler_address(text: str) -> str:
    if not re.fullmatch(r"(tcp|tls)://[^/\s]+:\d{1,5}", text):
        raise UsageError(f"a scheduler is tcp://HOST:PORT or tls://HOST:PORT, not {text!r}")
    return text


SCHEDULER = Checked("scheduler", _scheduler_address)


def quiet_dask() -> None:
    """What goes wrong is ours to tell, in a line; whoever sets the variable hears Dask too.

    To be called before Dask is imported, here or in a process that we start.
    """
    os.environ.setdefault(_LEVEL_VARIABLE, "critical")
