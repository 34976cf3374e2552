"""Buffers that a prover keeps from shard to shard, because fresh memory costs a page fault every 4 KiB."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import numpy.typing as npt

_lock = threading.Lock()
_kept = np.zeros(0, np.uint32)


@contextmanager
def scratch_words(count: int) -> Iterator[npt.NDArray[np.uint32]]:
    """At least `count` uint32 words of undefined content, kept for the next caller; a second user at a time gets fresh ones."""
    global _kept
    if not _lock.acquire(blocking=False):
        yield np.empty(count, np.uint32)
        return
    try:
        if len(_kept) < count:
            _kept = np.zeros(0, np.uint32)  # give the old buffer back before asking for the larger one
            _kept = np.empty(count, np.uint32)
        yield _kept
    finally:
        _lock.release()


def release_scratch() -> None:
    """Give the kept buffer back to the system."""
    global _kept
    with _lock:
        _kept = np.zeros(0, np.uint32)
