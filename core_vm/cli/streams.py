"""Our standard streams, guarded: no verdict, exit status or file depends on what becomes of a message.

Writing never raises. The first failure of standard output is remembered, and what follows it is dropped; the command
asks in the end (`final_status`), and one that produces without end asks in between (`is_output_lost`). What cannot be
written to standard error has nobody to be told to.
"""

from __future__ import annotations

import errno
import io
import os
import sys
from typing import TYPE_CHECKING, TextIO

from core_vm.host.files import write_all

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

SIGPIPE_STATUS = 141
"""What a shell shows of a program that ends because nobody reads on."""


class OutputLost(Exception):
    """Standard output takes no more, and what the command still has is for nothing else."""


class _Descriptor(io.RawIOBase):
    """A descriptor to write to. Nothing is raised: `failure` is why it takes no more."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self.failure: OSError | None = None

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._descriptor

    def isatty(self) -> bool:
        return os.isatty(self._descriptor)

    def write(self, data: ReadableBuffer, /) -> int:
        view = memoryview(data)
        if self.failure is None:
            try:
                write_all(self._descriptor, view)
            except OSError as error:
                self.failure = error
        return view.nbytes


_stdout, _stderr = _Descriptor(1), _Descriptor(2)
_settled = False


def guard() -> None:
    """Guards the process's own streams; those that a caller has put in their place are left alone."""
    global _settled
    _settled = False
    for descriptor in range(3):
        _occupy(descriptor)
    if sys.stdout is sys.__stdout__:
        sys.stdout = _text(_stdout, sys.stdout)
    if sys.stderr is sys.__stderr__:
        sys.stderr = _text(_stderr, sys.stderr)


def _occupy(descriptor: int) -> None:
    """A closed descriptor would be the next file's, and messages would go into that. It is opened the contrary way, so
    that using it fails as before."""
    try:
        os.fstat(descriptor)
    except OSError:
        opened = os.open(os.devnull, os.O_WRONLY if descriptor == 0 else os.O_RDONLY)
        os.dup2(opened, descriptor)
        os.set_inheritable(descriptor, True)
        if opened != descriptor:
            os.close(opened)


def _text(raw: _Descriptor, old: TextIO | None) -> TextIO:
    """In the terminal's encoding; what that cannot say is written as an escape."""
    encoding = old.encoding if old is not None else "utf-8"
    buffered = io.BufferedWriter(raw)
    return io.TextIOWrapper(buffered, encoding, errors="backslashreplace", line_buffering=raw.isatty())


def settle() -> None:
    """The command's work is done and its status stands: what it still prints is a report that may get lost."""
    global _settled
    _settled = True


def is_output_lost() -> bool:
    """Whether standard output takes no more."""
    return _stdout.failure is not None


def final_status(status: int) -> int:
    """The exit status, given what became of standard output. Says so on standard error, unless nobody reads on."""
    sys.stdout.flush()
    if _stdout.failure is None:
        return status
    nobody_reads = _stdout.failure.errno == errno.EPIPE
    if not nobody_reads:
        print(f"quire: cannot write standard output: {_stdout.failure.strerror}", file=sys.stderr, flush=True)
    if _settled or status:
        return status
    return SIGPIPE_STATUS if nobody_reads else 1
