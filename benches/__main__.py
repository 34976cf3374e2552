"""`make bench`: where we stand, beside the ceilings and targets. Sections: kernels, execute, prove, tree, memory,
fresh, accelerators, integers, copies, verifier, circuit, fold, final, cold, peers.

Times are wall-clock on this machine now; on a shared machine compare ratios within one run, not runs with one another.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable

from rich.console import Console

from benches import (
    accelerators,
    circuit_cost,
    cold_start,
    copies,
    execution,
    final_proof,
    folding,
    fraction_tree,
    fresh_process,
    fresh_runs,
    integers,
    kernels,
    peers,
    proving,
    shard_memory,
    table_operations,
)


def _report_verifier(console: Console, scale: float) -> None:
    """One shard of the core, then what the tables of other profiles add."""
    proving.report_verifier_cost(console, scale)
    table_operations.report(console, scale)


def _report_fresh(console: Console, scale: float) -> None:
    """One shard of each guest, then whole runs."""
    fresh_process.report(console, scale)
    fresh_runs.report(console, scale)


SECTIONS: dict[str, Callable[[Console, float], None]] = {
    "kernels": kernels.report,
    "execute": execution.report,
    "prove": proving.report,
    "tree": fraction_tree.report,
    "memory": shard_memory.report,
    "fresh": _report_fresh,
    "accelerators": accelerators.report,
    "integers": integers.report,
    "copies": copies.report,
    "verifier": _report_verifier,
    "circuit": circuit_cost.report,
    "fold": folding.report,
    "final": final_proof.report,
    "cold": cold_start.report,
    "peers": peers.report,
}


def main() -> None:
    """Print the chosen sections, by default all of them."""
    parser = argparse.ArgumentParser(prog="benches", description=__doc__)
    parser.add_argument("sections", nargs="*", choices=[*SECTIONS, []], metavar="SECTION", help=", ".join(SECTIONS))
    parser.add_argument("--scale", type=float, default=1.0, help="size of the workloads, 1 is the standard")
    arguments = parser.parse_args()
    console = Console(width=None if sys.stdout.isatty() else 170)
    for name in arguments.sections or SECTIONS:
        SECTIONS[name](console, arguments.scale)


if __name__ == "__main__":
    main()
