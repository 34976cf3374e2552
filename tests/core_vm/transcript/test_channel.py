"""The transcript: both ends agree, every absorbed element matters, and malformed words are refused with a name."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from core_vm.errors import MalformedProof, ProofOfWorkRejection, UsageError
from core_vm.field.extension import K
from core_vm.field.koalabear import P
from core_vm.hash.poseidon2 import permute
from core_vm.transcript.channel import ProverChannel, VerifierChannel
from core_vm.transcript.sponge import Event, Kind, Transcript, header

DIGEST = list(range(100, 108))
ELEMENTS = [K(1, 2, 3, 4, 5), K(P - 1)]


def _prove(log: list[Event]) -> tuple[np.ndarray, list]:
    channel = ProverChannel(log=log)
    drawn: list = []
    channel.absorb("version", [1])
    channel.send("heights", [7, 8, 9])
    channel.send_digest("root", DIGEST)
    drawn += channel.challenges("alpha", 3)
    channel.send_extension("claims", ELEMENTS)
    channel.grind("work", 6)
    drawn.append(channel.indices("queries", 10, 20))
    channel.hint("rows", np.arange(6).reshape(2, 3))
    drawn.append(channel.challenge("last"))
    return channel.words, drawn


def _verify(words: np.ndarray, log: list[Event] | None = None, version: int = 1) -> list:
    channel = VerifierChannel(words, log=log)
    drawn: list = []
    channel.absorb("version", [version])
    channel.receive("heights", 3)
    channel.receive_digest("root")
    drawn += channel.challenges("alpha", 3)
    channel.receive_extension("claims", 2)
    channel.check_grind("work", 6)
    drawn.append(channel.indices("queries", 10, 20))
    channel.receive_hint("rows", 6)
    drawn.append(channel.challenge("last"))
    channel.finish()
    return drawn


def test_both_ends_log_the_same_events_and_draw_the_same() -> None:
    sent, received = [], []
    words, drawn = _prove(sent)
    assert _verify(words, received) == drawn
    assert received == sent
    assert [(event.kind, event.label) for event in sent] == [
        (Kind.BASE, "version"),
        (Kind.BASE, "heights"),
        (Kind.DIGEST, "root"),
        (Kind.CHALLENGE, "alpha"),
        (Kind.EXTENSION, "claims"),
        (Kind.NONCE, "work"),
        (Kind.WORK, "work"),
        (Kind.INDICES, "queries"),
        (Kind.CHALLENGE, "last"),
    ]


def test_proofs_are_reproducible() -> None:
    assert (_prove([])[0] == _prove([])[0]).all()


def test_the_sponge_is_the_documented_one() -> None:
    """Recomputed by hand: twelve queued elements, header of the squeeze on the capacity, a block of output each."""
    transcript = Transcript()
    transcript.absorb("a", [5, 6])
    transcript.absorb_digest("d", DIGEST)
    queue = [1 << 24 | 2, 5, 6, 3 << 24 | 8, *DIGEST]
    state = permute(queue[:8] + [0] * 8)
    state[8] = (state[8] + (5 << 24 | 13)) % P
    state = permute(queue[8:] + [0] * 4 + state[8:])
    assert transcript.challenges("c", 2) == [K(*state[:5]), K(*permute(state)[:5])]


def test_a_squeeze_without_input_is_a_zero_block() -> None:
    transcript = Transcript()
    state = permute([0] * 8 + [5 << 24 | 5] + [0] * 7)
    assert transcript.challenge("first") == K(*state[:5])
    assert transcript.challenge("second") == K(*permute([0] * 8 + [(state[8] + (5 << 24 | 5)) % P, *state[9:]])[:5])


Action = Callable[[Transcript], object]

DIFFERENT: list[Action] = [
    lambda t: None,
    lambda t: t.absorb("x", []),
    lambda t: t.absorb("x", [0]),
    lambda t: t.absorb("x", [0, 0]),
    lambda t: t.absorb("x", [1]),
    lambda t: (t.absorb("x", [0]), t.absorb("x", [0])),
    lambda t: t.absorb("x", [0] * 5),
    lambda t: t.absorb("x", [0] * 7),
    lambda t: t.absorb("x", [0] * 8),
    lambda t: t.absorb("x", [0] * 15),
    lambda t: t.absorb("x", [header(Kind.BASE, 0)]),
    lambda t: t.absorb_digest("x", [0] * 8),
    lambda t: t.challenge("x"),
    lambda t: t.challenges("x", 2),
    lambda t: t.indices("x", 4, 5),
    lambda t: (t.absorb("x", [0]), t.challenge("x")),
    lambda t: (t.challenge("x"), t.absorb("x", [0])),
]


def test_different_histories_give_different_challenges() -> None:
    """Count, kind, order and the place of squeezes are all bound, beside the values."""
    results = []
    for action in DIFFERENT:
        transcript = Transcript()
        transcript.absorb("start", [3])
        action(transcript)
        results.append(transcript.challenge("end"))
    assert len(set(results)) == len(DIFFERENT)


@pytest.mark.parametrize("position", range(20))
def test_every_absorbed_element_changes_all_later_challenges(position: int) -> None:
    def draws(values: list[int]) -> list[K]:
        transcript = Transcript()
        transcript.absorb("values", values)
        first = transcript.challenge("first")
        transcript.absorb("more", [1])
        return [first, *transcript.challenges("later", 3)]

    values = list(range(20))
    changed = [x + (i == position) for i, x in enumerate(values)]
    assert all(x != y for x, y in zip(draws(values), draws(changed), strict=True))


def test_labels_are_not_absorbed() -> None:
    first, second = Transcript(), Transcript()
    first.absorb("one", [1])
    second.absorb("two", [1])
    assert first.challenge("a") == second.challenge("b")


def test_every_absorbed_word_of_a_proof_matters() -> None:
    words, drawn = _prove([])
    hints = range(len(words) - 6, len(words))
    for position in range(len(words)):
        changed = words.copy()
        changed[position] = (int(changed[position]) + 1) % P
        if position in hints:
            assert _verify(changed) == drawn  # bound by whoever checks the opening
            continue
        try:
            assert _verify(changed)[-1] != drawn[-1]
        except ProofOfWorkRejection:
            assert position <= len(words) - 7
    assert _verify_or_work(words, version=2) != drawn


def _verify_or_work(words: np.ndarray, version: int) -> list | None:
    try:
        return _verify(words, version=version)
    except ProofOfWorkRejection:
        return None


def test_every_truncation_is_malformed_and_names_its_message() -> None:
    words, _ = _prove([])
    for length in range(len(words)):
        with pytest.raises(MalformedProof, match="remain"):
            _verify(words[:length])
    with pytest.raises(MalformedProof, match="heights: expected 3 words, 0 remain"):
        _verify(words[:0])
    with pytest.raises(MalformedProof, match="1 words remain after"):
        _verify(np.append(words, np.uint32(0)))


def test_every_word_must_be_canonical() -> None:
    words, _ = _prove([])
    for position in range(len(words)):
        for value in (P, 2**32 - 1):
            changed = words.copy()
            changed[position] = value
            with pytest.raises(MalformedProof, match=f"word {position} is {value}, not below p"):
                _verify(changed)


@pytest.mark.parametrize("words", [np.zeros(9, np.int64), np.zeros((3, 3), np.uint32), [1, 2, 3], b"123", None])
def test_anything_but_a_flat_array_of_words_is_malformed(words: object) -> None:
    with pytest.raises(MalformedProof, match="flat array"):
        VerifierChannel(words)


def test_negative_counts_are_malformed() -> None:
    with pytest.raises(MalformedProof, match="expected -1 words"):
        VerifierChannel(np.zeros(4, np.uint32)).receive("x", -1)


def test_a_nonce_without_the_work_is_rejected() -> None:
    words, _ = _prove([])
    nonce_at = 3 + 8 + 10
    smallest = int(words[nonce_at])
    for nonce in range(smallest):
        words[nonce_at] = nonce
        with pytest.raises(ProofOfWorkRejection, match=f"work: nonce {nonce} does not carry 6 bits"):
            _verify(words)
    assert smallest > 0


@pytest.mark.parametrize("before", range(1, 18))
def test_grinding_works_at_every_fill_of_the_queue(before: int) -> None:
    channel = ProverChannel()
    channel.send("values", range(before))
    channel.grind("work", 4)
    reader = VerifierChannel(channel.words)
    reader.receive("values", before)
    reader.check_grind("work", 4)
    reader.finish()
    assert reader.challenge("c") == channel.challenge("c")


def test_no_bits_no_nonce() -> None:
    channel = ProverChannel()
    channel.grind("work", 0)
    assert len(channel.words) == 0
    VerifierChannel(channel.words).check_grind("work", 0)


def _squeezing(value: int) -> Transcript:
    return Transcript(permute=lambda state: [value] * 16)


def test_the_biased_element_is_refused() -> None:
    with pytest.raises(MalformedProof, match="p - 1"):
        _squeezing(P - 1).indices("queries", 8, 3)
    assert _squeezing(P - 2).indices("queries", 24, 3) == [2**24 - 1] * 3


class BiasedPermutation:
    """Poseidon2, except that one state's image has p - 1 in one place. Remembers each image's state."""

    def __init__(self, state: list[int] | None = None, place: int = 0) -> None:
        self.state, self.place = state, place
        self.state_of: dict[tuple[int, ...], list[int]] = {}

    def __call__(self, state: list[int]) -> list[int]:
        image = permute(state)
        if state == self.state:
            image[self.place] = P - 1
        self.state_of[tuple(image[:8])] = state
        return image


def _grind_and_draw(permutation: BiasedPermutation, count: int, told: bool = True) -> tuple[np.ndarray, list[Event]]:
    channel = ProverChannel(permutation, log := [])
    channel.send("values", range(5))
    channel.grind("work", 4, count if told else 0)
    channel.indices("queries", 10, count)
    return channel.words, log


def _read_and_draw(words: np.ndarray, permutation: BiasedPermutation, count: int) -> list[Event]:
    channel = VerifierChannel(words, permutation, log := [])
    channel.receive("values", 5)
    channel.check_grind("work", 4)
    channel.indices("queries", 10, count)
    channel.finish()
    return log


@pytest.mark.parametrize(("count", "place"), [(8, 0), (8, 7), (20, 3), (20, 19), (1, 0)])
def test_the_prover_passes_over_a_nonce_that_leads_to_the_biased_element(count: int, place: int) -> None:
    honest = BiasedPermutation()
    words, log = _grind_and_draw(honest, count)
    image = next(image for image in honest.state_of if _starts_block(image, log[-1].values, place // 8))
    biased = BiasedPermutation(honest.state_of[image], place % 8)

    others, sent = _grind_and_draw(biased, count)
    assert others[-1] > words[-1]
    assert _read_and_draw(others, biased, count) == sent
    for nonce in range(int(words[-1]) + 1, int(others[-1])):
        with pytest.raises(ProofOfWorkRejection):
            _read_and_draw(np.array([*words[:-1], nonce], np.uint32), biased, count)
    with pytest.raises(MalformedProof, match="p - 1"):
        _read_and_draw(words, biased, count)
    with pytest.raises(MalformedProof, match="p - 1"):
        _grind_and_draw(biased, count, told=False)


def _starts_block(image: tuple[int, ...], values: tuple[int, ...], block: int) -> bool:
    """Whether the permutation's image is where the elements from 8 block on were read."""
    part = values[8 * block : 8 * block + 8]
    return image[: len(part)] == part


def test_an_element_that_is_not_drawn_may_be_the_biased_one() -> None:
    honest = BiasedPermutation()
    words, log = _grind_and_draw(honest, 5)
    image = next(image for image in honest.state_of if _starts_block(image, log[-1].values, 0))
    assert np.array_equal(_grind_and_draw(BiasedPermutation(honest.state_of[image], 5), 5)[0], words)


def test_indices_are_in_range_and_keep_their_order() -> None:
    transcript = Transcript()
    transcript.absorb("seed", [1])
    indices = transcript.indices("queries", 5, 200)
    assert len(indices) == 200
    assert set(indices) == set(range(32))
    assert indices != sorted(indices)


def test_wrong_use_is_named() -> None:
    channel = ProverChannel()
    with pytest.raises(UsageError, match="canonical"):
        channel.send("x", [P])
    with pytest.raises(UsageError, match="canonical"):
        channel.absorb("x", [-1])
    with pytest.raises(UsageError, match="canonical"):
        channel.hint("x", [P])
    with pytest.raises(UsageError, match="8 elements"):
        channel.send_digest("x", [1] * 7)
    with pytest.raises(UsageError, match="bits"):
        channel.grind("x", 25)
    with pytest.raises(UsageError, match="bits"):
        channel.indices("x", 25, 1)
    with pytest.raises(UsageError, match="fewer than"):
        header(Kind.BASE, 1 << 24)
