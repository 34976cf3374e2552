"""Whether rows of the circuit machine hold, by their declarations alone: constraints, and the balance of the buses."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

import numpy as np

from core_vm.field.koalabear import P
from core_vm.witness.check import Ledger, post_messages, violations
from recursion.circuit.interpreter import Run
from recursion.circuit.lowering.filling import Filling
from recursion.circuit.lowering.lower import Lowered
from recursion.proof import public_values
from recursion.tables.rows import Columns
from recursion.tables.standard import TABLES


def violated(fixed: Mapping[str, Columns], main: Mapping[str, Columns]) -> list[str]:
    """Constraints that do not hold."""
    found: list[str] = []
    for table in TABLES.tables:
        columns = np.concatenate([main[table.name], fixed[table.name]])
        found += [f"{table.name}: {name}" for name, _ in violations(table, columns)]
    return found


def unbalanced(fixed: Mapping[str, Columns], main: Mapping[str, Columns], digest: tuple[int, ...]) -> Ledger:
    """Messages whose sends and receives do not cancel, by bus number and entries."""
    ledger: Ledger = defaultdict(int)
    for table in TABLES.tables:
        post_messages(ledger, table, np.concatenate([main[table.name], fixed[table.name]]))
    for message in public_values(digest).messages if digest else ():
        ledger[(message.bus.number, *message.entries)] += message.multiplicity
    return {message: count for message, count in ledger.items() if count % P}


def hold(lowered: Lowered, run: Run, digest: tuple[int, ...] = ()) -> bool:
    """Whether the rows of a circuit hold on these hints."""
    main = Filling(lowered, run).main_columns()
    return not violated(lowered.fixed, main) and not unbalanced(lowered.fixed, main, digest)
