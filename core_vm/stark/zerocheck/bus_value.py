"""The bus form at the values of all columns: the verifier's part of the zerocheck that is linear in the columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from core_vm.air.table_set import NUMERATOR, TableSet
from core_vm.field.extension import K
from core_vm.stark.zerocheck.bus_plan import Common, bus_plan
from core_vm.stark.zerocheck.shares import Shares, total_of

if TYPE_CHECKING:
    from core_vm.transcript.arithmetic import Arithmetic, Value


def bus_value(arithmetic: Arithmetic, tables: TableSet, shares: Shares, columns: Sequence[K]) -> Value:
    """The sum of share times weight times form over all places of all interactions, at the given values of all columns
    of all tables: of what columns carry."""
    plan = bus_plan(tables)
    values = [*columns, *(linear_form(dict(form), columns) for form in plan.forms)]
    terms = [_common_value(arithmetic, shares, common, values) for common in plan.common]

    def block(numbers: Mapping[int, Mapping[int, int]]) -> Value:
        return shares.in_block(
            {place: {lane: values[v] for lane, v in of_place.items()} for place, of_place in numbers.items()}
        )

    blocks = {h: block(numbers) for h, numbers in plan.blocks.items()}
    if blocks:
        terms.append(shares.over_blocks(blocks))
    return total_of(terms)


def _common_value(arithmetic: Arithmetic, shares: Shares, common: Common, values: Sequence[K]) -> Value:
    forms = {place: _times(values[v], factor) for place, v, factor in common.forms}
    alone = forms.pop(NUMERATOR, 0)
    weighted = total_of([alone, arithmetic.sparse_inner(shares.weights, forms)] if forms else [alone])
    return weighted * shares.of_runs(common.runs, lambda pattern: shares.of_pattern(NUMERATOR, pattern))


def _times(value: Value, factor: int) -> Value:
    return value if factor == 1 else value * factor


def linear_form(coefficients: Mapping[int, int], values: Sequence[K]) -> K:
    """sum of coefficient * values[number], over at least one."""
    terms = [_times(values[n], factor) for n, factor in coefficients.items()]
    total = terms[0]
    for term in terms[1:]:
        total = total + term
    return total
