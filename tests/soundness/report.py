"""How much of a changed trace is noticed: `python -m tests.soundness.report` prints it, table by table.

Each line counts the mutants of real rows of one table (see `column_mutations`), what noticed them first, how many
survived, and the rate of those noticed. `--thorough` takes more rows and more kinds of changes: minutes.
"""

from __future__ import annotations

import argparse
from functools import cache

import numpy as np

from core_vm.witness.module import TableModule
from precompiles.standard.machine import standard_machine
from tests.soundness.column_mutations import Tally, Verdict, mutate
from tests.soundness.honest_rows import all_rows, rows_of
from tests.soundness.runs import TABLES, calling

MODULES = standard_machine().everything.modules
ROWS, THOROUGH_ROWS, THOROUGH_CELLS = 4, 300, 10_000
WIDE = 1000
SHOWN = {"constraint": Verdict.CONSTRAINT, "lookup": Verdict.LOOKUP, "bus": Verdict.BUS, "survive": Verdict.SURVIVES}


@cache
def real_rows(module: TableModule) -> np.ndarray:
    """Rows in use of a table, from all conformance guests and one that calls every precompile: canonical int64 (width,
    rows)."""
    shard = calling()
    if module.fill is None:
        return shard.trace().read_table(TABLES.tables.index(module.table)).astype(np.int64)
    return np.concatenate([all_rows(module), rows_of(module, shard.source())], axis=1)


def telling_rows(rows: np.ndarray, most: int) -> list[int]:
    """Up to `most` rows, the same in every session; as many columns as possible are other than 0 in one of them."""
    order = np.random.default_rng(most).permutation(rows.shape[1])
    chosen: list[int] = []
    unseen = rows[:, order] != 0
    while len(chosen) < min(most, len(order)):
        gain = unseen.sum(axis=0)
        if not gain.any():
            return [*chosen, *order[~np.isin(order, chosen)][: most - len(chosen)].tolist()]
        best = int(np.argmax(gain))
        chosen.append(int(order[best]))
        unseen = unseen & ~unseen[:, best : best + 1]
    return chosen


@cache
def tally(module: TableModule, thorough: bool) -> Tally:
    """The mutants of a few rows of one table."""
    rows, width = real_rows(module), module.table.width
    most = min(THOROUGH_ROWS, max(ROWS, THOROUGH_CELLS // width)) if thorough else ROWS
    return mutate(module.table, rows, telling_rows(rows, most), more=thorough, spread=width > WIDE and not thorough)


def lines(tallies: list[Tally]) -> list[str]:
    """The report, a line a table and one for all."""
    out = [f"{'table':26}" + "".join(f"{name:>11}" for name in ("columns", "mutants", *SHOWN, "noticed"))]
    for name, group in [*((t.table.name, [t]) for t in tallies), ("all", tallies)]:
        mutants, killed = sum(t.mutants for t in group), sum(t.killed for t in group)
        counts = [sum(t.verdicts[verdict] for t in group) for verdict in SHOWN.values()]
        numbers = "".join(f"{number:>11}" for number in (sum(t.table.width for t in group), mutants, *counts))
        out.append(f"{name:26}{numbers}{killed / mutants:>11.2%}")
    return out


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m tests.soundness.report", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument("--thorough", action="store_true", help="more rows, more kinds of changes: minutes")
    thorough = parser.parse_args().thorough
    print("\n".join(lines([tally(module, thorough) for module in MODULES])))


if __name__ == "__main__":
    main()
