"""`quire security`: the error of every challenge."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from core_vm.cli.output import EXISTING_FILE, json_option, print_facts, print_json, print_table, read_proof

if TYPE_CHECKING:
    from core_vm.stark.soundness import SecurityReport


@click.command()
@click.argument("proof", required=False, type=EXISTING_FILE)
@json_option
def security(proof: Path | None, as_json: bool) -> None:
    """Print the error of every challenge, in bits: for PROOF's weakest shard, or its recursion proof; without PROOF for
    the largest shard there can be."""
    from core_vm.stark.soundness import rounded_down

    title, report = _report(read_proof(proof)) if proof else _largest_shard()
    if as_json:
        print_json(_report_object(report))
        return
    rows = [(term.name, f"{rounded_down(term.bits):.2f}", str(term.count), term.formula) for term in report.terms]
    print_table(title, ("challenge", "bits", "times", "error"), rows, numeric=frozenset({1, 2}))
    facts = [
        (
            "weakest",
            f"{rounded_down(report.bits):.2f} bits, round by round; no challenge below {report.target} is accepted",
        ),
        ("union", f"{rounded_down(report.union_bits):.2f} bits, all challenges of one proof added up"),
        ("collisions", f"{report.collision_bits:.2f} bits: of digests and the sponge's capacity; counted apart"),
        ("not claimed", "zero-knowledge: the proof reveals parts of the trace"),
    ]
    print_facts("In short", facts)
    report.check()


def _largest_shard() -> tuple[str, SecurityReport]:
    from precompiles.standard.security import largest_shard_security

    return "Security of the largest possible shard", largest_shard_security()


def _report(data: bytes) -> tuple[str, SecurityReport]:
    """What it is of, and the report. The shards of a folded proof are no weaker than the largest possible one."""
    from core_vm.statement.encoding import Kind, kind_of

    if kind_of(data) is Kind.SHARDS:
        from precompiles.standard.security import proof_security

        return "Security of the weakest shard", proof_security(data)
    from recursion.proof import security_report

    return "Security of each recursion proof", security_report()


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
