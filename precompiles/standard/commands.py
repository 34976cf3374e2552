"""Commands that need the standard machine but no prover: `quire build`, `execute`, `verify`, `security`."""

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
    format_bytes,
    format_output,
    json_option,
    one_line,
    print_facts,
    print_json,
    print_table,
    read_input,
    read_program,
    read_proof,
)
from core_vm.cli.parameters import EXIT_CODE, PROGRAM_ID
from core_vm.cli.progress import ProgressDisplay
from core_vm.cli.streams import settle
from core_vm.errors import Rejection, UsageError
from core_vm.host.files import is_stdout
from core_vm.statement.notation import format_exit_code

if TYPE_CHECKING:
    from core_vm.guest.build import Built
    from core_vm.stark.soundness import SecurityReport
    from core_vm.statement.verified import VerifiedRun

# What is null where nothing is verified.
VERIFIED_ONLY = "exit_code output_hex security_bits collision_bits shards input_bound public_input_bytes".split()
LABELS = {"verify": "shards verified", "input": "bytes of input hashed", "output": "bytes of output hashed"}
# Up to here a verification is over before progress could be read.
WORTH_SHOWING = 2**22


@click.command()
@click.argument("sources", nargs=-1, required=True, type=EXISTING_FILE)
@click.option("-o", "--output", required=True, type=OUTPUT_FILE, help="The executable to write; - for stdout.")
@click.option(
    "-O", "--optimise", "level", default="2", type=click.Choice(["0", "1", "2", "3", "s", "z"]), help="Level."
)
@click.option("-D", "--define", "defines", multiple=True, metavar="NAME[=VALUE]", help="Define a macro.")
@click.option("-I", "--include", "directories", multiple=True, type=click.Path(file_okay=False, path_type=Path))
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


@click.command()
@click.argument("proof", type=EXISTING_FILE)
@click.option("--program", type=EXISTING_FILE, help="The ELF file that the proof must be about.")
@click.option("--program-id", type=PROGRAM_ID, metavar="HEX", help="Or its program id.")
@click.option(
    "--exit-code", default=0, type=EXIT_CODE, metavar="CODE", show_default=True,
    help="The exit code to expect; -1 is 4294967295.",
)  # fmt: skip
@click.option("--input", "input_file", type=EXISTING_FILE, help="Demand that exactly this public input was bound.")
@json_option
@click.pass_context
def verify(
    ctx: click.Context,
    proof: Path,
    program: Path | None,
    program_id: str | None,
    exit_code: int,
    input_file: Path | None,
    as_json: bool,
) -> None:
    """Verify PROOF. The exit status is 0 only if it is valid for this program, exit code and, if given, input."""
    expected = _expected_program(program, program_id)

    from core_vm.statement.verifier import verify_run
    from precompiles.standard.machine import standard_machine

    input_bytes = read_input(input_file) if input_file else None
    data = read_proof(proof)
    much = len(data) + len(input_bytes or b"") >= WORTH_SHOWING
    start = time.perf_counter()
    try:
        with ProgressDisplay(quiet=not much) as display:
            run = verify_run(
                standard_machine().profile_tables,
                data,
                expected,
                exit_code=exit_code,
                input_bytes=input_bytes,
                on_progress=lambda progress: display.update(LABELS[progress.stage], progress.done, progress.total),
            )
    except Rejection as error:
        settle()
        _report_rejection(error, expected, time.perf_counter() - start, as_json)
        ctx.exit(1)
    settle()
    seconds = time.perf_counter() - start
    if as_json:
        print_json(
            {
                "valid": True,
                "reason": None,
                "program_id": run.program_id,
                "exit_code": run.exit_code,
                "output_hex": run.output.hex(),
                "security_bits": run.security_bits,
                "collision_bits": run.collision_bits,
                "seconds": seconds,
                "shards": run.shards,
                "input_bound": run.input_bound,
                "public_input_bytes": run.public_input_bytes,
            }
        )
        return
    facts = [
        ("program id", run.program_id),
        ("exit code", format_exit_code(run.exit_code)),
        ("output", format_output(run.output)),
        ("input", _format_input(run)),
        ("shards", str(run.shards)),
        ("security", f"{run.security_bits:.2f} bits, proven; collisions of the hash {run.collision_bits:.2f}"),
        ("verified in", f"{seconds:.2f} s"),
    ]
    print_facts("Valid proof", facts)


def _expected_program(program: Path | None, program_id: str | None) -> str:
    if (program is None) == (program_id is None):
        raise click.UsageError("give --program PROGRAM.elf or --program-id HEX, one of the two")
    if program is not None:
        return read_program(program).program_id
    assert program_id is not None
    return program_id


def _format_input(run: VerifiedRun) -> str:
    if run.public_input_bytes is None:
        return "private"
    size = format_bytes(run.public_input_bytes)
    return f"public, {size}, and it is the given file" if run.input_bound else f"public, {size}; --input compares it"


def _report_rejection(error: Exception, program_id: str, seconds: float, as_json: bool) -> None:
    if as_json:
        print_json(
            {
                "valid": False,
                "reason": one_line(error),
                "program_id": program_id,
                "seconds": seconds,
                **dict.fromkeys(VERIFIED_ONLY),
            }
        )
    click.echo(f"quire: not a valid proof: {one_line(error)}", err=True)


@click.command()
@click.argument("proof", required=False, type=EXISTING_FILE)
@json_option
def security(proof: Path | None, as_json: bool) -> None:
    """Print the error of every challenge, in bits: for PROOF's weakest shard, or for the largest shard there can be."""
    from core_vm.stark.soundness import rounded_down
    from precompiles.standard.security import largest_shard_security, proof_security

    report = proof_security(read_proof(proof)) if proof else largest_shard_security()
    if as_json:
        print_json(_report_object(report))
        return
    title = "Security of the weakest shard" if proof else "Security of the largest possible shard"
    rows = [(term.name, f"{rounded_down(term.bits):.2f}", str(term.count), term.formula) for term in report.terms]
    print_table(title, ("challenge", "bits", "times", "error"), rows, numeric=frozenset({1, 2}))
    facts = [
        (
            "weakest",
            f"{rounded_down(report.bits):.2f} bits, round by round; no challenge below {report.target} is accepted",
        ),
        ("union", f"{rounded_down(report.union_bits):.2f} bits, all challenges of the shard added up"),
        ("collisions", f"{report.collision_bits:.2f} bits: of digests and the sponge's capacity; counted apart"),
        ("not claimed", "zero-knowledge: the proof reveals parts of the trace"),
    ]
    print_facts("In short", facts)
    report.check()


def _report_object(report: SecurityReport) -> dict[str, object]:
    from core_vm.stark.soundness import rounded_down

    return {
        "security_bits": rounded_down(report.bits),
        "union_bits": rounded_down(report.union_bits),
        "collision_bits": report.collision_bits,
        "target_bits": report.target,
        "terms": [
            {"name": term.name, "bits": rounded_down(term.bits), "count": term.count, "formula": term.formula}
            for term in report.terms
        ],
    }
