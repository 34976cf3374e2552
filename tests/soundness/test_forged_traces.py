"""A prover that changes the filled tables themselves: trees, lookups, programs, rows that should not be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest

from core_vm.errors import LogUpRejection, WitnessError, ZerocheckRejection
from core_vm.field.koalabear import P
from core_vm.stark.prover import prove_shard
from core_vm.stark.verifier import verify_shard
from core_vm.witness.check import check_trace
from core_vm.witness.trace import Trace
from tests.soundness.roomy_traces import number_of, roomy_trace, rows_in_use
from tests.soundness.runs import QUICK, TABLES, everything

BALANCE = "do not balance"
STRAY = "not zero where there is no message"


@dataclass(frozen=True)
class Forgery:
    name: str
    forge: Callable[[Trace], None]
    named: str


def change(table: str, column: str, row: int, amount: int) -> Callable[[Trace], None]:
    """One cell becomes larger by `amount` modulo P. Row -1 is the last row in use, -2 the one before."""

    def forge(trace: Trace) -> None:
        number = number_of(table)
        place = TABLES.tables[number].columns.index(column)
        values = trace.read(number, place).astype(np.int64)
        at = row if row >= 0 else rows_in_use(table) + row
        values[at] = (values[at] + amount) % P
        trace.write(number, place, 0, values)

    return forge


def copy_row(table: str, row: int, to: int, **changes: int) -> Callable[[Trace], None]:
    """A row appears a second time, in the filling of its table, with some columns changed."""

    def forge(trace: Trace) -> None:
        number = number_of(table)
        columns = trace.read_table(number).astype(np.int64)
        first_free = rows_in_use(table) + to
        columns[:, first_free] = columns[:, row]
        for name, amount in changes.items():
            place = TABLES.tables[number].columns.index(name)
            columns[place, first_free] = (columns[place, first_free] + amount) % P
        for place, values in enumerate(columns):
            trace.write(number, place, 0, values)

    return forge


FORGERIES = (
    Forgery("limb of a leaf before", change("memory_leaf", "before_0", 0, 1), BALANCE),
    Forgery("limb of a leaf after", change("memory_leaf", "after_3", 0, 1), BALANCE),
    Forgery("last time of a dword", change("memory_leaf", "last_time_0", -1, 4), BALANCE),
    Forgery("index of a leaf", change("memory_leaf", "index", 1, 1), BALANCE),
    Forgery("leaf not in use", change("memory_leaf", "real", 0, -1), STRAY),
    Forgery("leaf twice", copy_row("memory_leaf", 0, 0), BALANCE),
    Forgery("limb beyond 16 bits", change("memory_leaf", "before_5", 0, 2**16), BALANCE),
    Forgery("digest of a node", change("memory_node", "digest_after_3", 5, 1), BALANCE),
    Forgery("sibling changed on the way", change("memory_node", "right_after_0", 0, 1), "."),
    Forgery("node not taking its child", change("memory_node", "left_is_touched", -1, -1), "."),
    Forgery("node of another level", change("memory_node", "level", 3, 1), "a_node_stands_above_the_leaves"),
    Forgery("node twice", copy_row("memory_node", 0, 0), BALANCE),
    Forgery("instruction's operation", change("program", "operation", 0, 1), BALANCE),
    Forgery("instruction's immediate", change("program", "immediate_0", 0, 1), BALANCE),
    Forgery("instruction's immediate plus p", change("program", "immediate_1", 0, P - 1), BALANCE),
    Forgery("instruction's target", change("program", "target", -4, 1), BALANCE),
    Forgery("instruction's place", change("program", "index", 0, 1), BALANCE),
    Forgery("executed once more", change("program", "multiplicity", 0, 1), BALANCE),
    Forgery("instruction of a row not in use", copy_row("program", 0, 0, real=-1), "only_rows_in_use_are_executed"),
    Forgery("instruction twice", copy_row("program", 0, 0), BALANCE),
    Forgery("filling row turned on", change("addi", "real", 60, 1), BALANCE),
    Forgery("selector of two", change("addi", "real", 0, 1), "real"),
    Forgery("row turned off", change("addi", "real", 0, -1), STRAY),
    Forgery("time of a row", change("addi", "time", 1, 4), BALANCE),
    Forgery("index of a row", change("addi", "index", 1, 1), BALANCE),
    Forgery("register of a row", change("addi", "rd", 1, 1), BALANCE),
    Forgery("previous time of a row", change("addi", "rs1_previous_time", 1, -1), BALANCE),
    Forgery("lookup counted once more", change("lookups", "range16_multiplicity", 0, 1), BALANCE),
    Forgery("lookup that is not there", change("addi", "result_0", 1, 2**16), "."),
    Forgery("comparison", change("compare", "is_less", 0, 1), "."),
    Forgery("branch taken", change("branch_equal", "is_equal", 0, 1), "."),
    Forgery("branch gone elsewhere", change("branch_less", "next_index", 0, 1), "."),
    Forgery("link", change("jump_link", "link_0", 0, 4), BALANCE),
    Forgery("stored byte of a misaligned store", change("misaligned_store", "after_0", 0, 1), "."),
    Forgery("offset of a misaligned load", change("misaligned_load", "offset_is_1", 0, 1), "."),
    Forgery("rest of a division", change("divide", "remainder_0", 0, 1), "."),
    Forgery("divisor that is called zero", change("divide", "divisor_is_zero", 0, 1), "."),
    Forgery("output of a compression", change("compression", "left_0", 0, 1), "."),
    Forgery("exit code's upper limb", change("ecall", "x10_1", 1, 1), "."),
)


@pytest.mark.parametrize("forgery", FORGERIES, ids=lambda forgery: forgery.name.replace(" ", "_"))
def test_a_forged_table_is_named_and_rejected(forgery: Forgery) -> None:
    shard, trace = everything(), roomy_trace()
    forgery.forge(trace)
    with pytest.raises(WitnessError, match=forgery.named):
        check_trace(trace, shard.public.messages)
    words = prove_shard(TABLES, trace, shard.public, config=QUICK, check=False)
    with pytest.raises((LogUpRejection, ZerocheckRejection)):
        verify_shard(TABLES, words, shard.public, QUICK)
