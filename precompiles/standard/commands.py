"""Commands that need the standard machine and no proofs: `quire build`, `execute`."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from core_vm.cli.guest_output import GuestOutput
from core_vm.cli.output import (
    EXISTING_FILE,
    LOG_SHARD_CELLS,
    OUTPUT_FILE,
    check_report,
    format_output,
    json_option,
    print_facts,
    print_json,
    read_input,
    read_program,
)
from core_vm.cli.streams import settle
from core_vm.errors import UsageError
from core_vm.host.files import is_stdout
from core_vm.statement.notation import format_exit_code

if TYPE_CHECKING:
    from core_vm.guest.build import Built


@click.command()
@click.argument("sources", nargs=-1, required=True, type=EXISTING_FILE)
@click.option("-o", "--output", required=True, type=OUTPUT_FILE, help="The executable to write; - for stdout.")
@click.option(
    "-O", "--optimise", "level", default="2", type=click.Choice(["0", "1", "2", "3", "s", "z"]), help="Level."
)
@click.option("-D", "--define", "defines", multiple=True, metavar="NAME[=VALUE]", help="Define a macro.")
@click.option(
    "-I", "--include", "directories", multiple=True, type=click.Path(file_okay=False, path_type=Path),
    help="Look for headers there, too.",
)  # fmt: skip
@json_option
@click.pass_context
def build(
    ctx: click.Context,
    sources: tuple[Path, ...],
    output: Path,
    level: str,
    defines: tuple[str, ...],
    directories: tuple[Path, ...],
    as_json: bool,
) -> None:
    """Compile the C files SOURCES to an RV64IM executable, with our headers, start-up code and linker script."""
    from core_vm.guest.build import build as build_guest
    from precompiles.guest_sources import guest_sources

    check_report(output, as_json)
    start = time.perf_counter()
    try:
        built = build_guest(
            sources,
            output,
            optimisation=f"-O{level}",
            defines=defines,
            include_directories=directories,
            library_sources=guest_sources(),
        )
    except UsageError as error:
        summary, _, diagnostics = str(error).partition("\n")
        if diagnostics:
            click.echo(diagnostics, err=True)  # the compiler's own words, line by line
            ctx.meta["quire.refusal"] = {"diagnostics": diagnostics}
        raise UsageError(summary.rstrip(":")) from error
    settle()
    _report_build(built, output, time.perf_counter() - start, as_json)


def _report_build(built: Built, output: Path, seconds: float, as_json: bool) -> None:
    from core_vm.machine.program.program import Program

    program = Program.from_elf(built.elf)
    code = sum(len(segment.data) for segment in program.segments if segment.executable)
    data = sum(len(segment.data) for segment in program.segments if not segment.executable)
    if built.warnings:
        click.echo(built.warnings.rstrip(), err=True)
    if as_json:
        print_json(
            {
                "program_id": program.program_id,
                "output": str(output),
                "bytes": len(built.elf),
                "code_bytes": code,
                "data_bytes": data,
                "entry": program.entry,
                "warnings": built.warnings,
                "seconds": seconds,
            }
        )
        return
    facts = [
        ("program id", program.program_id),
        ("size", f"{len(built.elf):,} bytes: {code:,} of code, {data:,} of data"),
    ]
    print_facts(f"Built {output}", facts, to_stderr=is_stdout(output))


@click.command()
@click.argument("program", type=EXISTING_FILE)
@click.option("--input", "input_file", type=EXISTING_FILE, help="The file that the guest reads as its input.")
@click.option("--max-cycles", type=click.IntRange(min=1), help="Stop a run that takes more instructions.")
@click.option("--shard-cells", type=LOG_SHARD_CELLS, metavar="LOG2", help="Cut shards of fewer than 2^LOG2 cells.")
@json_option
def execute(
    program: Path, input_file: Path | None, max_cycles: int | None, shard_cells: int | None, as_json: bool
) -> None:
    """Run the ELF file PROGRAM without proving it. What the guest prints comes out; its exit code is reported."""
    from core_vm import sdk
    from precompiles.standard.machine import standard_machine

    loaded = read_program(program)
    with GuestOutput(to_stderr=as_json, wanted=True) as on_output:
        run = sdk.execute(
            loaded,
            standard_machine(),
            read_input(input_file),
            max_cycles=max_cycles,
            shard_cells=1 << shard_cells if shard_cells else None,
            on_output=on_output,
        )
    speed = run.cycles / max(run.seconds, 1e-9)
    if as_json:
        print_json(
            {
                "program_id": run.program_id,
                "exit_code": run.exit_code,
                "cycles": run.cycles,
                "output_hex": run.output.hex(),
                "shards": run.shards,
                "misaligned_accesses": run.misaligned_accesses,
                "seconds": run.seconds,
                "cycles_per_second": speed,
                "counts": run.counts,
            }
        )
        return
    commonest = sorted(run.counts.items(), key=lambda item: -item[1])[:6]
    facts = [
        ("program id", run.program_id),
        ("exit code", format_exit_code(run.exit_code)),
        ("cycles", f"{run.cycles:,} in {run.seconds:.3f} s ({speed / 1e6:,.1f} million a second)"),
        ("shards", str(run.shards)),
        ("misaligned", f"{run.misaligned_accesses:,} accesses"),
        ("instructions", ", ".join(f"{name} {count:,}" for name, count in commonest)),
        ("output", format_output(run.output)),
    ]
    print_facts("Executed, not proved", facts)
