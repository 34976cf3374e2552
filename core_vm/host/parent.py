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
        assert parent.pid is not None
        end_with(parent.pid, os.getppid(), parent.sentinel)


def end_with(process: int, started_by: int, *pipes: int) -> None:
    """From now on, this process ends once `process` has; `pipes` close then, as far as nobody else holds them.

    `started_by` is the process that ours is a child of: the same one, or one that was asked to start us.
    """
    arguments = (process, started_by, pipes)
    threading.Thread(target=_wait_for_the_end, args=arguments, name="quire-parent", daemon=True).start()


def _wait_for_the_end(process: int, started_by: int, pipes: tuple[int, ...]) -> None:
    """Returns never.

    The pipe that multiprocessing keeps for this is not enough after a fork, when other children of the parent hold its
    other end too. A descriptor of the process itself is exact, where the system has such; elsewhere the number of our
    parent process changes when it ends.
    """
    watched = list(pipes)
    try:
        watched.append(os.pidfd_open(process))
    except ProcessLookupError:
        os._exit(1)
    except (AttributeError, OSError):
        pass  # an older kernel, or another system
    while not wait(watched, SECONDS_BETWEEN_LOOKS) and os.getppid() == started_by:
        pass
    os._exit(1)
