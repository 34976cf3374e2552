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


class OfRho:
    """Sums of powers of one element. Each power, and each sum of whole numbers, is made when it is first asked for."""

    def __init__(self, arithmetic: Arithmetic, x: Value) -> None:
        self._arithmetic = arithmetic
        self._powers: dict[int, Value] = {0: K.one, 1: x}
        self._numbers: dict[tuple[tuple[int, int], ...], Value] = {}

    def power(self, exponent: int) -> Value:
        """From two of half the exponent."""
        if exponent not in self._powers:
            half = exponent // 2
            self._powers[exponent] = self.power(half) * self.power(exponent - half)
        return self._powers[exponent]

    def number(self, digits: tuple[tuple[int, int], ...]) -> Value:
        """See `air.forms.OfRho`."""
        if digits not in self._numbers:
            terms = [self.power(k) * digit for k, digit in digits]
            self._numbers[digits] = sum(terms[1:], terms[0])
        return self._numbers[digits]

    def inner(self, values: Mapping[int, K]) -> K:
        """sum over k of values[k] x^k, over at least one.

        By Horner's rule, a step from each place to the next one that has a value, whatever lies between them: steps of
        one width, one after the other, are what `Arithmetic.horner` takes together.
        """
        total: K | None = None
        after = 0
        for places in reversed(_stretches(sorted(values))):
            words = [values[place] for place in places]
            if total is not None:
                words[-1] = words[-1] + total * self.power(after - places[-1])
            total = words[0]
            if len(words) > 1:
                total = total + self._arithmetic.horner(self.power(places[1] - places[0]), words[1:])
            after = places[0]
        assert total is not None
        return total * self.power(after) if after else total


def batched_constraints(arithmetic: Arithmetic, tables: TableSet, rho: K, columns: Sequence[K]) -> K:
    """sum_c rho^(c+1) C_c at the given values of all columns of all tables."""
    values: dict[int, K] = {}
    of_rho = OfRho(arithmetic, rho)
    column, constraint = 0, 0
    for number, table in enumerate(tables.tables):

        def emit(at: int, value: K, first: int = constraint) -> None:
            values[first + at] = value

        tapes, of_table = tables.tapes[number], columns[column : column + table.width]
        forms = evaluate_forms(tapes.forms, of_rho, of_table)
        run_tape(tapes.whole, [*of_table, *forms], emit)
        column, constraint = column + table.width, constraint + len(table.constraints)
    return rho * of_rho.inner(values) if values else K.zero


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
