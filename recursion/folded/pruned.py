"""A recursion proof as it travels: the same statement in three quarters of the bytes.

What a verifier can compute is left out: hashes on the paths of an opening, and what two paths have in common; elements
of rows that are zero since no cell lies in their segment, which the key's tile counts say. A proof has one pruned form,
and what a pruned form is verified as is the proof of fixed length that circuits take.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from core_vm.field.extension import DEGREE
from core_vm.field.koalabear import Words
from core_vm.hash.poseidon2 import DIGEST, Digest
from core_vm.hash.pruned_paths import OpeningForm, pruned
from core_vm.stark.keyed import VerifyingKey
from core_vm.stark.length import argument_words
from core_vm.statement.encoding import Reader
from core_vm.statement.packing import pack_words, unpack_words
from core_vm.transcript.channel import VerifierChannel
from core_vm.transcript.pruned_channel import PrunedChannel
from core_vm.transcript.sponge import Event
from recursion.folded.recursion_proof import RecursionProof, draws_in, proof_words, read_key, under_key_bytes
from recursion.proof import R, stored_columns, verify_on
from recursion.tables.standard import TABLES


def pruned_counts() -> range:
    """How many words a pruned proof may have. How many one has, its queries decide, for those who verify it; but they
    are never so few: nodes that queries share by chance, and a segment that is empty, take a quarter off, not half."""
    return range(proof_words() // 2, proof_words() + 1)


@dataclass(frozen=True)
class PrunedProof:
    """`circuit` is a number in the catalogue; `words` are uint32, canonical, as a `PrunedChannel` reads them."""

    kind: ClassVar[str] = "folded"
    regime: ClassVar[None] = None  # there is one for all
    circuit: int
    key: VerifyingKey
    words: Words

    @classmethod
    def of(cls, proof: RecursionProof, digest: Digest) -> PrunedProof:
        """What a proof about `digest` is without what can be computed. Raises Rejection if it is none."""
        draws = proof.draws if proof.draws is not None else _draws(proof, digest)
        return cls(proof.circuit, proof.key, np.concatenate(list(_parts(proof, draws))))

    def to_bytes(self) -> bytes:
        """Circuit, key, words of 31 bits."""
        return under_key_bytes(self.circuit, self.key) + pack_words(self.words)

    @classmethod
    def read(cls, reader: Reader) -> PrunedProof:
        """All that is left. Raises MalformedProof."""
        circuit, key = read_key(reader)
        packed, what = reader.take(reader.left, "recursion proof"), "recursion proof"
        return cls(circuit, key, unpack_words(packed, what, pruned_counts()))

    def verify(self, digest: Digest) -> float:
        """As `recursion.proof.verify`."""
        return verify_on(self._channel(), self.key, digest)

    def restored(self, digest: Digest) -> RecursionProof:
        """The proof that circuits take, verified. Raises Rejection."""
        channel = self._channel()
        verify_on(channel, self.key, digest)
        return RecursionProof(self.circuit, self.key, channel.restored_words)

    def _channel(self) -> PrunedChannel:
        return PrunedChannel(self.words, stored_columns(self.key))


def _draws(proof: RecursionProof, digest: Digest) -> tuple[tuple[int, ...], ...]:
    """Of a proof that was made elsewhere: the verifier's."""
    log: list[Event] = []
    verify_on(VerifierChannel(proof.words, log=log), proof.key, digest)
    return draws_in(log)


def _parts(proof: RecursionProof, draws: tuple[tuple[int, ...], ...]) -> Iterator[Words]:
    """The pruned words, piece by piece: openings without what can be computed, all else as it is."""
    shape, words, at = R.shape(TABLES, proof.key.tiles), proof.words, 0
    stored = iter(stored_columns(proof.key))

    def taken(count: int) -> Words:
        nonlocal at
        at += count
        return words[at - count : at]

    yield taken(argument_words(TABLES, shape, R.stark))
    rounds = shape.opening.rounds
    for whir_round, following, drawn in zip(rounds, [*rounds[1:], None], draws, strict=True):
        last = DEGREE << shape.opening.log_final
        vector = DIGEST + DEGREE * following.num_samples if following is not None else last
        nonces = sum(bits > 0 for bits in (*whir_round.fold_grinding, whir_round.query_grinding))
        yield taken(2 * DEGREE * whir_round.num_folds + vector + nonces)
        depth, count = whir_round.log_domain, whir_round.num_queries
        indices = [element & ((1 << depth) - 1) for element in drawn]
        for width in whir_round.widths:
            form = OpeningForm(width, min(next(stored), width), depth, whir_round.log_cap)
            rows = taken(count * width).reshape(count, width)
            paths = taken(count * form.levels * DIGEST).reshape(count, form.levels, DIGEST)
            yield from pruned(form, indices, rows, paths, taken(DIGEST << form.log_cap).reshape(-1, DIGEST))
    yield words[at:]
