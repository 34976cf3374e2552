"""That the run of a line, x2 - x1 of a chord or 2 y1 of a tangent, is not 0 in Fp2: so the line has one slope.

An element is not 0 where one of its parts is not. The prover says which part of the run that is, by a bit: in that
part the two numbers that the run is the difference of, y1 and 0 of a tangent, are proved to be below m, and to differ.
Then they differ modulo m. Were they not below m, a number and itself plus m would differ as well, and leave the slope
free. Of the other part nothing is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from core_vm.air.expression import Expression, constant
from core_vm.tables.gadgets.accesses import AccessTable
from core_vm.tables.gadgets.bytes import limbs_of_bytes
from precompiles.shared.comparison import constrain_below, constrain_some_group, weighted_groups
from precompiles.shared.digits import Digits, difference
from precompiles.shared.residues import Number


@dataclass(frozen=True, slots=True)
class Run:
    """Of one of the calls, in rows where its `selector`, a bit, is 1 and `values` (n,) true: in each part the
    difference of two numbers in bytes, or a number and nothing."""

    name: str
    selector: Expression
    values: Callable[[Any], np.ndarray]
    minuends: Sequence[Number]
    subtrahends: Sequence[Number] | None = None


@dataclass(frozen=True, slots=True)
class _Case:
    """A run's part."""

    selector: Expression
    values: Callable[[Any], np.ndarray]
    minuend: Number
    subtrahend: Number | None


def constrain_run(t: AccessTable, runs: Sequence[Run], modulus: Digits, parts: Callable[[Any], np.ndarray]) -> None:
    """On rows in use, in which one of the selectors is set, there is a part as said above; `parts` (n,) are honest
    rows'."""
    cases = [case for run in runs for case in _cases_of(t, run, parts)]
    minuend = [(case, case.minuend) for case in cases]
    subtrahend = [(case, case.subtrahend) for case in cases if case.subtrahend is not None]
    _constrain_below_modulus(t, "minuend_of_the_run", minuend, modulus)
    _constrain_below_modulus(t, "subtrahend_of_the_run", subtrahend, modulus)

    def differences(rows: Any) -> np.ndarray:
        return _digits_of(minuend, rows) - _digits_of(subtrahend, rows)

    groups = [(case.selector, _groups_of(case)) for case in cases]
    constrain_some_group(t, "the_run_is_not_zero", _selected(groups), differences, t.real)


def _cases_of(t: AccessTable, run: Run, parts: Callable[[Any], np.ndarray]) -> list[_Case]:
    """Both parts: at most one selector is set in a row, and one is where the run's is."""

    def in_part(part: int) -> Callable[[Any], np.ndarray]:
        return lambda rows: run.values(rows) & (parts(rows) == part)

    in_second = t.bit(f"run_of_{run.name}_is_shown_in_part_1", in_part(1))
    t.constrain(f"run_of_{run.name}_is_shown_where_it_is", in_second * (1 - run.selector))
    selectors = (run.selector - in_second, in_second)
    subtrahends = run.subtrahends or (None, None)
    return [_Case(selectors[k], in_part(k), run.minuends[k], subtrahends[k]) for k in range(2)]


def _groups_of(case: _Case) -> list[Expression]:
    if case.subtrahend is None:
        return weighted_groups(case.minuend.digits)
    return weighted_groups(difference(case.minuend.digits, case.subtrahend.digits))


def _constrain_below_modulus(
    t: AccessTable, name: str, numbers: Sequence[tuple[_Case, Number]], modulus: Digits
) -> None:
    """Its limbs are those of one of the numbers, or 0: below 2^16."""
    limbs = _selected([(case.selector, number.limbs) for case, number in numbers])

    def differences(rows: Any) -> np.ndarray:
        digits = modulus.values(rows) - _digits_of(numbers, rows)
        return digits[:, ::2] + 256 * digits[:, 1::2]

    constrain_below(t, f"{name}_is_reduced", limbs, limbs_of_bytes(modulus.number), differences)


def _selected(cases: Sequence[tuple[Expression, Sequence[Expression]]]) -> list[Expression]:
    """Each expression of the one case that is selected."""
    counts = range(len(cases[0][1]))
    return [sum((selector * given[k] for selector, given in cases), constant(0)) for k in counts]


def _digits_of(numbers: Sequence[tuple[_Case, Number]], rows: Any) -> np.ndarray:
    return np.stack([case.values(rows)[:, None] * number.digits.values(rows) for case, number in numbers]).sum(axis=0)
