"""`quire inspect`: what a proof's bytes claim, before anything is verified."""

from __future__ import annotations

from pathlib import Path

import click

from core_vm.cli.output import EXISTING_FILE, format_bytes, json_option, print_facts, print_json, read_proof
from core_vm.statement.notation import format_exit_code


@click.command()
@click.argument("proof", type=EXISTING_FILE)
@json_option
def inspect(proof: Path, as_json: bool) -> None:
    """Show what PROOF claims. Nothing is verified: that is what `quire verify` does."""
    from core_vm.statement.summary import summarise

    summary = summarise(read_proof(proof))
    shards = [
        {"instructions": shard.instructions, "bytes": shard.bytes, "halted": shard.halted} for shard in summary.shards
    ]
    if as_json:
        claims = {name: getattr(summary, name) for name in summary.__slots__ if name != "shards"}
        print_json({**claims, "verified": False, "shards": shards})
        return
    length = summary.public_input_bytes
    facts = [
        ("program id", summary.program_id),
        ("entry", f"0x{summary.entry:x}"),
        ("exit code", format_exit_code(summary.exit_code)),
        ("input", "private" if length is None else f"public, {format_bytes(length)}"),
        ("output", format_bytes(summary.output_bytes)),
        ("claims", f"{summary.claims:,} about other runs"),
        ("size", f"{format_bytes(summary.total_bytes)}, format version {summary.version}"),
        ("shards", str(len(shards))),
    ]
    for number, shard in enumerate(summary.shards):
        what = "the last instructions" if shard.instructions is None else f"{shard.instructions:,} instructions"
        facts.append((f"  shard {number}", f"{what}, {format_bytes(shard.bytes)}"))
    print_facts("Claims of an unverified proof", facts)
