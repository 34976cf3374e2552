"""What verifying a shard would cost in a circuit: the verifier's own source, run once on numbers that count."""

from __future__ import annotations

from collections import Counter

import numpy as np

from core_vm.air.public import PublicValues
from core_vm.air.table_set import TableSet
from core_vm.stark.verifier import verify_words
from core_vm.transcript.counting import Cost, CountingChannel


def verifier_cost(tables: TableSet, words: np.ndarray, public: PublicValues) -> Cost:
    """Counts by part of the verifier. Raises a Rejection for a proof that is not valid."""
    channel = CountingChannel(words)
    verify_words(channel, tables, public)
    return channel.meter.cost


def totals(cost: Cost) -> Counter[str]:
    """The sum over all parts."""
    return sum(cost.values(), Counter())
