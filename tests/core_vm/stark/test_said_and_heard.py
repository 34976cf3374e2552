"""What buses accept is what multisets say: random messages of several tables, and one of them changed.

Two permutation buses and an ordinary one with the same fields; tables of different heights, one without rows; public
messages on all of them. What is looked at first is the balance alone, of many histories, and then whole arguments.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pytest

from core_vm.air.public import PublicMessage, PublicValues
from core_vm.air.table import Bus, Table
from core_vm.air.table_builder import TableBuilder
from core_vm.air.table_set import TableSet
from core_vm.errors import LogUpRejection, WitnessError
from core_vm.field.extension import K, eq_table
from core_vm.field.koalabear import P
from core_vm.stark.config import NUM_BETA
from core_vm.stark.gkr.verifier import Fingerprint, public_part, require_balance, root_values
from core_vm.stark.shape import ShardShape
from core_vm.transcript.numbers import NUMBERS
from core_vm.witness.trace import Trace
from tests.core_vm.stark import plain
from tests.core_vm.stark.argument_words import check_words, packed_words
from tests.core_vm.stark.toys import QUICK
from tests.elements import random_element, random_point

FIELDS = ("value", "time")
CELLS, STEPS = (Bus(name, number, FIELDS, permutation=True) for number, name in ((5, "cells"), (6, "steps")))
SUMS = Bus("sums", 7, FIELDS)
BUSES = (CELLS, STEPS, SUMS)
KINDS = [(bus, sends) for bus in BUSES for sends in (True, False)]
LATER = 3
"""The second table's rows say that their messages are so much later than their columns: a constant in an entry."""
OUTSIDE, FIRST, SECOND = range(-1, 2)


def speaker(name: str, later: int) -> Table:
    """Rows say a message of each kind, or do not."""
    t = TableBuilder(name)
    for place, (bus, sends) in enumerate(KINDS):
        real, value, time = t.bit(f"real_{place}"), t.column(f"value_{place}"), t.column(f"time_{place}")
        (t.send if sends else t.receive)(bus, [value, time + later], real)
    return t.build()


TABLES = TableSet((speaker("first", 0), speaker("second", LATER), speaker("silent", 0)))


@dataclass(frozen=True)
class Said:
    """A message, and who says it: the outside or a table."""

    by: int
    bus: Bus
    sends: bool
    value: int
    time: int


def history(rng: random.Random) -> list[Said]:
    """Messages that are sent and received, of so few values that some are alike."""
    said: list[Said] = []
    for _ in range(rng.randrange(1, 9)):
        bus, value, time = rng.choice(BUSES), rng.randrange(3), rng.randrange(3)
        said += [Said(rng.choice((OUTSIDE, FIRST, SECOND)), bus, sends, value, time) for sends in (True, False)]
    return said


def changed(said: Sequence[Said], rng: random.Random) -> list[Said]:
    """One message is said twice or not at all, or is another one, or by somebody else."""
    place = rng.randrange(len(said))
    one, others = said[place], [*said[:place], *said[place + 1 :]]
    return rng.choice(
        [
            [*others],
            [*others, one, one],
            [*others, replace(one, sends=not one.sends)],
            [*others, replace(one, bus=rng.choice(BUSES))],
            [*others, replace(one, time=rng.randrange(4))],
            [*others, replace(one, value=one.time, time=one.value)],
            [*others, replace(one, by=rng.choice((OUTSIDE, FIRST, SECOND)))],
        ]
    )


def is_balanced(said: Sequence[Said]) -> bool:
    sent, received = (
        Counter((one.bus.number, one.value, one.time) for one in said if one.sends is sends) for sends in (True, False)
    )
    return sent == received


def written(said: Sequence[Said], rng: random.Random, strays: int = 0) -> tuple[Trace, PublicValues]:
    """Each table has the rows that it needs and some more, the second one more than a tile; of `strays` messages that
    are not there the columns are not zero."""
    of_slot = {
        (table, kind): [one for one in said if (one.by, one.bus, one.sends) == (table, *KINDS[kind])]
        for table in (FIRST, SECOND)
        for kind in range(len(KINDS))
    }
    first, second = (max(len(of_slot[table, kind]) for kind in range(len(KINDS))) for table in (FIRST, SECOND))
    heights = [first + rng.randrange(1, 3), rng.choice((0, 64)) + second + 1]
    trace = Trace(TABLES.tables, [*heights, 0])
    for (table, kind), ones in of_slot.items():
        rows = np.zeros((3, heights[table]), np.uint64)
        where = rng.sample(range(heights[table]), len(ones))
        for row, one in zip(where, ones, strict=True):
            rows[:, row] = 1, one.value, (one.time - (LATER if table == SECOND else 0)) % P
        absent = [row for row in range(heights[table]) if row not in where]
        for row in rng.sample(absent, min(strays, len(absent))):
            rows[1:, row] = rng.randrange(3), rng.randrange(3)
        for column in range(3):
            trace.write(table, 3 * kind + column, 0, rows[column])
    outside = [
        PublicMessage(one.bus, 1 if one.sends else -1, (one.value, one.time)) for one in said if one.by == OUTSIDE
    ]
    absent = [PublicMessage(bus, sign, (1, 1), present=0) for bus in BUSES for sign in (1, -1)]
    return trace, PublicValues((), (*outside, *absent))


def accepts(trace: Trace, public: PublicValues, rng: random.Random) -> bool:
    """Whether the roots of an honest tree balance at a random fingerprint."""
    shape = ShardShape.of(TABLES, trace.tiles, QUICK)
    fingerprint = Fingerprint(random_element(rng), eq_table(random_point(rng, NUM_BETA)))
    n, e = plain.input_fractions(TABLES, shape, trace, fingerprint)
    bits, size = shape.grouping.group_bits, 1 << shape.gkr_layers
    numerators, denominators = [K.zero] * shape.grouping.groups, [K.zero] * shape.grouping.groups
    for at, (n_at, e_at) in enumerate(zip(n, e, strict=True)):
        if n_at == K.zero and e_at == K.zero:
            continue
        group = int(f"{at // size:0{bits}b}"[::-1], 2)
        of_group, e_before = numerators[group], denominators[group]
        numerators[group] = of_group * (1 + e_at) + n_at * (1 + e_before)
        denominators[group] = e_before + e_at + e_before * e_at
    roots = root_values(shape.grouping, numerators, denominators)
    try:
        require_balance(NUMBERS, shape.grouping, roots, public_part(NUMBERS, fingerprint, public.messages))
    except LogUpRejection:
        return False
    return True


@pytest.mark.parametrize("seed", range(24))
def test_buses_balance_where_the_multisets_are_equal(seed: int) -> None:
    rng = random.Random(seed)
    said = history(rng)
    assert is_balanced(said)
    assert accepts(*written(said, rng), rng)
    for _ in range(3):
        other = changed(said, rng)
        assert accepts(*written(other, rng), rng) == is_balanced(other), other


@pytest.mark.parametrize("seed", range(12))
def test_columns_of_absent_messages_balance_nothing(seed: int) -> None:
    """They can spoil a proof, and save none."""
    rng = random.Random(1000 + seed)
    said = history(rng)
    for other in (said, *(changed(said, rng) for _ in range(3))):
        accepted = accepts(*written(other, rng, strays=2), rng)
        assert is_balanced(other) or not accepted, other


def test_whole_arguments_agree() -> None:
    """Up to the rows' last claim: the verifier takes what the prover wrote for these public messages alone."""
    rng = random.Random(7)
    said = [*history(rng), *(Said(by, CELLS, sends, 2, 1) for by, sends in ((FIRST, True), (OUTSIDE, False)))]
    trace, public = written(said, rng)
    words = packed_words(TABLES, trace, public)
    check_words(TABLES, trace, public, words)
    for place, message in enumerate(public.messages):
        if message.present:
            others = [*public.messages[:place], *public.messages[place + 1 :]]
            for messages in (others, [*others, message, message], [*others, replace(message, sign=-message.sign)]):
                with pytest.raises(LogUpRejection):
                    check_words(TABLES, trace, PublicValues((), tuple(messages)), words)


@pytest.mark.parametrize("place", range(4))
def test_no_argument_is_written_without_a_message(place: int) -> None:
    rng = random.Random(8)
    said = [Said(by, bus, sends, 1, 2) for bus in (CELLS, SUMS) for by, sends in ((FIRST, True), (SECOND, False))]
    with pytest.raises(WitnessError, match="do not balance"):
        packed_words(TABLES, *written([*said[:place], *said[place + 1 :]], rng))
