"""`make demo`: builds a C guest, runs it on this repository's licence text, proves the run in shards, folds these to
one proof, that to a last one, and verifies it."""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from rich import box
from rich.console import Console, Group
from rich.panel import Panel
from rich.table import Table
from rich.tree import Tree

import quire
from aggregator.commands.prove import LABELS
from core_vm.cli.output import format_bytes
from core_vm.cli.progress import ProgressDisplay
from core_vm.guest.build import build
from precompiles.guest_sources import guest_sources

EXAMPLES = Path(__file__).resolve().parent
GUEST = EXAMPLES / "word_count" / "main.c"
INPUT = EXAMPLES.parent / "LICENSE"
# Small shards, so that there are several to see; a real run takes the default.
LOG_SHARD_CELLS = 23


def main() -> None:
    console = Console(highlight=False, width=None if sys.stdout.isatty() else 120)
    console.print(f"[bold]Quire[/] proves that a program counts the words of {INPUT.name} correctly.\n")

    start = time.perf_counter()
    program = build_guest()
    console.print(f"built    {GUEST.relative_to(EXAMPLES.parent)} for RV64IM in {time.perf_counter() - start:.1f} s")
    console.print(f"         program id [cyan]{program.program_id}[/]")

    text = INPUT.read_bytes()
    executed = quire.execute(program, text)
    console.print(f"executed {executed.cycles:,} instructions in {executed.seconds:.2f} s, not proved yet")

    with ProgressDisplay() as display:
        proven = quire.prove(
            program,
            text,
            public_input=True,
            shard_cells=1 << LOG_SHARD_CELLS,
            on_progress=lambda progress: display.update(LABELS[progress.stage], progress.done, progress.total),
        )
    console.print(f"proved   {proven.shards} shards in {proven.seconds - proven.fold_seconds:.1f} s")
    console.print(f"folded   into one proof in {proven.fold_seconds:.1f} s: {proven.lifts} lifts, {proven.joins} joins")

    verified = quire.verify(proven.proof, program.program_id, input=text)
    console.print(
        f"verified in {verified.seconds:.1f} s, for this program, this input and exit code {verified.exit_code}\n"
    )
    console.print(Panel(Group(facts(proven, verified), phases(proven)), title="What happened", expand=False))
    console.print(Panel(tree(proven), title="The tree of proofs", expand=False))
    console.print(
        Panel(verified.output.decode().rstrip(), title="The output, which the proof vouches for", expand=False)
    )


def build_guest() -> quire.Program:
    with tempfile.TemporaryDirectory() as directory:
        elf = Path(directory) / "word_count.elf"
        build([GUEST], elf, library_sources=guest_sources())
        return quire.Program.from_elf(elf.read_bytes())


def facts(proven: quire.ProvenRun, verified: quire.VerifiedRun) -> Table:
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(style="cyan")
    table.add_column()
    speed = proven.cycles / proven.seconds
    table.add_row("cycles", f"{proven.cycles:,}, {speed:,.0f} proved a second")
    table.add_row("shards", f"{proven.shards}, of at most 2^{LOG_SHARD_CELLS} cells")
    table.add_row("cells", f"{proven.cells:,} ({proven.cells / proven.cycles:.1f} a cycle)")
    table.add_row("interactions", f"{proven.interactions:,} ({proven.interactions / proven.cycles:.1f} a cycle)")
    table.add_row("memory", f"{format_bytes(proven.peak_memory_bytes)} at the peak")
    table.add_row("proof", format_bytes(len(proven.proof)))
    table.add_row(
        "security", f"{verified.security_bits:.2f} bits, proven (collisions of the hash: {verified.collision_bits:.2f})"
    )
    return table


def tree(proven: quire.ProvenRun) -> Tree:
    """The last proof, and what is below it."""
    root = Tree(f"final: hides what it does not say, {format_bytes(len(proven.proof))}")
    close = root.add("shrink: the same statement in another shape").add("close: the whole run")
    below = close.add(f"{proven.joins} joins: two ranges of shards are one") if proven.joins else close
    lifts = below.add(f"{proven.lifts} lifts: a circuit verifies one shard, or two of a kind")
    lifts.add(f"{proven.shards} shards: {proven.cycles:,} instructions")
    return root


def phases(proven: quire.ProvenRun) -> Table:
    table = Table(box=box.SIMPLE_HEAD, title="seconds by phase, all shards and workers", title_justify="left")
    for name in proven.phases:
        table.add_column(name, justify="right")
    table.add_row(*(f"{seconds:.2f}" for seconds in proven.phases.values()))
    return table


if __name__ == "__main__":
    main()
