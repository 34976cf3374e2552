"""Permutation buses from the trace to the rows: honest rows are accepted, and no row without a message helps others."""

from __future__ import annotations

import pytest

from core_vm.air.grouping import Side
from core_vm.air.public import PublicValues
from core_vm.air.table_set import TableSet
from core_vm.errors import LogUpRejection, ZerocheckRejection
from core_vm.witness.check import unbalanced
from core_vm.witness.trace import Trace
from tests.core_vm.stark.argument_words import check_words, plain_words
from tests.core_vm.stark.movers import STEP, message, moved, outside
from tests.core_vm.stark.toys import toy_public, toy_tables, toy_trace

NONE = (0, 0, 0)
MOVE = (1, 100, 100 + STEP)
UNBALANCED = "sent is not what is received"


class Proved:
    """The words about a trace, which are the same whatever is public."""

    def __init__(self, tables: TableSet, trace: Trace) -> None:
        self.tables, self.trace = tables, trace
        self.words = plain_words(tables, trace, PublicValues((), ()))

    def check(self, public: PublicValues) -> None:
        check_words(self.tables, self.trace, public, self.words)

    def is_unbalanced(self, public: PublicValues) -> None:
        with pytest.raises(LogUpRejection, match=UNBALANCED):
            self.check(public)


@pytest.mark.parametrize("moves", [1, 2, 3])
def test_messages_that_balance_are_accepted(moves: int) -> None:
    """Rows in which some messages are there and others are not; trees of one position a group, and of more."""
    rows = [[MOVE if (row + number) % 2 else NONE for number in range(moves)] for row in range(3)]
    tables, trace = moved(rows, moves)
    assert tables.grouping.group_bits == 2
    assert {i.side for i in tables.interactions} == {Side.SENT, Side.RECEIVED}
    there = [(number, 100) for row in rows for number in range(moves) if row[number][0]]
    proved = Proved(tables, trace)
    proved.check(outside(there))
    for some in (there[1:], [*there, there[0]], [*there[1:], (there[0][0], 99)]):
        proved.is_unbalanced(outside(some))


def test_a_public_message_that_is_absent_is_none() -> None:
    proved, public = Proved(*moved([[MOVE]], 1)), outside([(0, 100)])
    absent = (message(1, 0, 5, 6, present=0), message(-1, 0, 7, 8, present=0))
    proved.check(PublicValues((), (*public.messages, *absent)))
    proved.is_unbalanced(PublicValues((), (*public.messages, message(1, 0, 5, 6))))


def test_a_state_that_does_not_balance_is_rejected() -> None:
    """Beside lookups that do."""
    trace, public = toy_trace(toy_tables(), 11)
    proved = Proved(toy_tables(), trace)
    proved.check(public)
    for first, last in ((100, 110), (99, 111), (111, 100)):
        proved.is_unbalanced(toy_public(first, last))


@pytest.mark.parametrize(
    "dishonest",
    [(0, 100, 0), (0, 0, 100 + STEP), (0, 100, 100 + STEP), (0, 1, 2)],
    ids=["received", "sent", "both", "others"],
)
def test_a_row_without_its_message_is_none_whatever_it_holds(dishonest: tuple[int, int, int]) -> None:
    """Its columns are entries of a message that is not there: nobody else's message is balanced by it."""
    proved = Proved(*moved([[MOVE], [dishonest]], 1))
    for there in ([(0, 99)], [(0, 100), (0, 100)], []):
        proved.is_unbalanced(outside(there))


def test_columns_of_a_message_that_is_not_there_must_be_zero_or_alike() -> None:
    """The trace balances: only its prover fails. Where both sides add the same factor it goes through, to no harm."""
    public = outside([(0, 100)])
    tables, trace = moved([[MOVE], [(0, 55, 66)]], 1)
    assert not unbalanced(trace, public.messages)
    Proved(tables, trace).is_unbalanced(public)
    alike = Proved(*moved([[MOVE], [(0, 55, 55)]], 1))
    alike.check(public)
    alike.is_unbalanced(outside([(0, 100), (0, 55)]))


def test_a_move_that_is_no_move_is_rejected_by_its_constraint() -> None:
    """The buses balance there."""
    tables, trace = moved([[(1, 100, 100)]], 1)
    public = PublicValues((), (message(1, 0, 100, 0), message(-1, 0, 100, 1)))
    assert not unbalanced(trace, public.messages)
    with pytest.raises(ZerocheckRejection):
        Proved(tables, trace).check(public)


def test_a_message_is_not_moved_to_another_place() -> None:
    """The same entries but for a constant, which is the move's number."""
    proved = Proved(*moved([[MOVE, NONE]], 2))
    proved.check(outside([(0, 100)]))
    proved.is_unbalanced(outside([(1, 100)]))
