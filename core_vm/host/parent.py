"""Worker processes that end with the process that started them, however it ends.

A process that is killed cannot tell its workers. They would wait for ever, with their memory and with whatever pipes
they inherited; so each of them watches its parent.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess

SECONDS_BETWEEN_LOOKS = 1.0


def begin_worker() -> None:
    """What a worker process does first.

    An interrupt from the terminal reaches the whole group of processes: the parent alone answers it, and ends its
    workers. Handlers of the parent's, which a fork takes along, are none of a worker's.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent, os.getppid()), name="quire-parent", daemon=True).start()


def _end_with(parent: BaseProcess, started_by: int) -> None:
    """Returns never: the process ends once `parent` has.

    The pipe that multiprocessing keeps for this is not enough after a fork, when other children of the parent hold its
    other end too. A descriptor of the process itself is exact, where the system has such; elsewhere the number of our
    parent process changes when it ends.
    """
    watched: list[int] = [parent.sentinel]
    try:
        assert parent.pid is not None
        watched.append(os.pidfd_open(parent.pid))
    except ProcessLookupError:
        os._exit(1)
    except (AttributeError, OSError):
        pass  # an older kernel, or another system
    while not wait(watched, SECONDS_BETWEEN_LOOKS) and os.getppid() == started_by:
        pass
    os._exit(1)
