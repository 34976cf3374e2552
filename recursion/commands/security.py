"""`quire security`: the error of every challenge."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from core_vm.cli.output import EXISTING_FILE, json_option, print_facts, print_json, print_table, read_proof

if TYPE_CHECKING:
    from core_vm.stark.soundness import SecurityReport
    from recursion.regime import Regime

SHOWS = "zero-knowledge: the proof reveals parts of the trace"
HIDES = "that anybody else has reviewed how it hides its witness: see docs/explanation/zero-knowledge.md"


@dataclass(frozen=True)
class _Link:
    """A proof of the chain that what was given stands for, from the last one down."""

    title: str
    report: SecurityReport
    not_claimed: str = SHOWS


@click.command()
@click.argument("proof", required=False, type=EXISTING_FILE)
@json_option
def security(proof: Path | None, as_json: bool) -> None:
    """Print the error of every challenge, in bits: for PROOF's weakest shard, or for its last proof and those that a
    final one stands for; without PROOF for the largest shard there can be."""
    chain = _chain(read_proof(proof)) if proof else [_largest_shard()]
    if as_json:
        first, *below = [_report_object(link) for link in chain]
        print_json({**first, "below": below})
    else:
        for link in chain:
            _print(link)
    for link in chain:
        link.report.check()


def _print(link: _Link) -> None:
    from core_vm.stark.soundness import rounded_down

    report = link.report
    rows = [(term.name, f"{rounded_down(term.bits):.2f}", str(term.count), term.formula) for term in report.terms]
    print_table(link.title, ("challenge", "bits", "times", "error"), rows, numeric=frozenset({1, 2}))
    weakest = f"{rounded_down(report.bits):.2f} bits, round by round; no challenge below {report.target} is accepted"
    facts = [
        ("weakest", weakest),
        ("without grinding", f"{rounded_down(report.ungrinded_bits):.2f} bits, where no work is counted"),
        *(
            (f"if {reading}", f"{bits:.2f} bits, if only that bound on folds stands")
            for reading, bits in _levels(report)
        ),
        ("union", f"{rounded_down(report.union_bits):.2f} bits, all challenges of one proof added up"),
        ("collisions", f"{report.collision_bits:.2f} bits: of digests and the sponge's capacity; counted apart"),
        ("not claimed", link.not_claimed),
    ]
    print_facts("In short", facts)


def _levels(report: SecurityReport) -> list[tuple[str, float]]:
    """The level under each reading of the bounds in the list-decoding regime."""
    from core_vm.stark.soundness import rounded_down

    return [(str(reading), rounded_down(report.bits_under(reading))) for reading in report.readings]


def _largest_shard() -> _Link:
    from precompiles.standard.security import largest_shard_security

    return _Link("Security of the largest possible shard", largest_shard_security())


def _chain(data: bytes) -> list[_Link]:
    """The shards of a folded proof are no weaker than the largest possible one."""
    from core_vm.statement.encoding import Kind, kind_of

    if kind_of(data) is Kind.SHARDS:
        from precompiles.standard.security import proof_security

        return [_Link("Security of the weakest shard", proof_security(data))]
    from recursion.folded.final_proof import FinalProof
    from recursion.folded.proof import folded_or_batch
    from recursion.proof import SHRUNK, security_report

    each = _Link("Security of each recursion proof", security_report())
    proof = folded_or_batch(data).proof
    if not isinstance(proof, FinalProof):
        return [each]
    from recursion.hiding.circuits import security_report as hiding_report
    from recursion.hiding.known import known_shape

    last = _Link(f"Security of the final proof{_in(proof.regime)}", hiding_report(known_shape(proof.regime)), HIDES)
    return [last, _Link("Security of the shrunk proof below it", security_report(SHRUNK[proof.regime])), each]


def _in(regime: Regime) -> str:
    return ", by unique decoding" if regime == "unique" else ""


def _report_object(link: _Link) -> dict[str, object]:
    from core_vm.stark.soundness import rounded_down

    report = link.report
    return {
        "of": link.title,
        "security_bits": rounded_down(report.bits),
        "union_bits": rounded_down(report.union_bits),
        "ungrinded_bits": rounded_down(report.ungrinded_bits),
        "readings": dict(_levels(report)),
        "collision_bits": report.collision_bits,
        "target_bits": report.target,
        "terms": [
            {"name": term.name, "bits": rounded_down(term.bits), "count": term.count, "formula": term.formula}
            for term in report.terms
        ],
    }
