"""`quire prove`: the command that needs everything."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from aggregator.commands.place_options import place_options, place_to_work
from aggregator.commands.regime_option import FINAL_REGIME
from core_vm.cli.guest_output import GuestOutput
from core_vm.cli.output import (
    EXISTING_FILE,
    LOG_SHARD_CELLS,
    OUTPUT_FILE,
    check_report,
    counted,
    format_bytes,
    format_output,
    json_option,
    print_facts,
    print_json,
    read_input,
    read_program,
)
from core_vm.cli.progress import ProgressDisplay
from core_vm.cli.streams import settle
from core_vm.host.files import check_output, is_stdout, write_output
from core_vm.statement.notation import format_exit_code

if TYPE_CHECKING:
    from aggregator.plan import ShardPlan
    from aggregator.runs.proven import ProvenRun

LABELS = {
    "execute": "shards executed",
    "prove": "shards proved",
    "lift": "shards folded",
    "join": "joins",
    "final": "last proof",
}


@click.command()
@click.argument("program", type=EXISTING_FILE)
@click.option("--input", "input_file", type=EXISTING_FILE, help="The file that the guest reads as its input.")
@click.option(
    "--public-input", is_flag=True, help="Bind the input, so that a verifier can demand it; else it is private."
)
@click.option("-o", "--output", required=True, type=OUTPUT_FILE, help="The proof to write; - for stdout.")
@click.option(
    "--kind",
    default="final",
    type=click.Choice(["final", "folded", "shards"]),
    show_default=True,
    help="One small proof that hides the input and ends the chain; one that can be folded on; or the shards' proofs.",
)
@FINAL_REGIME
@click.option("--shard-cells", type=LOG_SHARD_CELLS, metavar="LOG2", help="Fewer than 2^LOG2 cells a shard.")
@click.option("--max-cycles", type=click.IntRange(min=1), help="Stop a run that takes more instructions.")
@place_options("Shards proved")
@json_option
def prove(
    program: Path,
    input_file: Path | None,
    public_input: bool,
    output: Path,
    kind: str,
    final_regime: str,
    shard_cells: int | None,
    workers: int | None,
    memory_limit: int | None,
    max_cycles: int | None,
    store: Path | None,
    scheduler: str | None,
    as_json: bool,
) -> None:
    """Run the ELF file PROGRAM and prove the run. The proof file is there whole or not at all."""
    from aggregator.runs.prove import prove_run
    from precompiles.standard.machine import standard_machine

    check_report(output, as_json)
    check_output(output, (program, *([input_file] if input_file else [])))
    loaded = read_program(program)
    input_bytes = read_input(input_file)
    aside = as_json or is_stdout(output)
    with (
        ProgressDisplay() as display,
        GuestOutput(to_stderr=aside, display=display) as on_output,
        place_to_work(workers, scheduler) as place,
    ):
        run = prove_run(
            loaded,
            standard_machine,
            input_bytes,
            kind=kind,
            final_regime=final_regime,
            public_input=public_input,
            shard_cells=1 << shard_cells if shard_cells else None,
            workers=place,
            memory_limit=memory_limit,
            max_cycles=max_cycles,
            store=store,
            on_plan=lambda plan: display.note(_plan_line(plan)),
            on_output=on_output,
            on_progress=lambda news: display.update(LABELS[news.stage], news.done, news.total, news.seconds_left),
        )
    write_output(output, run.proof)
    settle()
    if as_json:
        print_json(_run_object(run))
    else:
        print_facts("Proved", _facts(run, output), to_stderr=is_stdout(output))


def _plan_line(plan: ShardPlan) -> str:
    """What is about to be taken of the machine."""
    where = f"at most {format_bytes(plan.proving_bytes)} beside the guest's memory" if plan.here else "on the cluster"
    return f"shards of fewer than {plan.shard_cells:,} cells, {plan.workers} at once: {where}"


def _run_object(run: ProvenRun) -> dict[str, object]:
    return {
        "kind": run.kind,
        "program_id": run.program_id,
        "exit_code": run.exit_code,
        "cycles": run.cycles,
        "shards": run.shards,
        "reused": run.reused,
        "reused_folds": run.reused_folds,
        "cells": run.cells,
        "interactions": run.interactions,
        "lifts": run.lifts,
        "joins": run.joins,
        "fold_seconds": run.fold_seconds,
        "fold_busy_seconds": run.fold_busy_seconds,
        "seconds": run.seconds,
        "cycles_per_second": run.cycles / max(run.seconds, 1e-9),
        "phases": run.phases,
        "peak_memory_bytes": run.peak_memory_bytes,
        "proof_bytes": len(run.proof),
        "output_hex": run.output.hex(),
    }


def _facts(run: ProvenRun, output: Path) -> list[tuple[str, str]]:
    reused = f", {run.reused} proved before" if run.reused else ""
    return [
        ("program id", run.program_id),
        ("exit code", format_exit_code(run.exit_code)),
        ("output", format_output(run.output)),
        ("cycles", f"{run.cycles:,} in {counted(run.shards, 'shard')}{reused}"),
        ("size", f"{run.cells:,} cells, {run.interactions:,} interactions"),
        ("time", f"{run.seconds:.2f} s, {run.cycles / max(run.seconds, 1e-9):,.0f} cycles a second"),
        ("phases", ", ".join(f"{name} {seconds:.2f} s" for name, seconds in run.phases.items())),
        *([("folding", f"{run.lifts} lifts, {run.joins} joins, {run.fold_seconds:.2f} s")] if run.lifts else []),
        ("memory", f"{format_bytes(run.peak_memory_bytes)} at the peak"),
        ("proof", f"{format_bytes(len(run.proof))} in {output}"),
    ]
