"""Every changed cell of a real row is noticed, in all tables, or it is listed why it need not be.

`python -m tests.soundness.report` prints how many there are and what notices them.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core_vm.air.public import PublicValues
from core_vm.errors import WitnessError
from core_vm.tables.instructions.add import ADD
from core_vm.tables.instructions.multiply import MULTIPLY
from core_vm.tables.trees.memory_node import MEMORY_NODE
from core_vm.witness.check import check_trace, violations
from core_vm.witness.lookups import count_lookups
from core_vm.witness.module import TableModule
from core_vm.witness.trace import Trace
from tests.soundness.column_mutations import (
    Verdict,
    mutants_of,
    mutate,
    mutated_values,
    verdicts,
)
from tests.soundness.free_columns import ADVICE, FREEDOMS, freedom_of
from tests.soundness.report import MODULES, lines, real_rows, tally, telling_rows
from tests.soundness.runs import TABLES, everything
from tests.soundness.suite import check_changed_cells, check_filling_row

NUMBERS = {table.name: number for number, table in enumerate(TABLES.tables)}
LARGER = {"fp12_bls12_381", "g2_bls12_381"}
"""Tables of the same code as those of a smaller field."""
FILLED = [
    pytest.param(module, marks=[pytest.mark.slow] * (module.table.name in LARGER), id=module.table.name)
    for module in MODULES
    if module.fill
]
COMPUTED = {
    "compression": {"multiplicity"},
    "sha256_rounds": {"call"},
    **{module.table.name: set(module.table.columns) for module in MODULES if module.table.keys},
}
"""Tables whose rows follow from what they are asked for: the columns that a bus alone binds."""


def check(module: TableModule, thorough: bool) -> None:
    found = tally(module, thorough)
    check_changed_cells(found, lambda *place: freedom_of(*place) is not None, ADVICE.get(module.table.name))
    if module.table.name in COMPUTED:
        assert set(found.noticed_by_bus) == COMPUTED[module.table.name]


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.table.name)
def test_every_changed_cell_is_noticed(module: TableModule) -> None:
    check(module, False)


@pytest.mark.slow
@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.table.name)
def test_every_changed_cell_of_many_rows_is_noticed(module: TableModule) -> None:
    check(module, True)


def test_every_freedom_is_found_and_the_report_counts_them() -> None:
    tallies = [tally(module, False) for module in MODULES]
    found = {(t.table.name, freedom_of(t.table, mutant, column)) for t in tallies for mutant, column in t.survivors}
    assert found >= {(table, freedom) for freedom in FREEDOMS if not freedom.rare for table in freedom.tables}
    assert found <= {(table, freedom) for freedom in FREEDOMS for table in freedom.tables}
    *_, last = lines(tallies)
    assert last.split()[2] == str(sum(t.mutants for t in tallies))


@pytest.mark.parametrize("module", FILLED)
def test_a_filling_row_can_be_changed_only_without_effect(module: TableModule) -> None:
    table, rows = module.table, real_rows(module)
    check_filling_row(table, rows, telling_rows(rows, 2 if table.width < 1000 else 1))


@pytest.mark.parametrize("seed", range(3))
def test_the_verdict_on_a_row_is_that_on_the_whole_trace(seed: int) -> None:
    """A mutant in its trace, lookups counted again: the check of all constraints and buses says the same."""
    generator, seen = np.random.default_rng(seed), set()
    trace, public = everything().trace(), everything().public
    tables = [n for n, count in enumerate(trace.num_rows) if count and not trace.tables[n].keys]
    for number in (NUMBERS["branch_equal"], *generator.choice(tables, 20)):
        row = int(generator.integers(trace.num_rows[number]))
        table, cells = trace.tables[number], trace.read_table(number)[:, row].astype(np.int64)
        values = mutated_values(cells, np.zeros_like(cells), generator, more=False)
        for mutants, columns in mutants_of(cells, values, np.arange(table.width)):
            found = verdicts(table, cells, mutants)
            for verdict in set(found.tolist()) - seen:
                n = int(generator.choice(np.flatnonzero(found == verdict)))
                assert verdict_on_trace(trace, public, number, row, int(columns[n]), mutants[columns[n], n]) == verdict
                seen.add(verdict)
    assert seen == set(Verdict)


def verdict_on_trace(trace: Trace, public: PublicValues, table: int, row: int, column: int, value: int) -> Verdict:
    """What `check_trace` says when one cell is changed; the trace is put back as it was."""
    honest = trace.read(table, column)
    changed = honest.copy()
    changed[row] = value
    trace.write(table, column, 0, changed)
    try:
        if violations(trace.tables[table], trace.read_table(table)):
            return Verdict.CONSTRAINT
        count_lookups(trace)
        check_trace(trace, public.messages)
    except WitnessError as error:
        return Verdict.BUS if "balance" in str(error) or "no message" in str(error) else Verdict.LOOKUP
    finally:
        trace.write(table, column, 0, honest)
    return Verdict.SURVIVES


WEAKENED = ((ADD, "sum_carry_"), (MULTIPLY, "product_limb_"), (MEMORY_NODE, "a_node_stands_above_the_leaves"))


@pytest.mark.parametrize(("module", "deleted"), WEAKENED, ids=[module.table.name for module, _ in WEAKENED])
def test_a_table_without_some_constraint_is_found_out(module: TableModule, deleted: str) -> None:
    kept = tuple(c for c in module.table.constraints if not c.name.startswith(deleted))
    assert len(kept) < len(module.table.constraints)
    weaker, rows = replace(module.table, constraints=kept), real_rows(module)
    found = mutate(weaker, rows, telling_rows(rows, 4))
    free = [column for mutant, column in found.survivors if freedom_of(weaker, mutant, column) is None]
    assert free or found.outputs_alone
