"""The table of a hiding proof: a random message that nobody sends.

It stands behind a proof's own tables, and says nothing about the witness.

One message a row, of multiplicity 0: it adds 0 / d to the sum of fractions and the factor d to the product of
all fingerprints, whatever its entries are, so no bus notices. A malicious prover gains nothing by choosing them: the
sum is what it is, and a d that is zero makes the product zero, which the verifier refuses. In row 0 the honest prover
puts random entries. They are entries 8 to 15 of the fingerprint, an aligned block, so that their weights are the
products of one factor with eq(beta_1 .. beta_3, .), which span K over F except with probability 4 p^-4 (docs:
zero-knowledge, the span lemma): d is uniform in K, and so is the product of all fingerprints, which is sent in clear.
All other rows are zero, and their fingerprints are constants.
"""

from __future__ import annotations

from functools import lru_cache

from core_vm.air.table import Bus, Table
from core_vm.air.table_builder import TableBuilder
from core_vm.air.table_set import TableSet
from core_vm.errors import UsageError

FIRST_RANDOM_ENTRY, NUM_RANDOM_ENTRIES = 8, 8
BLIND_BUS = Bus("blind", 0xFFFF, tuple(f"entry_{i}" for i in range(1, FIRST_RANDOM_ENTRY + NUM_RANDOM_ENTRIES)))
"""Nobody else is on it, as its number says to whoever declares buses."""


def blind_table() -> Table:
    t = TableBuilder(
        "blind", documentation="A message of multiplicity 0, by which the product of fingerprints is uniform."
    )
    entries = t.columns("entry", NUM_RANDOM_ENTRIES)
    t.send(BLIND_BUS, [*[0] * (FIRST_RANDOM_ENTRY - 1), *entries], 0)
    return t.build()


BLIND = blind_table()


@lru_cache(maxsize=8)
def with_hiding_table(tables: TableSet) -> TableSet:
    """The same tables, and the one of this module behind them; one set for each, as much is derived from a set once.

    Raises UsageError for tables with permutation buses: the message here blinds one product, and not those of factors.
    """
    if tables.grouping.factor_groups:
        raise UsageError("what tables send on permutation buses cannot be hidden: nothing blinds their products")
    return TableSet((*tables.tables, BLIND))
