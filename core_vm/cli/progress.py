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

    def update(self, stage: str, done: int, total: int | None) -> None:
        """`total` is None as long as it is not known."""
        if self._quiet:
            return
        if self._bars is not None:
            self._update_bar(stage, done, total)
        else:
            self._print_line(stage, done, total)

    def _update_bar(self, stage: str, done: int, total: int | None) -> None:
        assert self._bars is not None
        if stage not in self._tasks:
            self._tasks[stage] = self._bars.add_task(stage, total=total)
        self._bars.update(self._tasks[stage], completed=done, total=total)

    def _print_line(self, stage: str, done: int, total: int | None) -> None:
        now = time.monotonic()
        first, last = stage not in self._last_line, total is not None and done >= total
        if first or last or now - self._last_line[stage] >= SECONDS_BETWEEN_LINES:
            self._last_line[stage] = now
            self.before_line()
            click.echo(f"{stage}: {done:,}" + (f" of {total:,}" if total is not None else ""), err=True)


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
