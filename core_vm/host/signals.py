"""Signals that wait until something is done that cannot be interrupted."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any


@contextmanager
def signals_waiting() -> Iterator[None]:
    """What Python code answers signals is called at the end of the block, for those that come within it.

    For a fork: Python runs callbacks right after it, and drops what is raised in them. That is where the answer to a
    signal that comes during a fork is called, which takes long in a large process; so its exception was lost, and the
    process went on as if nobody had asked it to end. A mask would not do: another thread may take the signal.
    """
    if threading.current_thread() is not threading.main_thread():
        yield  # no answer is called here
        return
    came: list[tuple[int, FrameType | None]] = []
    answers: dict[int, Callable[[int, FrameType | None], Any]] = {
        number: answer for number in signal.valid_signals() if callable(answer := signal.getsignal(number))
    }
    for number in answers:
        signal.signal(number, lambda number, frame: came.append((number, frame)))
    try:
        yield
    finally:
        for number, answer in answers.items():
            signal.signal(number, answer)
        for number, frame in came:
            answers[number](number, frame)
