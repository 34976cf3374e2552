"""Each function's sample: its result, by an oracle, wherever the operands and the result lie."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.precompiles.accelerators.functions import Function, outcomes
from tests.precompiles.accelerators.samples import samples

MISALIGNED = (1, 2, 4, 7)
each_function = pytest.mark.parametrize("function", list(Function), ids=lambda function: function.name)


def test_every_function_in_one_run() -> None:
    calls, expected = zip(*samples().values(), strict=True)
    assert outcomes(calls) == list(expected)


@each_function
def test_alignment_changes_nothing(function: Function) -> None:
    """As where a program casts bytes to the types of operands and results."""
    call, expected = samples()[function]
    in_place = replace(call, operands=call.operands.ljust(call.result_size, b"\0"), place=0)
    assert outcomes([replace(in_place, misalignment=k) for k in MISALIGNED]) == [expected] * len(MISALIGNED)
