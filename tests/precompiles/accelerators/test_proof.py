"""A run that calls functions of the standard is proved, results and refusals alike."""

from __future__ import annotations

import pytest

import quire
from tests.precompiles.accelerators.bls12_381_points import G1, G2, encoded, multiply, number
from tests.precompiles.accelerators.functions import Call, Function, program, run


@pytest.mark.slow
def test_a_run_with_points_is_proved() -> None:
    calls = [
        Call(Function.G1_ADD, encoded(G1) + encoded(multiply(G1, 5))),
        Call(Function.G2_ADD, encoded(G2) + encoded(G2)),
        Call(Function.MAP_TO_G1, number(7)),
        Call(Function.G1_ADD, encoded(G1) + number(1) + number(2)),
    ]
    data = b"".join(call.record() for call in calls)
    proven = quire.prove(program(), data, public_input=True)
    assert quire.verify(proven.proof, program().program_id, input=data).output == run(calls).output
