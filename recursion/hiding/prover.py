"""The prover of a hiding proof: fill what is random, commit to all of it at once, and mask what is sent.

The provers of LogUp-GKR and of the zerocheck are those of any other proof. They compute with true values; the channel
adds the pads. What is left to open the prover learns as the verifier does, from the masked transcript. Last he looks
whether the challenges hide (`looking`); what does not hide is not returned.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from core_vm.air.public import PublicValues
from core_vm.air.table import TILE
from core_vm.errors import SecurityError, UsageError
from core_vm.field.extension import K
from core_vm.field.koalabear import Words, to_montgomery
from core_vm.pcs.whir.commitment import commit
from core_vm.pcs.whir.few_runs import FewRuns
from core_vm.pcs.whir.prover import open_vector
from core_vm.pcs.whir.samples import receive_samples
from core_vm.pcs.whir.sampling import sample_cells
from core_vm.pcs.whir.weights import RunWeight
from core_vm.stark.final.prover import FinalTrace, prove_to_cells
from core_vm.stark.prover import Phases
from core_vm.transcript.sponge import Event, Kind
from recursion.hiding.argument import (
    CHECK_BATCHING,
    PRODUCT_POINT,
    PRODUCT_VALUES,
    absorb_hiding_statement,
    hiding_security,
    reduce_to_claim,
)
from recursion.hiding.channel import MaskedChannel, MaskingChannel
from recursion.hiding.looking import hides
from recursion.hiding.masked import Element, Part, element
from recursion.hiding.product_check import values_at
from recursion.hiding.randomness import Randomness
from recursion.hiding.shape import ROOT, HidingShape
from recursion.hiding.tables import NUM_RANDOM_ENTRIES
from recursion.hiding.weights import HidingWeight

MAX_ATTEMPTS = 4
"""Bad challenges come about once in 2^120 proofs, if a shape has room at all."""


def prove_hiding(
    shape: HidingShape,
    trace: FinalTrace,
    public: PublicValues,
    threads: int = 1,
    phases: dict[str, float] | None = None,
    check: bool = True,
) -> Words:
    """The proof that `trace` satisfies the tables and balances with `public`, as canonical words.

    Draws fresh randomness, and fills the hiding table of `trace` with it. A second proof of one trace is another one.
    Raises SecurityError below the configuration's target, or where nothing can be hidden in this shape; WitnessError
    (with `check`) for a trace that is wrong.
    """
    hiding_security(shape, public).check(shape.stark.target_bits)
    for _ in range(MAX_ATTEMPTS):
        words = _attempt(shape, trace, public, threads, Phases(phases), check)
        if words is not None:
            return words
    raise SecurityError(f"no challenges of {MAX_ATTEMPTS} attempts hid the witness: the shape has too little room")


def _attempt(
    shape: HidingShape, trace: FinalTrace, public: PublicValues, threads: int, phase: Phases, check: bool
) -> Words | None:
    """A proof with fresh randomness, or None if its challenges do not hide the witness: then it must not be seen."""
    log: list[Event] = []
    channel, randomness = MaskingChannel(log=log), Randomness.fresh()
    absorb_hiding_statement(channel, shape, public)
    elements = shape.plan.elements(randomness.elements(shape.plan.counts[Part.PAD]))
    fill_hiding_table(shape, trace, randomness)
    opening = shape.opening
    with phase("commit"):
        commitment = commit(committed_vector(shape, trace, elements, randomness), opening, threads)
        channel.send_digest(ROOT, commitment.root)
        sampled = sample_cells(channel, [commitment], opening, threads)
    with channel.masked([elements[element(Part.PAD, number)] for number in range(shape.plan.num_pads)]):
        prove_to_cells(channel, shape.key, trace, public, threads, phase, check)
    tau = channel.challenge(PRODUCT_POINT)
    channel.send_extension(PRODUCT_VALUES, values_at(tau, shape.plan.rows, shape.plan.num_pads, elements))
    with phase("open"):
        channel.challenge(CHECK_BATCHING)
        weight, claim = _learned(channel, log, shape, public)
        of_runs = RunWeight.placed(weight.placed, opening.num_runs, threads)
        few_runs = list(FewRuns.layers(*weight.of_elements(), opening.log_segment))
        open_vector(channel, [commitment], of_runs, claim, opening, threads, sampled, few_runs)
    with phase("look"):
        return channel.words if hides(shape, of_runs, few_runs, log) else None


def fill_hiding_table(shape: HidingShape, trace: FinalTrace, randomness: Randomness) -> None:
    """A random message in the first row of `blind`."""
    for column, word in enumerate(randomness.words(NUM_RANDOM_ENTRIES)):
        trace.write(shape.blind_table, column, 0, np.array([word]))


def committed_vector(
    shape: HidingShape, trace: FinalTrace, elements: Mapping[Element, K], randomness: Randomness
) -> Words:
    """Tables and elements in their places, and random cells in theirs; flat uint32, Montgomery form.

    A uniform word is as uniform in Montgomery form as it is in canonical form.
    """
    places, order = shape.places, shape.plan.in_order()
    vector = shape.key.placement.placed(trace.q)
    by_run = vector.reshape(-1, TILE)
    values = np.array([elements[number].c for number in order], np.int64)
    vector[shape.element_cells(order)] = to_montgomery(values)
    by_run[places.random_runs()] = randomness.words(places.num_random).reshape(-1, TILE)
    return vector


def _learned(
    channel: MaskingChannel, log: Sequence[Event], shape: HidingShape, public: PublicValues
) -> tuple[HidingWeight, K]:
    """What the verifier will have opened, from the words so far and what was drawn."""
    reader = _Reader(channel.words, log)
    absorb_hiding_statement(reader, shape, public)
    reader.receive_digest(ROOT)
    receive_samples(reader, shape.opening.rounds[0])
    return reduce_to_claim(reader, shape, public)


class _Reader(MaskedChannel):
    """Reads words that the prover himself has written: what he has drawn need not be hashed once more."""

    def __init__(self, words: Words, log: Sequence[Event]) -> None:
        super().__init__(words)
        self._drawn = iter([event for event in log if event.kind is Kind.CHALLENGE])

    def absorb_event(self, kind: Kind, label: str, values: list[int]) -> None:
        pass

    def squeeze(self, kind: Kind, label: str, count: int) -> list[int]:
        event = next(self._drawn)
        if (event.kind, event.label, len(event.values)) != (kind, label, count):
            raise UsageError(f"{count} elements are drawn for {label}; the prover drew for {event.label}")
        return list(event.values)

    def check_grind(self, label: str, bits: int) -> None:
        self.read(label, int(bits > 0))
