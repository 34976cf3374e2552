"""`quire fold` and `quire aggregate`: proofs that are there become one."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from aggregator.commands.place_options import place_options, place_to_work
from aggregator.commands.regime_option import FINAL_REGIME
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
from core_vm.cli.progress import ProgressDisplay
from core_vm.cli.streams import settle
from core_vm.host.files import check_output, is_stdout, write_output

if TYPE_CHECKING:
    from aggregator.folds.fold_place import FoldPlace
    from aggregator.folds.folded import Folded
    from aggregator.plan import FoldingPlan

LABELS = {"lift": "shards folded", "join": "joins", "batch": "proofs joined", "final": "last proof"}
kind_option = partial(
    click.option, "--kind", type=click.Choice(["final", "folded"]), show_default=True,
    help="A folded proof can be folded on; a final one is a quarter of it, hides the witness, and ends the chain.",
)  # fmt: skip


@click.command()
@click.argument("proof", type=EXISTING_FILE)
@click.option("-o", "--output", required=True, type=OUTPUT_FILE, help="The proof to write; - for stdout.")
@click.option(
    "--discharge", "discharging", multiple=True, type=EXISTING_FILE, metavar="PROOF",
    help="A folded proof of what the run claims; one a claim, in their order.",
)  # fmt: skip
@kind_option(default="folded")
@FINAL_REGIME
@place_options("Folds made")
@json_option
def fold(
    proof: Path,
    output: Path,
    discharging: tuple[Path, ...],
    kind: str,
    final_regime: str,
    workers: int | None,
    memory_limit: int | None,
    store: Path | None,
    scheduler: str | None,
    as_json: bool,
) -> None:
    """Fold PROOF, the shards of a run, to one small proof. Every shard is verified on the way.

    For the kind final PROOF may be folded already, or be a batch.
    """
    from aggregator.folds.fold import fold_proof

    check_report(output, as_json)
    check_output(output, (proof, *discharging))
    data, others = read_proof(proof), [read_proof(other) for other in discharging]
    with _place(workers, memory_limit, store, scheduler) as place:
        folded = fold_proof(data, kind=kind, final_regime=final_regime, discharging=others, place=place)
    write_output(output, folded.proof)
    settle()
    if as_json:
        counts = {"lifts": folded.lifts, "joins": folded.joins, "reused": folded.reused}
        print_json({"kind": kind, **counts, "seconds": folded.seconds, "proof_bytes": len(folded.proof)})
        return
    facts = [
        ("steps", f"{folded.lifts} lifts, {folded.joins} joins" + _found(folded)),
        ("time", f"{folded.seconds:.2f} s"),
        ("proof", f"{format_bytes(len(folded.proof))} in {output}, from {format_bytes(len(data))}"),
    ]
    print_facts(kind.capitalize(), facts, to_stderr=is_stdout(output))


@click.command()
@click.argument("proofs", nargs=-1, required=True, type=EXISTING_FILE)
@click.option("-o", "--output", required=True, type=OUTPUT_FILE, help="The batch to write; - for stdout.")
@kind_option(default="final")
@FINAL_REGIME
@place_options("Folds made")
@json_option
def aggregate(
    proofs: tuple[Path, ...],
    output: Path,
    kind: str,
    final_regime: str,
    workers: int | None,
    memory_limit: int | None,
    store: Path | None,
    scheduler: str | None,
    as_json: bool,
) -> None:
    """Make one proof of all statements of PROOFS, of any programs and of any kind, batches included."""
    from aggregator.folds.fold import aggregate_proofs

    check_report(output, as_json)
    check_output(output, proofs)
    data, names = [read_proof(proof) for proof in proofs], list(map(str, proofs))
    with _place(workers, memory_limit, store, scheduler) as place:
        batch = aggregate_proofs(data, names=names, kind=kind, final_regime=final_regime, place=place)
    write_output(output, batch.proof)
    settle()
    if as_json:
        figures = {"reused": batch.reused, "seconds": batch.seconds, "proof_bytes": len(batch.proof)}
        print_json({"kind": "batch", "statements": batch.statements, **figures})
        return
    facts = [
        ("statements", str(batch.statements) + _found(batch)),
        ("time", f"{batch.seconds:.2f} s"),
        ("proof", f"{format_bytes(len(batch.proof))} in {output}"),
    ]
    print_facts("Aggregated", facts, to_stderr=is_stdout(output))


@contextmanager
def _place(
    workers: int | None, memory_limit: int | None, store: Path | None, scheduler: str | None
) -> Generator[FoldPlace]:
    """What the options say, with a display of how far it is."""
    from aggregator.folds.fold_place import FoldPlace

    with ProgressDisplay() as display, place_to_work(workers, scheduler) as executor:
        yield FoldPlace(
            executor,
            memory_limit,
            store,
            on_plan=lambda plan: display.note(_plan_line(plan)),
            on_progress=lambda news: display.update(LABELS[news.stage], news.done, news.total, news.seconds_left),
        )


def _plan_line(plan: FoldingPlan) -> str:
    """What is about to be taken of the machine."""
    where = f"at most {format_bytes(plan.folding_bytes)} beside the proofs" if plan.here else "on the cluster"
    return f"{plan.workers} folds at once: {where}"


def _found(folded: Folded) -> str:
    return f", {folded.reused} made before" if folded.reused else ""
