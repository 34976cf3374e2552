"""Hiding proofs and simulated ones as data: their words by message, and the challenges that were drawn."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from core_vm.air.public import PublicValues
from core_vm.field.extension import K
from core_vm.field.koalabear import Words
from core_vm.hash.poseidon2_kernels import permute_canonical
from core_vm.stark.final.prover import FinalTrace, prove_to_cells
from core_vm.stark.final.verifier import absorb_final_statement, verify_final_argument
from core_vm.stark.prover import Phases
from core_vm.transcript.channel import ProverChannel
from core_vm.transcript.pruned import PrunedVerifierChannel
from core_vm.transcript.sponge import Kind
from recursion.hiding.channel import MaskedChannel
from recursion.hiding.shape import HidingShape
from recursion.hiding.verifier import verify_hiding_words
from tests.recursion.hiding.simulator import Oracle, OracleChannel

LEAVES = "whir_leaves"


@dataclass
class Transcript:
    """What was read, in order, and the answers of the sponge, each after what was read before it."""

    leaf_width: int
    readings: list[tuple[str, Words]] = field(default_factory=list)
    squeezed: list[list[int]] = field(default_factory=list)

    def fixed_part(self) -> Words:
        """All words whose places are the same in every proof: up to the first opened leaf, and that one."""
        before: list[Words] = []
        for label, words in self.readings:
            if label == LEAVES:
                return np.concatenate([*before, words[: self.leaf_width]])
            before.append(words)
        raise AssertionError("no leaf was opened")


def _recording(channel: PrunedVerifierChannel, leaf_width: int) -> Transcript:
    """Makes a channel write down what passes."""
    found, read, squeeze = Transcript(leaf_width), channel.read, channel.squeeze

    def reading(label: str, count: int) -> Words:
        words = read(label, count)
        found.readings.append((label, words))
        return words

    def squeezing(kind: Kind, label: str, count: int) -> list[int]:
        values = squeeze(kind, label, count)
        found.squeezed.append(values)
        return values

    channel.read, channel.squeeze = reading, squeezing
    return found


def hiding_transcript(shape: HidingShape, words: Words, public: PublicValues) -> Transcript:
    """Of an accepted proof."""
    channel = MaskedChannel(words, permute_canonical)
    found = _recording(channel, shape.places.num_segments)
    verify_hiding_words(channel, shape, public)
    return found


def simulated_transcript(shape: HidingShape, words: Words, oracle: Oracle, public: PublicValues) -> Transcript:
    """Of an accepted simulation."""
    channel = OracleChannel(words, oracle)
    found = _recording(channel, shape.places.num_segments)
    verify_hiding_words(channel, shape, public)
    return found


def plain_transcript(shape: HidingShape, words: Words, public: PublicValues) -> Transcript:
    """Of an accepted proof of the same tables without masks and random cells."""
    channel = PrunedVerifierChannel(words, permute_canonical)
    found = _recording(channel, shape.places.num_segments)
    absorb_final_statement(channel, shape.key, public)
    verify_final_argument(channel, shape.key, public.messages)
    return found


class Replaying(ProverChannel):
    """A prover's end whose challenges are given; keeps the elements of K that are sent."""

    def __init__(self, squeezed: list[list[int]]) -> None:
        super().__init__(permute_canonical)
        self._squeezed, self.sent = iter(squeezed), list[K]()

    def squeeze(self, kind: Kind, label: str, count: int) -> list[int]:
        values = next(self._squeezed)
        assert len(values) == count
        return values

    def absorb_event(self, kind: Kind, label: str, values: list[int]) -> None:
        if kind is Kind.EXTENSION:
            self.sent += [K(*values[at : at + 5]) for at in range(0, len(values), 5)]


def true_messages(
    shape: HidingShape, trace: FinalTrace, public: PublicValues, squeezed: list[list[int]]
) -> list[K]:  # fmt: skip
    """What a prover with this witness would send for these challenges, from LogUp's on to the opening, unmasked."""
    channel = Replaying(squeezed)
    prove_to_cells(channel, shape.key, trace, public, 1, Phases(None), check=False)
    return channel.sent
