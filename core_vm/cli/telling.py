"""What a command tells on stderr besides its own matters: kernels that are compiled, caches that cannot be used."""

from __future__ import annotations

import warnings
from collections.abc import Generator
from contextlib import contextmanager
from typing import TextIO

import click

from core_vm.cli.progress import ProgressDisplay
from core_vm.host.cache_place import CacheWarning
from core_vm.host.compilation import reporting

LABEL = "compiling kernels"


@contextmanager
def telling() -> Generator[None]:
    """Within the block, compilation is shown and a `CacheWarning` is one line."""
    display = CompilationDisplay()
    with warnings.catch_warnings(), reporting(display.update):
        others = warnings.showwarning

        def show(
            message: Warning | str,
            category: type[Warning],
            filename: str,
            lineno: int,
            file: TextIO | None = None,
            line: str | None = None,
        ) -> None:
            if issubclass(category, CacheWarning):
                click.echo(f"quire: {message}", err=True)
            else:
                others(message, category, filename, lineno, file, line)

        warnings.simplefilter("always", CacheWarning)
        warnings.showwarning = show
        try:
            yield
        finally:
            display.close()


class CompilationDisplay:
    """In the command's own progress display if one is open, in one of its own otherwise."""

    def __init__(self) -> None:
        self._own: ProgressDisplay | None = None

    def update(self, done: int, total: int) -> None:
        if not ProgressDisplay.shown:
            self._own = ProgressDisplay().__enter__()
        ProgressDisplay.shown[-1].update(LABEL, done, total)
        if done >= total:
            self.close()

    def close(self) -> None:
        """Nothing more comes, or nobody wants to know."""
        if self._own is not None:
            self._own.__exit__(None, None, None)
            self._own = None
