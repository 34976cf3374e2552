"""Every step comes behind what it reads, and what is hashed side by side does not depend on one another."""

from __future__ import annotations

import pytest

from recursion.circuit.gadgets import Gadget
from recursion.circuit.lowering.lower import Lowered
from recursion.witness.schedule import HASHED, inputs_of, schedule
from tests.recursion.circuit.opening import FORMS, opening
from tests.recursion.shards import circuit


def check_order(lowered: Lowered) -> set[int]:
    """Returns the turns."""
    steps = schedule(lowered)
    outputs = [step.of.outputs if isinstance(step.of, Gadget) else [step.of.output] for step in steps]
    place = {node: number for number, nodes in enumerate(outputs) for node in nodes}
    for number, step in enumerate(steps):
        assert step.turn % 2 == (isinstance(step.of, Gadget) and step.of.kind in HASHED)
        for before in (place[node] for node in inputs_of(lowered, step.of) if node in place):
            assert before < number
            assert step.turn % 2 == 0 or (steps[before].turn, steps[before].level) < (step.turn, step.level)
    return {step.turn for step in steps}


@pytest.mark.parametrize("name", FORMS)
def test_openings_in_order(name: str) -> None:
    check_order(opening(name).lowered)


def test_a_lift_takes_two_turns_of_each() -> None:
    assert check_order(Lowered(circuit())) == {1, 2, 3, 4}
