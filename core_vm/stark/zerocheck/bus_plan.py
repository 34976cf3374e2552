"""What a verifier adds up of all messages, in which order: made once from a set of tables.

At each place of each interaction stands an affine form (`air.table_set.AffineInteraction`); the sum over all of share
times weight of the place times form is what is wanted, of the parts that columns carry apart from constants and keys.
Interactions are numbered by their positions in the tree, of which sixteen make a block.

Most forms stand in one message only. Those that stand in many, as the flag that says that a row is real or the number
of a call, are taken out: the shares of all the messages that have one are added up first, which is one sum for all
places that go together, and mostly for whole blocks at once (see `shares`). What is left is listed by block.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from operator import itemgetter
from typing import Generic, TypeVar

from core_vm.air.table_set import AffineInteraction, TableSet
from core_vm.field.koalabear import P, inverse

LOG_LANES = 4
LANES = 1 << LOG_LANES

Pattern = tuple[int, ...]
"""A whole number for each lane of a block."""
Form = tuple[tuple[int, int], ...]
"""Columns of all tables, rising, with their coefficients; at least one."""
Content = TypeVar("Content", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Run(Generic[Content]):
    """`size` blocks, a power of two, from `start`, a multiple of it, on, which all have this content."""

    start: int
    size: int
    content: Content


@dataclass(frozen=True, slots=True)
class Common:
    """Forms that stand in the same messages, times the same numbers but for a factor: each its place, the number of its
    value, and the factor."""

    runs: tuple[Run[Pattern], ...]
    forms: tuple[tuple[int, int, int], ...]


@dataclass(frozen=True, slots=True)
class BusPlan:
    """Values are numbered: first all columns, then `forms`. `blocks[h][place][lane]` is the number of a value."""

    forms: tuple[Form, ...]
    common: tuple[Common, ...]
    blocks: dict[int, dict[int, dict[int, int]]]


@lru_cache(maxsize=8)
def bus_plan(tables: TableSet) -> BusPlan:
    """The plan for what columns carry."""
    standing: dict[tuple[int, Form], dict[int, int]] = defaultdict(dict)  # place, form: position, factor
    for position, place, form in _forms(tables):
        leading = form[0][1]
        standing[place, _scaled(form, inverse(leading))][position] = leading
    groups: dict[tuple[tuple[int, int], ...], list[tuple[int, Form, int]]] = defaultdict(list)
    for (place, form), factors in standing.items():
        leading = next(iter(factors.values()))
        unit = inverse(leading)
        groups[tuple((position, factor * unit % P) for position, factor in factors.items())].append(
            (place, form, leading)
        )
    numbers = _Numbers(tables.num_columns)
    common = [_common(vector, members, numbers) for vector, members in _taken_out(groups)]
    blocks: dict[int, dict[int, dict[int, int]]] = defaultdict(lambda: defaultdict(dict))
    for vector, members in groups.items():
        for place, form, leading in members:
            for position, factor in vector:
                value = numbers.of(_scaled(form, leading * factor))
                blocks[position // LANES][place][position % LANES] = value
    listed = {h: {place: dict(of_place) for place, of_place in sorted(blocks[h].items())} for h in sorted(blocks)}
    return BusPlan(tuple(numbers.forms), tuple(common), listed)


def _forms(tables: TableSet) -> Iterator[tuple[int, int, Form]]:
    """(position, place, form) of all that read a column, by rising positions."""
    first_columns = list(accumulate(tables.widths, initial=0))
    for position, interaction in in_positions(tables):
        first = first_columns[interaction.table]
        for place, form in enumerate(interaction.forms):
            if form.columns:
                yield position, place, tuple((first + c, factor) for c, factor in sorted(form.columns.items()))


def in_positions(tables: TableSet) -> list[tuple[int, AffineInteraction]]:
    """All interactions with their positions, which rise."""
    return sorted(zip(tables.grouping.positions, tables.interactions, strict=True), key=itemgetter(0))


def _scaled(form: Form, factor: int) -> Form:
    return form if factor % P == 1 else tuple((c, coefficient * factor % P) for c, coefficient in form)


class _Numbers:
    """Numbers forms: a single column has that of the column."""

    def __init__(self, num_columns: int) -> None:
        self._first, self.forms = num_columns, dict[Form, int]()

    def of(self, form: Form) -> int:
        if len(form) == 1 and form[0][1] == 1:
            return form[0][0]
        return self.forms.setdefault(form, self._first + len(self.forms))


Vector = tuple[tuple[int, int], ...]
"""Positions of interactions, rising, with a factor for each; the first one is 1."""
Groups = dict[Vector, list[tuple[int, Form, int]]]


def _taken_out(groups: Groups) -> Iterator[tuple[Vector, list[tuple[int, Form, int]]]]:
    """Takes those out of `groups` for which it saves operations to add up shares first."""
    known = set[tuple[int, Pattern]]()
    for vector in sorted(groups, key=lambda vector: -len(vector) * len(groups[vector])):
        alone = 2 * len(vector) * len(groups[vector])
        runs = runs_of(vector)
        new = set[tuple[int, Pattern]]()
        cost = 2 + 2 * len(groups[vector]) + sum(_cost(run.content, known, new) for run in runs)
        if cost < alone:
            known |= new
            yield vector, groups.pop(vector)


def _cost(pattern: Pattern, known: set[tuple[int, Pattern]], new: set[tuple[int, Pattern]]) -> int:
    """Operations for a run: to add up its share, times the block's unless that is a whole number."""
    return (1 if len(set(pattern)) == 1 else 2) + _sums(pattern, 0, known, new)


def _sums(pattern: Pattern, start: int, known: set[tuple[int, Pattern]], new: set[tuple[int, Pattern]]) -> int:
    """Those which `shares.PieceSums` has not made yet for the patterns in `known`."""
    if len(set(pattern)) == 1 or (start, pattern) in known or (start, pattern) in new:
        return 0
    new.add((start, pattern))
    half = len(pattern) // 2
    left, right = pattern[:half], pattern[half:]
    both = any(left) and any(right)
    return both + _sums(left, start, known, new) + _sums(right, start + half, known, new)


def _common(vector: Vector, members: list[tuple[int, Form, int]], numbers: _Numbers) -> Common:
    forms = tuple((place, numbers.of(form), leading) for place, form, leading in members)
    return Common(tuple(runs_of(vector)), forms)


def runs_of(vector: Vector) -> list[Run[Pattern]]:
    """The factors of the interactions as patterns of blocks, zero for those that are not named."""
    patterns: dict[int, list[int]] = defaultdict(lambda: [0] * LANES)
    for position, factor in vector:
        patterns[position // LANES][position % LANES] = factor
    return runs({h: tuple(pattern) for h, pattern in patterns.items()})


def runs(contents: Mapping[int, Content]) -> list[Run[Content]]:
    """Blocks with their contents, in as few runs as there are."""
    pieces = [Run(h, 1, contents[h]) for h in sorted(contents)]
    size = 1
    while any(piece.size == size for piece in pieces):
        found: list[Run[Content]] = []
        for piece in pieces:
            before = found[-1] if found else None
            if before is not None and _are_halves(before, piece, size):
                found[-1] = Run(before.start, 2 * size, before.content)
            else:
                found.append(piece)
        pieces, size = found, 2 * size
    return pieces


def _are_halves(a: Run[Content], b: Run[Content], size: int) -> bool:
    """Of a run of twice this size."""
    follows = a.size == b.size == size and a.start % (2 * size) == 0 and a.start + size == b.start
    return follows and a.content == b.content
