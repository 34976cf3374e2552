"""Signals that ask a command to end: it unwinds, so that its workers end and nothing half-written stays behind."""

from __future__ import annotations

import os
import signal
import threading
import time
from types import FrameType

WORDS = {signal.SIGINT: "interrupted", signal.SIGTERM: "terminated", signal.SIGHUP: "hung up"}

# Whoever ends us may say so twice at once (`timeout` signals the process and its group); who repeats it later means it.
PATIENCE = 1.0


class Ended(SystemExit):
    """Raised in the main thread where a signal came in. Its status is what a shell shows of such an end."""

    def __init__(self, number: int) -> None:
        super().__init__(128 + number)
        self.why = WORDS[signal.Signals(number)]


def unwind_on_signals() -> None:
    """Lets the signals that end a process raise `Ended`; those that the caller has us ignore stay ignored."""
    if threading.current_thread() is not threading.main_thread():
        return
    first = float("inf")

    def end(number: int, _: FrameType | None) -> None:
        nonlocal first
        now = time.monotonic()
        if first == float("inf"):
            first = now
            raise Ended(number)
        if now - first > PATIENCE:
            os._exit(128 + number)

    for number in WORDS:
        if signal.getsignal(number) not in (signal.SIG_IGN, None):
            signal.signal(number, end)


def stop_listening() -> None:
    """For a process that has unwound: said again now, a signal would change the status that was settled."""
    for number in WORDS:
        signal.signal(number, signal.SIG_IGN)
