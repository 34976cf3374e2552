"""What a worker of a cluster runs: a shard record in, a result's bytes out. Dask imports this module on the worker.

It is a preload too (`dask worker --preload aggregator.cluster_task`): then the kernels are loaded, and compiled where
they are not kept yet, before the worker says that it is there.
"""

from __future__ import annotations

import pickle
import threading
from dataclasses import replace
from functools import lru_cache

from aggregator.work import ShardProver

# A worker has memory for one shard; Dask would start as many as the worker has threads, or as there are coordinators.
_one_at_a_time = threading.Lock()


def prove_record(prover: bytes, record: bytes) -> bytes:
    """The bytes of a `ShardResult`. Both arguments are pickled: the prover of one run goes with many records.

    A worker's threads, in Dask's words, are the cores that it may use. Raises what proving raises.
    """
    from distributed import get_worker

    from core_vm.host.compilation import expect_everything
    from core_vm.host.memory import keep_freed_memory

    with _one_at_a_time:
        expect_everything()
        keep_freed_memory()
        prove = replace(_unpickled(prover), threads=get_worker().state.nthreads)
        return prove(pickle.loads(record)).to_bytes()


@lru_cache(maxsize=2)
def _unpickled(prover: bytes) -> ShardProver:
    return pickle.loads(prover)


def dask_setup(_: object) -> None:
    """Called by Dask before the worker joins its scheduler."""
    from aggregator.tiny_program import prove_tiny_program

    prove_tiny_program()
