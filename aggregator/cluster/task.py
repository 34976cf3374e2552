"""What a worker of a cluster runs: a job in, its result's bytes out. Dask imports this module on the worker.

It is a preload too (`dask worker --preload aggregator.cluster.task`): then the kernels are loaded, and compiled where
they are not kept yet, before the worker says that it is there.
"""

from __future__ import annotations

import pickle
import threading
from functools import lru_cache

from aggregator.executors.jobs import Work, with_threads

# A worker has memory for one job; Dask would start as many as the worker has threads, or as there are coordinators.
_one_at_a_time = threading.Lock()


def do_job(work: bytes, argument: bytes) -> bytes:
    """The bytes of the result. Both arguments are pickled: the work of one run goes with many arguments.

    A worker's threads, in Dask's words, are the cores that it may use. Raises what the work raises.
    """
    from distributed import get_worker

    from core_vm.host.compilation import expect_everything
    from core_vm.host.memory import keep_freed_memory

    with _one_at_a_time:
        expect_everything()
        keep_freed_memory()
        do = with_threads(_unpickled(work), get_worker().state.nthreads)
        return do(pickle.loads(argument)).to_bytes()


@lru_cache(maxsize=4)
def _unpickled(work: bytes) -> Work:
    return pickle.loads(work)


def dask_setup(_: object) -> None:
    """Called by Dask before the worker joins its scheduler."""
    from aggregator.tiny_program import prove_tiny_program

    prove_tiny_program()
