"""Where a guest's prints go while it runs."""

from __future__ import annotations

import os
import sys
from types import TracebackType

from core_vm.cli import streams
from core_vm.cli.progress import ProgressDisplay


class GuestOutput:
    """A guest's stdout goes to ours (to stderr where ours is for something else), its stderr to stderr.

    Called with the guest's descriptor and bytes. A context manager, whose end also ends a line that the guest left
    open; a line of progress does so too where both meet. Lines go above the bars of `display` where both are on a
    terminal. With `wanted`, a standard output that takes no more raises OutputLost: nobody is there for whom the guest
    would go on.
    """

    def __init__(self, to_stderr: bool, display: ProgressDisplay | None = None, wanted: bool = False) -> None:
        self._to_stderr, self._display, self._wanted = to_stderr, display, wanted
        self._one_end = to_stderr or _have_one_end()
        self._open_lines = {1: b"", 2: b""}
        if display is not None:
            display.before_line = lambda: self._end_line(2)

    def __enter__(self) -> GuestOutput:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end_line(1)
        self._end_line(2)

    def __call__(self, descriptor: int, data: bytes) -> None:
        ours = 2 if self._to_stderr else descriptor
        self._pass_on(ours, data)
        if self._wanted and ours == 1 and streams.is_output_lost():
            raise streams.OutputLost

    def _end_line(self, descriptor: int) -> None:
        if self._open_lines[descriptor]:
            self._pass_on(descriptor, b"\n")

    def _pass_on(self, descriptor: int, data: bytes) -> None:
        stream = sys.stderr if descriptor == 2 else sys.stdout
        end = 2 if self._one_end else descriptor
        if self._display is not None and self._display.has_bars and stream.isatty():
            # Whole lines alone: the bars are drawn below them.
            lines, newline, data = (self._open_lines[end] + data).rpartition(b"\n")
            if newline:
                self._display.print_above(lines.decode("utf-8", "replace"))
            self._open_lines[end] = data
            return
        stream.flush()
        stream.buffer.write(data)
        stream.buffer.flush()
        if data:
            self._open_lines[end] = b"" if data.endswith(b"\n") else data[-1:]


def _have_one_end() -> bool:
    """Whether stdout and stderr go to the same place."""
    try:
        return os.path.sameopenfile(sys.stdout.fileno(), sys.stderr.fileno())
    except OSError:
        return False  # not of the system
