"""A program with a pool of workers that are busy for a long time.

`python -m tests.aggregator.executors.busy_pool START_METHOD` prints its workers' process ids, and then proves for ever.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing import active_children
from threading import Timer

from aggregator.executors.local import ProcessPool
from tests.aggregator.executors.plain_jobs import results

SECONDS = 600


@dataclass(frozen=True)
class SleepingProver:
    threads: int = 0

    def __call__(self, record: bytes) -> int:
        time.sleep(SECONDS)
        return len(record)


def records() -> Iterator[bytes]:
    """Larger than a pipe holds, so that one of them is on its way when the end comes."""
    for _ in range(6):
        yield bytes(2**20)


def print_workers() -> None:
    print(*(process.pid for process in active_children()), flush=True)


if __name__ == "__main__":
    Timer(2, print_workers).start()
    with ProcessPool(2, start_method=sys.argv[1]) as pool:
        list(results(pool, SleepingProver(), records()))
