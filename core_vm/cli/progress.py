"""Progress of long work: a bar on a terminal, plain lines elsewhere; always on stderr."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, ClassVar

import click

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

SECONDS_BETWEEN_LINES = 5.0


class ProgressDisplay:
    """A context manager; `update(stage, done, total)` may be called as often as there is news."""

    shown: ClassVar[list[ProgressDisplay]] = []
    """Those that are open. A terminal shows one at a time."""

    def __init__(self, quiet: bool = False) -> None:
        self._quiet = quiet
        self._bars: Progress | None = None
        self._tasks: dict[str, TaskID] = {}
        self._last_line: dict[str, float] = {}
        self._note: str | None = None
        self.before_line: Callable[[], None] = lambda: None
        """Called before a plain line: whoever writes between them ends a line of its own."""

    def __enter__(self) -> ProgressDisplay:
        if not self._quiet and sys.stderr.isatty():
            self._bars = _bars()
            self._bars.start()
        self.shown.append(self)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.shown.remove(self)
        if self._bars is not None:
            self._bars.stop()

    @property
    def has_bars(self) -> bool:
        """Whether bars are on the terminal, so that whatever else is written there has to go above them."""
        return self._bars is not None

    def print_above(self, text: str) -> None:
        """Lines, without the last line break, on the terminal that shows the bars."""
        assert self._bars is not None
        self._bars.console.out(text, highlight=False)

    def note(self, text: str) -> None:
        """A line that is shown with the first news: work that is refused before there are any needs none."""
        self._note = text

    def update(self, stage: str, done: int, total: int | None, seconds_left: float | None = None) -> None:
        """`total` and `seconds_left` are None as long as they are not known."""
        if self._quiet:
            return
        self._show_note()
        if self._bars is not None:
            self._update_bar(stage, done, total)
        else:
            self._print_line(stage, done, total, seconds_left)

    def _show_note(self) -> None:
        if self._note is None:
            return
        if self._bars is not None:
            self.print_above(self._note)
        else:
            self.before_line()
            click.echo(self._note, err=True)
        self._note = None

    def _update_bar(self, stage: str, done: int, total: int | None) -> None:
        assert self._bars is not None
        if stage not in self._tasks:
            self._tasks[stage] = self._bars.add_task(stage, total=total)
        self._bars.update(self._tasks[stage], completed=done, total=total)

    def _print_line(self, stage: str, done: int, total: int | None, seconds_left: float | None) -> None:
        now = time.monotonic()
        first, last = stage not in self._last_line, total is not None and done >= total
        if first or last or now - self._last_line[stage] >= SECONDS_BETWEEN_LINES:
            self._last_line[stage] = now
            self.before_line()
            of_total = f" of {total:,}" if total is not None else ""
            left = f", {_duration(seconds_left)} left" if seconds_left is not None and not last else ""
            click.echo(f"{stage}: {done:,}{of_total}{left}", err=True)


def _duration(seconds: float) -> str:
    """A time for people: 1:02:03, 2:03, 45 s."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours}:{minutes:02}:{rest:02}"
    return f"{minutes}:{rest:02}" if minutes else f"{rest} s"


def _bars() -> Progress:
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
    )
