"""Files that end in a final proof, taken apart: every field by its name, and together again."""

from __future__ import annotations

import struct
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from random import Random

import numpy as np

from core_vm.field.koalabear import P, Words
from core_vm.hash.poseidon2 import Digest
from core_vm.statement.encoding import Kind, kind_of
from core_vm.statement.packing import BITS, unpack_words
from core_vm.statement.public_input import NUM_SIBLINGS
from recursion.folded.batch import leaves_of, record_after, root_of_tree
from recursion.folded.final_proof import FinalProof
from recursion.folded.proof import Batch, FoldedRun
from recursion.hiding.channel import MaskedChannel
from recursion.hiding.known import known_shape
from recursion.hiding.verifier import verify_hiding_words
from recursion.keys.standard import standard_keys
from recursion.programs.records import record_digest
from recursion.proof import public_values

SAID = {
    "magic", "version", "kind", "number of statements", "tree", "program id", "exit code", "output length", "output",
    "whether the input is public", "input length", "input siblings", "number of steps", "side of a step",
    "number of the circuit",
}  # fmt: skip
"""Fields that follow from the statement, and from a batch's tree."""
RANDOM_BYTES = {"salt", "digest of a step"}
RANDOM_WORDS = {
    "trace_root", "whir_root", "whir_leaves", "whir_paths",  # of committed vectors with random cells
    "whir_answers", "whir_round", "whir_final",  # of the opening
    "gkr_root", "gkr_round", "gkr_halves", "zerocheck_round",  # with a pad each; the product of fingerprints is uniform
    "term_linear", "term_round", "term_factors", "product_values",  # with a pad each
}  # fmt: skip
NONCES = {"fingerprint_grinding", "whir_fold_work", "whir_work"}
"""Words of a range: two may be equal by chance."""
PRUNED = {"whir_leaves", "whir_paths"}
"""As many as the drawn indices leave."""


@dataclass(frozen=True)
class Parsed:
    """`head` are named bytes, `words` named elements of 31 bits each, which are all of the rest. Each in its order."""

    head: list[tuple[str, bytes]]
    words: list[tuple[str, Words]]

    def to_bytes(self) -> bytes:
        """The file; elements are packed whether they are canonical or not."""
        return b"".join(data for _, data in self.head) + packed(np.concatenate([words for _, words in self.words]))


def packed(words: Words) -> bytes:
    """`packing.pack_words` of any words below 2^31."""
    bits = np.unpackbits(words.astype("<u4").view(np.uint8).reshape(-1, 4), axis=1, bitorder="little")
    return np.packbits(bits[:, :BITS], bitorder="little").tobytes()


def parsed(data: bytes) -> Parsed:
    """Of an accepted proof that ends in a final one."""
    head = _Head(data)
    proof, digest = _batch(head) if kind_of(data) is Kind.BATCH else _run(head)
    found: list[tuple[str, Words]] = []

    class Recording(MaskedChannel):
        def read(self, label: str, count: int) -> Words:
            words = super().read(label, count)
            found.append((label, words))
            return words

    words = unpack_words(proof.packed, "final proof")
    verify_hiding_words(Recording(words), known_shape(proof.regime), public_values(digest))
    whole = Parsed(head.fields, [(label, words) for label, words in found if len(words)])
    assert whole.to_bytes() == data
    return whole


class _Head:
    """Takes fields off the front."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at, self.fields = data, 0, list[tuple[str, bytes]]()
        for name, count in (("magic", 6), ("version", 2), ("kind", 1)):
            self.take(name, count)

    def take(self, name: str, count: int) -> bytes:
        self.fields.append((name, self.data[self.at : self.at + count]))
        self.at += count
        return self.fields[-1][1]

    def number(self, name: str) -> int:
        return struct.unpack("<I", self.take(name, 4))[0]

    def statement(self) -> None:
        self.take("program id", 32)
        self.take("exit code", 4)
        self.take("output", self.number("output length"))
        if self.take("whether the input is public", 1) != b"\0":
            self.take("input length", 4)
            self.take("input siblings", 32 * NUM_SIBLINGS)


def _run(head: _Head) -> tuple[FinalProof, Digest]:
    head.statement()
    (steps,) = head.take("number of steps", 1)
    if steps:
        head.take("salt", 32)
    for _ in range(steps):
        head.take("side of a step", 1)
        head.take("digest of a step", 32)
    head.take("number of the circuit", 1)
    run, root = FoldedRun.from_bytes(head.data), standard_keys().root
    assert isinstance(run.proof, FinalProof)
    return run.proof, record_digest(record_after(root, run.statement.record(root), run.membership))


def _batch(head: _Head) -> tuple[FinalProof, Digest]:
    count = head.number("number of statements")
    head.take("tree", 2 * count - 1)
    for _ in range(count):
        head.statement()
    for _ in range(count):
        head.take("salt", 32)
    head.take("number of the circuit", 1)
    batch, root = Batch.from_bytes(head.data), standard_keys().root
    assert isinstance(batch.proof, FinalProof)
    return batch.proof, record_digest(root_of_tree(root, batch.tree, leaves_of(root, batch)))


def words_of(data: bytes) -> tuple[int, ...]:
    """Of eight elements."""
    return struct.unpack("<8I", data)


def check_that_both_say_the_same_and_share_nothing_else(one: Parsed, other: Parsed) -> None:
    """Every field of two files is said, and equal, or a random part, and without a word in common; and there are the
    same fields, of the same lengths but for what the drawn indices prune."""
    assert [(name, len(data)) for name, data in one.head] == [(name, len(data)) for name, data in other.head]
    for (name, ours), (_, theirs) in zip(one.head, other.head, strict=True):
        assert name in SAID | RANDOM_BYTES
        assert (ours == theirs) == (name in SAID), name
        assert name in SAID or not set(words_of(ours)) & set(words_of(theirs)), name
    assert [label for label, _ in one.words] == [label for label, _ in other.words]
    for (label, ours), (_, theirs) in zip(one.words, other.words, strict=True):
        assert label in RANDOM_WORDS | NONCES, label
        assert label in PRUNED or len(ours) == len(theirs), label
        if label in RANDOM_WORDS:  # of 31 bits each: 20,000 meet in the same place once in 100,000 proofs
            common = min(len(ours), len(theirs))
            assert not (ours[:common] == theirs[:common]).any(), label


def changed_fields(whole: Parsed, rng: Random) -> Iterator[tuple[str, str, bytes]]:
    """Each field changed in each way that there is: its name, the way, and the file. Of elements that many messages of
    one name have, the first and the last message are changed in every way, those between in one."""
    data = whole.to_bytes()
    last = Counter(label for label, _ in whole.words)
    for place, (name, value) in enumerate(whole.head):
        for how, changed in _changed_bytes(name, value, rng):
            head = [*whole.head[:place], (name, changed), *whole.head[place + 1 :]]
            yield f"{name} ({place})", how, replace(whole, head=head).to_bytes()
    seen = Counter[str]()
    for place, (label, value) in enumerate(whole.words):
        seen[label] += 1
        for how, changed in _changed_words(value, rng):
            if how == "flipped" or seen[label] in (1, last[label]):
                words = [*whole.words[:place], (label, changed), *whole.words[place + 1 :]]
                file = replace(whole, words=words).to_bytes()
                assert file != data
                yield f"{label} ({place})", how, file


def _changed_bytes(name: str, value: bytes, rng: Random) -> Iterator[tuple[str, bytes]]:
    if value:
        number = int.from_bytes(value, "little") ^ 1 << rng.randrange(8 * len(value))
        yield "flipped", number.to_bytes(len(value), "little")
        yield "truncated", value[:-1]
    yield "extended", value + b"\0"
    if len(value) > 1 and value != value[::-1]:
        yield "swapped", value[::-1]
    if len(value) % 32 == 0 and value:
        first = struct.unpack_from("<I", value)[0]
        yield "not canonical", struct.pack("<I", first + P) + value[4:]
    elif name in ("whether the input is public", "side of a step", "tree", "kind", "number of the circuit"):
        yield "not canonical", value[:-1] + b"\xff"


def _changed_words(value: Words, rng: Random) -> Iterator[tuple[str, Words]]:
    place = rng.randrange(len(value))
    yield "flipped", _with(value, place, (int(value[place]) + (1 << rng.randrange(30))) % P)
    yield "not canonical", _with(value, place, P)
    yield "all ones", _with(value, place, (1 << BITS) - 1)
    yield "truncated", value[:-1]
    yield "extended", np.append(value, value[-1:])
    if len(value) > 1 and value[0] != value[-1]:
        yield "swapped", _with(_with(value, 0, int(value[-1])), len(value) - 1, int(value[0]))


def _with(value: Words, place: int, element: int) -> Words:
    changed = value.copy()
    changed[place] = element
    return changed
