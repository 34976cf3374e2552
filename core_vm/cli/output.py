"""What all commands share: options, tables of results, JSON, progress, files written whole or not at all."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from core_vm.errors import ResourceError, UsageError

if TYPE_CHECKING:
    from rich.console import Console

    from core_vm.machine.program import Program

Command = TypeVar("Command", bound=Callable[..., Any])

EXISTING_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
OUTPUT_FILE = click.Path(dir_okay=False, path_type=Path)


def json_option(command: Command) -> Command:
    """`--json`: exactly one JSON object on stdout, also when the command refuses."""

    def remember(ctx: click.Context, _: click.Parameter, value: bool) -> bool:
        ctx.meta["quire.json"] = value
        return value

    option = click.option(
        "--json", "as_json", is_flag=True, is_eager=True, callback=remember, help="Print one JSON object, nothing else."
    )
    return option(command)


def print_json(value: dict[str, Any]) -> None:
    """One object on stdout, on one line."""
    click.echo(json.dumps(value))


def one_line(error: BaseException) -> str:
    """An error's message without line breaks."""
    return " ".join(str(error).split())


def read_program(path: Path) -> Program:
    """Load an ELF file. Raises InvalidProgramError or UsageError."""
    from core_vm.machine.program import Program

    return Program.from_elf(read_file(path))


def read_file(path: Path) -> bytes:
    """Raises UsageError where the system refuses."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}") from error


def write_atomically(path: Path, data: bytes) -> None:
    """The file is there whole or not at all. Raises ResourceError where the system refuses."""
    try:
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise ResourceError(f"cannot write {path}: {error.strerror}") from error
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(0o666 & ~_umask())
        temporary.replace(path)
    except OSError as error:
        raise ResourceError(f"cannot write {path}: {error.strerror}") from error
    finally:
        temporary.unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def check_writable(path: Path) -> None:
    """Raises UsageError before long work whose result could not be written."""
    if not path.parent.is_dir():
        raise UsageError(f"cannot write {path}: there is no directory {path.parent}")
    if not os.access(path.parent, os.W_OK):
        raise UsageError(f"cannot write {path}: the directory {path.parent} is not writable")


def print_facts(title: str, facts: Iterable[tuple[str, str]]) -> None:
    """Name and value, line by line, on stdout."""
    from rich.table import Table

    table = Table(title=title, title_justify="left", show_header=False, box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(style="cyan", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in facts:
        table.add_row(name, value)
    _console().print(table)


def print_table(title: str, header: Iterable[str], rows: Iterable[Iterable[str]], numeric: frozenset[int]) -> None:
    """A table on stdout; the columns whose numbers are in `numeric` are right-aligned."""
    from rich import box
    from rich.table import Table

    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for number, name in enumerate(header):
        table.add_column(name, justify="right" if number in numeric else "left", overflow="fold")
    for row in rows:
        table.add_row(*row)
    _console().print(table)


def _console() -> Console:
    """Stdout; lines of a fixed width where there is no terminal to ask."""
    from rich.console import Console

    return Console(highlight=False, width=None if sys.stdout.isatty() else 120)


def guest_output(as_json: bool) -> Callable[[int, bytes], None]:
    """Where a guest's prints go: its stdout to ours (to stderr with --json), its stderr to stderr."""

    def write(descriptor: int, data: bytes) -> None:
        stream = sys.stderr if as_json or descriptor == 2 else sys.stdout
        stream.flush()
        stream.buffer.write(data)
        stream.buffer.flush()

    return write


def format_bytes(count: int) -> str:
    """A size for people: 1.5 MiB."""
    size = float(count)
    for unit in ("bytes", "KiB", "MiB"):
        if size < 1024:
            return f"{count} bytes" if unit == "bytes" else f"{size:.1f} {unit}"
        size /= 1024
    return f"{size:.2f} GiB"


def format_output(output: bytes, limit: int = 64) -> str:
    """A guest's output for people: hexadecimal, and as text where it is text."""
    shown = output[:limit].hex() + ("..." if len(output) > limit else "")
    text = output[:limit].decode("utf-8", "replace").rstrip("\n")
    readable = bool(text) and "\ufffd" not in text and text.isprintable()
    return (f"{shown} ({text!r})" if readable else shown) or "(none)"
