"""The prover's sponge does what the definition does, whatever comes after what."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core_vm.field.koalabear import P
from core_vm.hash.poseidon2 import permute
from core_vm.transcript.channel import ProverChannel
from core_vm.transcript.compiled_sponge import CompiledSponge
from core_vm.transcript.sponge import AnySponge, Event, Kind, Sponge, Transcript, header

VALUES = st.integers(0, P - 1) | st.sampled_from([0, 1, P - 1])
ABSORBED = st.lists(VALUES, max_size=30)
SQUEEZED = st.tuples(VALUES, st.integers(1, 30))
STEPS = st.lists(ABSORBED | SQUEEZED, max_size=12)


def run(sponge: AnySponge, steps: list) -> list[list[int]]:
    """All that is squeezed: a step is what to absorb, or under which header how much to squeeze."""
    squeezed = []
    for step in steps:
        if isinstance(step, tuple):
            squeezed.append(sponge.squeeze(*step))
        else:
            sponge.absorb(step)
    return squeezed


@settings(max_examples=40, deadline=None)
@given(STEPS)
def test_both_squeeze_the_same(steps) -> None:
    last = (P - 1, 16)
    assert run(CompiledSponge(), [*steps, last]) == run(Sponge(permute), [*steps, last])


@settings(max_examples=20, deadline=None)
@given(STEPS, STEPS)
def test_a_plain_copy_goes_on_alone(before, after) -> None:
    compiled, definition = CompiledSponge(), Sponge(permute)
    run(compiled, before)
    run(definition, before)
    expected = run(definition.plain(), [*after, (7, 16)])
    assert run(compiled.plain(), [*after, (7, 16)]) == expected
    assert run(compiled, [*after, (7, 16)]) == expected
    assert run(definition, [*after, (7, 16)]) == expected


@pytest.mark.parametrize("absorbed", [0, 1, 7, 8, 9, 16, 17, 40])
@pytest.mark.parametrize("squeezed", [1, 8, 9, 16, 17])
def test_every_fill_of_the_last_blocks(absorbed: int, squeezed: int) -> None:
    steps = [list(range(1, absorbed + 1)), (header(Kind.CHALLENGE, squeezed), squeezed), (5, 3)]
    assert run(CompiledSponge(), steps) == run(Sponge(permute), steps)


def test_what_was_absorbed_is_not_the_callers_list() -> None:
    sponge, values = CompiledSponge(), [1, 2, 3]
    sponge.absorb(values)
    values.append(4)
    assert sponge.squeeze(5, 8) == run(Sponge(permute), [[1, 2, 3], (5, 8)])[0]


def test_a_prover_logs_and_draws_what_a_transcript_does() -> None:
    definition, compiled = list[Event](), list[Event]()
    for transcript in (Transcript(permute, definition), ProverChannel(log=compiled)):
        for count in range(12):
            transcript.absorb("values", range(3 * count))
            transcript.challenges("some", 1 + count % 3)
            transcript.indices("places", 8, 1 + 2 * count)
    assert compiled == definition
