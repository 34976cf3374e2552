"""`quire verify`: proofs of every kind, by numpy alone."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from core_vm.cli.output import (
    EXISTING_FILE,
    format_bytes,
    format_output,
    json_option,
    one_line,
    print_facts,
    print_json,
    read_input,
    read_program,
    read_proof,
)
from core_vm.cli.parameters import EXIT_CODE, PROGRAM_ID
from core_vm.cli.progress import ProgressDisplay
from core_vm.cli.streams import settle
from core_vm.errors import Rejection
from core_vm.statement.notation import format_exit_code

if TYPE_CHECKING:
    from core_vm.statement.verified import VerifiedRun

# What is null where nothing is verified.
VERIFIED_ONLY = "regime exit_code output_hex security_bits collision_bits shards input_bound public_input_bytes".split()
LABELS = {"verify": "shards verified", "input": "bytes of input hashed", "output": "bytes of output hashed"}
# Up to here a verification is over before progress could be read.
WORTH_SHOWING = 2**22


@click.command()
@click.argument("proof", type=EXISTING_FILE)
@click.option("--program", type=EXISTING_FILE, help="The ELF file that the proof must be about.")
@click.option("--program-id", type=PROGRAM_ID, metavar="HEX", help="Or its program id.")
@click.option(
    "--exit-code", default=0, type=EXIT_CODE, metavar="CODE", show_default=True,
    help="The exit code to expect; -1 is 4294967295.",
)  # fmt: skip
@click.option("--input", "input_file", type=EXISTING_FILE, help="Demand that exactly this public input was bound.")
@click.option("--statement", type=click.IntRange(min=0), metavar="I", help="Of a batch: which of its statements.")
@json_option
@click.pass_context
def verify(
    ctx: click.Context,
    proof: Path,
    program: Path | None,
    program_id: str | None,
    exit_code: int,
    input_file: Path | None,
    statement: int | None,
    as_json: bool,
) -> None:
    """Verify PROOF. The exit status is 0 only if it is valid for this program, exit code and, if given, input.

    Of a batch without --statement, all statements are verified and listed: their program ids are for you to compare.
    """
    if program is None and program_id is None and statement is None and _is_batch(proof):
        _demand_nothing_of_all(ctx)
        _verify_batch(ctx, proof, as_json)
        return
    expected = _expected_program(program, program_id)

    from recursion.verify import verify_proof

    input_bytes = read_input(input_file) if input_file else None
    data = read_proof(proof)
    much = len(data) + len(input_bytes or b"") >= WORTH_SHOWING
    start = time.perf_counter()
    try:
        with ProgressDisplay(quiet=not much) as display:
            run = verify_proof(
                data,
                expected,
                statement=statement,
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
    _report(run, seconds, as_json)


def _report(run: VerifiedRun, seconds: float, as_json: bool) -> None:
    if as_json:
        print_json(
            {
                "kind": run.kind,
                "regime": run.regime,
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
        ("kind", run.kind if run.shards is None else f"{run.kind}, {run.shards}"),
        *_regime_facts(run.regime),
        ("security", _format_security(run.security_bits, run.collision_bits)),
        ("verified in", f"{seconds:.2f} s"),
    ]
    print_facts("Valid proof", facts)


def _is_batch(proof: Path) -> bool:
    """As far as its first bytes tell; a pipe is read once, and not for this."""
    from core_vm.statement.encoding import Kind, header

    if not proof.is_file():
        return False
    with proof.open("rb") as file:
        return file.read(len(header(Kind.BATCH))) == header(Kind.BATCH)


def _demand_nothing_of_all(ctx: click.Context) -> None:
    """Raises click's UsageError for a demand on one run: nothing of a batch is held against it where none is named."""
    for name, option in (("exit_code", "--exit-code"), ("input_file", "--input")):
        if ctx.get_parameter_source(name) is not ParameterSource.DEFAULT:
            raise click.UsageError(
                f"{option} is for one statement of a batch: give --statement I --program PROGRAM.elf"
            )


def _verify_batch(ctx: click.Context, proof: Path, as_json: bool) -> None:
    from recursion.verify import verify_statements

    start = time.perf_counter()
    try:
        batch = verify_statements(read_proof(proof))
    except Rejection as error:
        settle()
        _report_rejection(error, None, time.perf_counter() - start, as_json)
        ctx.exit(1)
    settle()
    if as_json:
        statements = [
            {
                "program_id": run.program_id,
                "exit_code": run.exit_code,
                "output_hex": run.output.hex(),
                "input_bound": run.public_input_bytes is not None,
                "public_input_bytes": run.public_input_bytes,
            }
            for run in batch.statements
        ]
        figures = {name: getattr(batch, name) for name in ("regime", "security_bits", "collision_bits", "seconds")}
        print_json({"kind": "batch", "valid": True, "reason": None, "statements": statements, **figures})
        return
    for number, run in enumerate(batch.statements):
        facts = [
            ("program id", run.program_id),
            ("exit code", format_exit_code(run.exit_code)),
            ("output", format_output(run.output)),
        ]
        print_facts(f"Statement {number}", facts)
    facts = [
        ("statements", str(len(batch.statements))),
        *_regime_facts(batch.regime),
        ("to do", "compare each program id with the one that you expect; --statement I --program P does it"),
        ("security", _format_security(batch.security_bits, batch.collision_bits)),
        ("verified in", f"{batch.seconds:.2f} s"),
    ]
    print_facts("Valid batch", facts)


def _regime_facts(regime: str | None) -> list[tuple[str, str]]:
    """Of a final proof: what its figure rests on."""
    return [] if regime is None else [("regime", f"{regime} decoding")]


def _format_security(bits: float, collision_bits: float) -> str:
    return f"{bits:.2f} bits, proven; collisions of the hash {collision_bits:.2f}"


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


def _report_rejection(error: Exception, program_id: str | None, seconds: float, as_json: bool) -> None:
    if as_json:
        print_json(
            {
                "kind": None,
                "valid": False,
                "reason": one_line(error),
                "program_id": program_id,
                "seconds": seconds,
                **dict.fromkeys(VERIFIED_ONLY),
            }
        )
    click.echo(f"quire: not a valid proof: {one_line(error)}", err=True)
