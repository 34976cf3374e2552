"""`quire extract`: one statement of a batch, verifiable alone."""

from __future__ import annotations

from pathlib import Path

import click

from core_vm.cli.output import (
    EXISTING_FILE,
    OUTPUT_FILE,
    check_report,
    format_bytes,
    json_option,
    print_facts,
    print_json,
    read_proof,
)
from core_vm.cli.streams import settle
from core_vm.host.files import check_output, is_stdout, write_output


@click.command()
@click.argument("batch", type=EXISTING_FILE)
@click.option("--statement", required=True, type=click.IntRange(min=0), metavar="I", help="Which one, from 0 on.")
@click.option("-o", "--output", required=True, type=OUTPUT_FILE, help="The proof to write; - for stdout.")
@json_option
def extract(batch: Path, statement: int, output: Path, as_json: bool) -> None:
    """Write statement I of BATCH with its membership, for whoever is to verify it alone. Nothing is verified here."""
    from core_vm.state.roots import format_program_id
    from recursion.verify import extract_statement

    check_report(output, as_json)
    check_output(output, (batch,))
    run = extract_statement(read_proof(batch), statement)
    data = run.to_bytes()
    write_output(output, data)
    settle()
    program_id = format_program_id(run.statement.program_id)
    if as_json:
        print_json(
            {
                "kind": run.proof.kind,
                "regime": run.proof.regime,
                "statement": statement,
                "program_id": program_id,
                "proof_bytes": len(data),
            }
        )
        return
    facts = [("program id", program_id), ("proof", f"{format_bytes(len(data))} in {output}")]
    print_facts(f"Extracted statement {statement}", facts, to_stderr=is_stdout(output))
