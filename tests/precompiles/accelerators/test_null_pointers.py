"""A null pointer ends the run, whatever the other arguments are."""

from __future__ import annotations

import pytest

from tests.precompiles.accelerators.functions import Call, Function, run

ABORTED = 134
POINTERS = {Function.G1_ADD: 3, Function.G2_ADD: 3, Function.KZG: 5}
"""Arguments that are pointers; two of all other functions."""


@pytest.mark.parametrize("function", list(Function), ids=lambda function: function.name)
def test_a_null_pointer_ends_the_run(function: Function) -> None:
    """Of no pairs as well."""
    for number in range(1, POINTERS.get(function, 2) + 1):
        for operands in (b"", bytes(512)):
            assert run([Call(function, operands, null_pointer=number)]).exit_code == ABORTED
