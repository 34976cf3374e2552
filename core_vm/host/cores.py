"""How many cores this process may use: as long as it runs, and right now."""

from __future__ import annotations

import os
from typing import Protocol


class Share(Protocol):
    """A number of cores that another process changes, in memory that both have."""

    value: int


_share: Share | None = None


def available_cores() -> int:
    """Cores this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on every system
        return os.cpu_count() or 1


def share_cores(share: Share | None) -> None:
    """From now on this process is one of several: at any time it uses as many cores as `share` says then. None: it has
    all of them, as at first."""
    global _share
    _share = share


def within_share(threads: int) -> int:
    """So many threads, or as many as there are cores for right now."""
    return threads if _share is None else min(threads, max(1, _share.value))
