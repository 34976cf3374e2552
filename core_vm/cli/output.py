"""What all commands share: options, their files, tables of results, JSON."""

from __future__ import annotations

import io
import json
import math
import os
import shutil
import sys
import textwrap
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO, TypeVar

import click

from core_vm.errors import InputTooLargeError, UsageError
from core_vm.host.files import MAX_PROGRAM_BYTES, MAX_PROOF_BYTES, STDOUT, is_stdout, read_file

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from core_vm.machine.program.program import Program

Command = TypeVar("Command", bound=Callable[..., Any])

EXISTING_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
WIDTH_OF_FILES = 120


class _OutputFile(click.ParamType[Path]):
    """A file to write, or `-` for standard output. Whether it can be written is the command's to ask."""

    name = "file"

    def convert(self, value: str | Path, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        text = os.fspath(value)
        if not text or text.endswith("/"):
            self.fail(f"{text!r} names no file", param, ctx)
        if text == "-":
            return STDOUT
        return Path(text) if Path(text) != Path("-") else Path.cwd() / "-"


class _Gibibytes(click.FloatRange):
    """A positive, finite number of GiB; the command is given bytes."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        size = super().convert(value, param, ctx) * 2**30
        if not math.isfinite(size):
            self.fail(f"{value!r} is no finite number of bytes", param, ctx)
        return math.ceil(size)


OUTPUT_FILE = _OutputFile()
GIBIBYTES = _Gibibytes(min=0, min_open=True)
LOG_SHARD_CELLS = click.IntRange(20, 26)  # as in `machine.limits`, which takes too long to import for a --help


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


def check_report(output: Path, as_json: bool) -> None:
    """Raises UsageError where `--json` and the file to write both want standard output."""
    if as_json and is_stdout(output):
        raise UsageError("--json and the output cannot both go to standard output: give -o a file")


def read_program(path: Path) -> Program:
    """Load an ELF file. Raises InvalidProgramError or UsageError."""
    from core_vm.machine.program.program import Program

    return Program.from_elf(read_file(path, MAX_PROGRAM_BYTES, magic=b"\x7fELF"))


def read_input(path: Path | None) -> bytes:
    """A guest's input; empty without a file. Raises InputTooLargeError or UsageError."""
    from core_vm.state.memory_map import MAX_INPUT

    return read_file(path, MAX_INPUT, too_large=InputTooLargeError) if path else b""


def read_proof(path: Path) -> bytes:
    """A proof's bytes, unchecked. Raises UsageError."""
    from core_vm.statement.encoding import MAGIC

    return read_file(path, MAX_PROOF_BYTES, magic=MAGIC)


def print_facts(title: str, facts: Iterable[tuple[str, str]], to_stderr: bool = False) -> None:
    """Name and value, line by line, on stdout unless that is for something else.

    Not by rich, which takes a tenth of the time of a small proof's verification to import.
    """
    pairs = list(facts)
    margin = 2 + max((len(name) for name, _ in pairs), default=0)
    stream = sys.stderr if to_stderr else sys.stdout
    width = shutil.get_terminal_size().columns if stream.isatty() else WIDTH_OF_FILES
    color = False if os.environ.get("NO_COLOR") else None
    click.secho(title, italic=True, file=stream, color=color)
    for name, value in pairs:
        lines = textwrap.wrap(value, max(width - margin, 1), break_on_hyphens=False)
        label = click.style(name.ljust(margin) if lines else name, fg="cyan")
        click.echo(label + f"\n{' ' * margin}".join(lines), file=stream, color=color)


def print_table(title: str, header: Iterable[str], rows: Iterable[Iterable[str]], numeric: frozenset[int]) -> None:
    """A table on stdout; the columns whose numbers are in `numeric` are right-aligned."""
    from rich import box
    from rich.table import Table

    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for number, name in enumerate(header):
        table.add_column(name, justify="right" if number in numeric else "left", overflow="fold")
    for row in rows:
        table.add_row(*row)
    _print(table, sys.stdout)


def _print(table: Table, stream: TextIO) -> None:
    """As wide as the terminal; where there is none, lines of a fixed width at most, without blanks at their ends."""
    if stream.isatty():
        _console(stream, None).print(table)
        return
    page = io.TextIOWrapper(io.BytesIO(), stream.encoding, "backslashreplace")
    _console(page, WIDTH_OF_FILES).print(table)
    page.seek(0)
    for line in page:
        click.echo(line.rstrip(), file=stream)


def _console(file: Any, width: int | None) -> Console:
    from rich.console import Console

    return Console(file=file, highlight=False, width=width)


def counted(count: int, noun: str) -> str:
    """1 shard, 2 shards."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def format_bytes(count: int) -> str:
    """A size for people: 1.5 MiB."""
    size = float(count)
    for unit in ("bytes", "KiB", "MiB"):
        if size < 1024:
            return counted(count, "byte") if unit == "bytes" else f"{size:.1f} {unit}"
        size /= 1024
    return f"{size:.2f} GiB"


def format_output(output: bytes, limit: int = 64) -> str:
    """A guest's output for people: hexadecimal, and as text where it is text."""
    shown = output[:limit].hex() + ("..." if len(output) > limit else "")
    text = output[:limit].decode("utf-8", "replace").rstrip("\n")
    readable = bool(text) and "\ufffd" not in text and text.isprintable()
    return (f"{shown} ({text!r})" if readable else shown) or "(none)"
