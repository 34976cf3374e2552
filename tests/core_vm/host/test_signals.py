"""Signals that come while something cannot be interrupted are answered after it."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator

import pytest

from core_vm.host.signals import signals_waiting

ANSWERED = [signal.SIGINT, signal.SIGTERM, getattr(signal, "SIGRTMIN", signal.SIGUSR1) + 1]
"""The last one has no name on Linux."""


@pytest.fixture
def answered() -> Iterator[list[int]]:
    """The numbers of the signals that were answered, in order."""
    numbers: list[int] = []
    before = {number: signal.signal(number, lambda number, frame: numbers.append(number)) for number in ANSWERED}
    yield numbers
    for number, answer in before.items():
        signal.signal(number, answer)


def test_they_are_answered_at_the_end_in_order(answered: list[int]) -> None:
    with signals_waiting():
        for number in ANSWERED:
            signal.raise_signal(number)
        assert not answered
    assert answered == ANSWERED
    signal.raise_signal(signal.SIGTERM)
    assert answered == [*ANSWERED, signal.SIGTERM]


def test_what_the_system_answers_itself_does_not_wait(answered: list[int]) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    with signals_waiting():
        assert signal.getsignal(signal.SIGTERM) == signal.SIG_IGN


def test_an_error_within_does_not_lose_them(answered: list[int]) -> None:
    def interrupted() -> None:
        with signals_waiting():
            signal.raise_signal(signal.SIGINT)
            raise OSError("no fork")

    with pytest.raises(OSError, match="no fork"):
        interrupted()
    assert answered == [signal.SIGINT]


def test_another_thread_has_none_to_answer(answered: list[int]) -> None:
    def within() -> None:
        with signals_waiting():
            done.append(signal.getsignal(signal.SIGINT))

    done: list[object] = []
    thread = threading.Thread(target=within)
    thread.start()
    thread.join()
    assert done == [signal.getsignal(signal.SIGINT)]
