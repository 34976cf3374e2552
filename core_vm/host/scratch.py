"""Buffers that a prover keeps from shard to shard, because fresh memory costs a page fault every 4 KiB."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import numpy.typing as npt

from core_vm.host.memory import aligned_words

# A buffer is asked for with room for a quarter more: shards differ in size, and a buffer that grows by a little leaves
# a hole of its old size. Pages that nobody touches take no memory.
GROWTH = 4

_lock = threading.Lock()
_kept = np.zeros(0, np.uint32)


@contextmanager
def scratch_words(count: int) -> Iterator[npt.NDArray[np.uint32]]:
    """At least `count` uint32 words of undefined content, kept for the next caller; a second user at a time gets fresh
    ones."""
    global _kept
    if not _lock.acquire(blocking=False):
        yield aligned_words(count)
        return
    try:
        if len(_kept) < count:
            _kept = np.zeros(0, np.uint32)  # give the old buffer back before asking for the larger one
            _kept = aligned_words(count + count // GROWTH)
        yield _kept
    finally:
        _lock.release()


def drop_scratch() -> None:
    """Free what is kept, unless it is in use."""
    global _kept
    if _lock.acquire(blocking=False):
        _kept = np.zeros(0, np.uint32)
        _lock.release()
