"""`quire inspect`: what a proof's bytes claim, before anything is verified."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from core_vm.cli.output import EXISTING_FILE, format_bytes, json_option, print_facts, print_json, read_proof
from core_vm.statement.notation import format_exit_code

if TYPE_CHECKING:
    from core_vm.statement.summary import ProofSummary


@click.command()
@click.argument("proof", type=EXISTING_FILE)
@json_option
def inspect(proof: Path, as_json: bool) -> None:
    """Show what PROOF claims. Nothing is verified: that is what `quire verify` does."""
    from recursion.summary import BatchSummary, summarise_proof

    summary = summarise_proof(read_proof(proof))
    if as_json:
        print_json({**asdict(summary), "verified": False})
    elif isinstance(summary, BatchSummary):
        for number, statement in enumerate(summary.statements):
            print_facts(f"Claims of statement {number}, unverified", _facts(statement))
        size = f"{format_bytes(summary.total_bytes)}, format version {summary.version}"
        print_facts("An unverified batch", [("statements", str(len(summary.statements))), ("size", size)])
    else:
        size = f"{format_bytes(summary.total_bytes)}, format version {summary.version}"
        kind = summary.kind if summary.regime is None else f"{summary.kind}, {summary.regime}"
        print_facts(f"Claims of an unverified proof ({kind})", [*_facts(summary), ("size", size)])


def _facts(summary: ProofSummary) -> list[tuple[str, str]]:
    length = summary.public_input_bytes
    facts = [
        ("program id", summary.program_id),
        *([("entry", f"0x{summary.entry:x}")] if summary.entry is not None else []),
        ("exit code", format_exit_code(summary.exit_code)),
        ("input", "private" if length is None else f"public, {format_bytes(length)}"),
        ("output", format_bytes(summary.output_bytes)),
        ("claims", f"{summary.claims:,} about other runs"),
    ]
    if summary.shards is None:
        return facts
    facts.append(("shards", str(len(summary.shards))))
    for number, shard in enumerate(summary.shards):
        what = "the last instructions" if shard.instructions is None else f"{shard.instructions:,} instructions"
        facts.append((f"  shard {number}", f"{what}, {format_bytes(shard.bytes)}"))
    return facts
