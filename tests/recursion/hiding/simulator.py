"""The simulator: accepting hiding proofs from the statement alone, against a sponge that it may program.

It draws all challenges and all that the prover sends before the first fold uniformly, as the verifier asks for them:
masked scalars satisfy no check by themselves, and what they owe is the claim. Then the messages of the first fold,
uniform; the folded vector q1, uniform among those with the claim that is left; at each query a leaf, uniform among
those that fold to q1's value; and digests, uniform, for all subtrees without an opened leaf. From q1 on it is the
honest prover. The root that comes out is put in its place, and the sponge's answers after it are set to the challenges.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from typing import cast

import numpy as np

from core_vm.air.public import PublicValues
from core_vm.field.extension import DEGREE, K, eq_table, from_planes, inner, powers, to_planes
from core_vm.field.koalabear import P, Words, to_montgomery
from core_vm.hash.merkle import MerkleTree
from core_vm.hash.poseidon2 import DIGEST, compress_batch, hash_leaves_batch
from core_vm.hash.pruned import missing_siblings
from core_vm.pcs.whir.few_runs import FewRuns
from core_vm.pcs.whir.prover import Opening, open_folded
from core_vm.pcs.whir.samples import receive_samples
from core_vm.pcs.whir.sampling import add_sample_weights
from core_vm.pcs.whir.vectors import fold
from core_vm.pcs.whir.weights import RunWeight
from core_vm.transcript.numbers import NUMBERS
from core_vm.transcript.pruned import PrunedProverChannel
from core_vm.transcript.sponge import REFUSED, Event, Kind
from recursion.hiding.argument import absorb_hiding_statement, reduce_to_claim
from recursion.hiding.channel import MaskedChannel
from recursion.hiding.linear_algebra import reduced
from recursion.hiding.looking import hides, weights_at
from recursion.hiding.places import RANDOM_SEGMENTS
from recursion.hiding.shape import ROOT, HidingShape


class Oracle:
    """An ideal sponge: each history of events has an answer of its own, drawn when it is asked for, or programmed."""

    def __init__(self, seed: int) -> None:
        self.random, self.answers = random.Random(seed), dict[bytes, list[int]]()

    def answer(self, history: bytes, count: int) -> list[int]:
        if history not in self.answers:
            self.answers[history] = uniform(self.random, count)
        return self.answers[history]

    def program(self, history: bytes, values: list[int]) -> None:
        assert history not in self.answers
        self.answers[history] = values


def uniform(generator: random.Random, count: int) -> list[int]:
    """Squeezed elements; the one that `Transcript.indices` refuses is passed over, as grinding does."""
    return [generator.randrange(REFUSED) for _ in range(count)]


class History:
    """What has been absorbed and squeezed, hashed."""

    def __init__(self) -> None:
        self.state = b""

    def extend(self, kind: Kind, values: Sequence[int]) -> None:
        self.state = hashlib.sha256(self.state + repr((int(kind), len(values), list(values))).encode()).digest()

    def asked(self, kind: Kind, count: int) -> bytes:
        return self.state + repr((int(kind), count)).encode()


class OracleChannel(MaskedChannel):
    """The verifier's end over an ideal sponge."""

    def __init__(self, words: Words, oracle: Oracle) -> None:
        super().__init__(words)
        self.oracle, self.history = oracle, History()

    def absorb_event(self, kind: Kind, label: str, values: list[int]) -> None:
        self.history.extend(kind, values)

    def squeeze(self, kind: Kind, label: str, count: int) -> list[int]:
        values = self.oracle.answer(self.history.asked(kind, count), count)
        self.history.extend(kind, values)
        return values


class Simulator(MaskedChannel, PrunedProverChannel):
    """Both ends at once: what the verifier reads is drawn and written; what is squeezed is drawn. All is recorded."""

    def __init__(self, seed: int) -> None:
        super().__init__(np.zeros(0, np.uint32))
        self.random = random.Random(seed)
        self.events: list[tuple[bool, Kind, str, list[int]]] = []

    def read(self, label: str, count: int) -> Words:
        drawn = np.array([self.random.randrange(P) for _ in range(count)], np.uint32)
        self.hint(label, drawn)
        return drawn

    def absorb_event(self, kind: Kind, label: str, values: list[int]) -> None:
        self.events.append((False, kind, label, list(values)))

    def squeeze(self, kind: Kind, label: str, count: int) -> list[int]:
        self.events.append((True, kind, label, uniform(self.random, count)))
        return self.events[-1][3]

    def element(self) -> K:
        return K(*(self.random.randrange(P) for _ in range(DEGREE)))

    def finished(self, root: list[int], seed: int) -> tuple[Words, Oracle]:
        """The words with this root, and a sponge that answers with the recorded challenges."""
        words, oracle, history = self.words, Oracle(seed), History()
        words[:DIGEST] = root
        for squeezed, kind, label, values in self.events:
            if squeezed:
                oracle.program(history.asked(kind, len(values)), values)
            history.extend(kind, root if label == ROOT else values)
        return words, oracle


class SimulatedTree:
    """Stands for the tree over the committed vector: rows that fold to q1, random digests beside their paths. It holds
    all levels, and is asked once for the leaves that are opened, and then level after level for `missing_siblings`."""

    first_held = 0

    def __init__(self, channel: Simulator, shape: HidingShape, folded: list[K], bound: list[K]) -> None:
        self.channel, self.folded = channel, folded
        self.depth = shape.opening.rounds[0].log_domain
        self.weights = eq_table(bound[::-1])[: shape.places.num_segments]
        self.width = len(self.weights)
        self.root: list[int] = []

    def rows_of(self, groups: np.ndarray) -> tuple[Words, list[Words]]:
        """Each leaf is a group. In Montgomery form."""
        points = NUMBERS.domain_points(groups.tolist(), self.depth)
        found = np.array([self._row(int(x)) for x in points], np.uint32)
        self._leaves, self._digests = groups, hash_leaves_batch(found)
        return to_montgomery(found), []

    def held_digests(self, height: int, nodes: np.ndarray) -> Words:
        """The path goes on with each."""
        told = np.array([[self.channel.random.randrange(P) for _ in range(DIGEST)] for _ in nodes], np.uint32)
        told = told.reshape(-1, DIGEST)
        known = np.unique(self._leaves >> height)
        assert (missing_siblings(self._leaves, self.depth)[height] == nodes).all()
        both = np.concatenate([self._digests, told])[np.argsort(np.concatenate([known, nodes]))]
        self._digests = compress_batch(both[0::2], both[1::2])
        if height + 1 == self.depth:
            self.root = self._digests[0].tolist()
        return told

    def _row(self, x: int) -> list[int]:
        """Uniform with sum_j a_j row_j = q1(x): five random segments are solved for, whose weights are a basis of K."""
        value = inner(powers(K(x), len(self.folded)), self.folded)
        _, chosen = reduced(np.array([w.c for w in self.weights[:RANDOM_SEGMENTS]], np.uint64).T)
        row = [self.channel.random.randrange(P) for _ in self.weights]
        for place in chosen:
            row[place] = 0
        missing = value - inner(self.weights, [K(x) for x in row])
        basis = np.array([self.weights[place].c for place in chosen], np.uint64).T
        solved, _ = reduced(np.concatenate([basis, np.array(missing.c, np.uint64)[:, None]], axis=1))
        for place, coefficient in zip(chosen, solved[:, -1].tolist(), strict=True):
            row[place] = coefficient
        return row


def simulate(shape: HidingShape, public: PublicValues, seed: int) -> tuple[Words, Oracle]:
    """An accepting proof without a witness, and the sponge against which it is one. Bad challenges are passed over, as
    the prover does."""
    channel = Simulator(seed)
    absorb_hiding_statement(channel, shape, public)
    channel.receive_digest(ROOT)
    first, bound = shape.opening.rounds[0], list[K]()
    samples = receive_samples(channel, first)
    weight, claim = reduce_to_claim(channel, shape, public)
    gamma = channel.challenge("whir_combination")
    claim = claim + NUMBERS.horner(gamma, samples.values)
    for _ in range(first.num_folds):
        constant, square = channel.receive_extension("whir_round", 2)
        bound.append(channel.challenge("whir_fold"))
        claim = constant + bound[-1] * (claim - constant - constant - square + bound[-1] * square)
    of_runs = RunWeight.placed(weight.placed, shape.opening.num_runs)
    few_runs = list(FewRuns.layers(*weight.of_elements(), shape.opening.log_segment))
    folded_weight = weights_at(of_runs, few_runs, 1 << first.num_folds, np.arange(1 << shape.opening.log_segment))
    folded_weight = add_sample_weights(
        folded_weight.reshape(DEGREE, -1), samples, powers(gamma, len(samples.points), gamma)
    )
    for r in bound:
        folded_weight = fold(folded_weight, r)
    folded = _vector_with(channel, from_planes(folded_weight), claim)
    tree = SimulatedTree(channel, shape, folded, bound)
    opening = Opening(channel, claim, 1)
    opening.pairs = [(to_planes(folded), folded_weight)]
    open_folded(opening, [cast(MerkleTree, tree)], bound, shape.opening)
    log = [Event(kind, label, tuple(values)) for _, kind, label, values in channel.events]
    return channel.finished(tree.root, seed) if hides(shape, of_runs, few_runs, log) else simulate(shape, public, ~seed)


def _vector_with(channel: Simulator, weights: list[K], claim: K) -> list[K]:
    """Uniform with this inner product: one element is solved for, whose weight is not zero."""
    vector = [channel.element() for _ in weights]
    place = next(place for place, weight in enumerate(weights) if weight)
    vector[place] = K.zero
    vector[place] = (claim - inner(weights, vector)) * weights[place].inverse()
    return vector
