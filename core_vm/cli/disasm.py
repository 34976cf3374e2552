"""Commands that look at a program: `quire id`, `quire disasm`."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import click

from core_vm.cli.output import EXISTING_FILE, json_option, print_json, read_program
from core_vm.cli.streams import OutputLost, is_output_lost

if TYPE_CHECKING:
    from collections.abc import Iterator

    from core_vm.machine.program.program import Program

LINES_AT_ONCE = 1000


@click.command("id")
@click.argument("program", type=EXISTING_FILE)
@json_option
def id_command(program: Path, as_json: bool) -> None:
    """Print the program id of the ELF file PROGRAM: what a verifier must know of it."""
    program_id = read_program(program).program_id
    if as_json:
        print_json({"program_id": program_id})
    else:
        click.echo(program_id)


@click.command()
@click.argument("program", type=EXISTING_FILE)
def disasm(program: Path) -> None:
    """Print the instructions of the ELF file PROGRAM, with its function names."""
    lines = disassembly(read_program(program))
    while page := list(islice(lines, LINES_AT_ONCE)):
        click.echo("\n".join(page))
        if is_output_lost():
            raise OutputLost


def disassembly(program: Program) -> Iterator[str]:
    """One line an instruction, and one where a function begins."""
    from core_vm.isa.disassemble import disassemble

    names = dict(zip(*program.symbols, strict=True))
    listed = zip(program.pc_index.tolist(), program.words.tolist(), program.has_code.tolist(), strict=True)
    for index, word, present in listed:
        if not present:
            continue
        if 4 * index in names:
            yield f"\n{4 * index:08x} <{names[4 * index]}>:"
        yield f"{4 * index:8x}:  {word:08x}  {disassemble(word, 4 * index)}"
