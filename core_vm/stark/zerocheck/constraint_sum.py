"""All constraints of all tables at one point, batched by powers of rho: the verifier's part of the zerocheck that is
not linear in the columns.

An identity is many constraints, one after the other: what they add up to with powers of rho from rho^0 on is a few
products of forms (`air.forms`), which stands where the first of them does, and nothing where the others do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from core_vm.air.forms import evaluate_forms
from core_vm.air.table_set import TableSet
from core_vm.air.tape import run_tape
from core_vm.field.extension import K

if TYPE_CHECKING:
    from core_vm.transcript.arithmetic import Arithmetic, Value


class Powers:
    """x^0, x^1, ..: each made when it is first asked for, from two of half the exponent."""

    def __init__(self, x: Value) -> None:
        self._known: list[Value | None] = [K.one, x]

    def __getitem__(self, exponent: int) -> Value:
        while len(self._known) <= exponent:
            self._known.append(None)
        value = self._known[exponent]
        if value is None:
            value = self._known[exponent] = self[exponent // 2] * self[exponent - exponent // 2]
        return value


def batched_constraints(arithmetic: Arithmetic, tables: TableSet, rho: K, columns: Sequence[K]) -> K:
    """sum_c rho^(c+1) C_c at the given values of all columns of all tables."""
    values: dict[int, K] = {}
    powers = Powers(rho)

    def inner(values: Mapping[int, K]) -> K:
        return power_sum(arithmetic, powers, values)

    column, constraint = 0, 0
    for number, table in enumerate(tables.tables):

        def emit(at: int, value: K, first: int = constraint) -> None:
            values[first + at] = value

        tapes, of_table = tables.tapes[number], columns[column : column + table.width]
        forms = evaluate_forms(tapes.forms, powers, of_table, inner)
        run_tape(tapes.whole, [*of_table, *forms], emit)
        column, constraint = column + table.width, constraint + len(table.constraints)
    return rho * power_sum(arithmetic, powers, values) if values else K.zero


def power_sum(arithmetic: Arithmetic, powers: Powers, values: Mapping[int, K]) -> K:
    """sum over k of values[k] x^k, over at least one.

    By Horner's rule, a step from each place to the next one that has a value, whatever lies between them: steps of one
    width, one after the other, are what `Arithmetic.horner` takes together.
    """
    total: K | None = None
    after = 0
    for places in reversed(_stretches(sorted(values))):
        words = [values[place] for place in places]
        if total is not None:
            words[-1] = words[-1] + total * powers[after - places[-1]]
        total = words[0]
        if len(words) > 1:
            total = total + arithmetic.horner(powers[places[1] - places[0]], words[1:])
        after = places[0]
    assert total is not None
    return total * powers[after] if after else total


def _stretches(places: Sequence[int]) -> list[list[int]]:
    """The rising places, cut where the distance from one to the next changes."""
    found: list[list[int]] = []
    for place in places:
        last = found[-1] if found else []
        if last and (len(last) == 1 or place - last[-1] == last[1] - last[0]):
            last.append(place)
        else:
            found.append([place])
    return found
