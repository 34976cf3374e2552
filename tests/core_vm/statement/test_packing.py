"""Elements in 31 bits: one encoding, and everything else is refused."""

from __future__ import annotations

import numpy as np
import pytest

from core_vm.errors import MalformedProof, UsageError
from core_vm.field.koalabear import P
from core_vm.statement.packing import pack_words, packed_bytes, unpack_words


def plain(words: list[int]) -> bytes:
    """By the definition, in one integer."""
    total = sum(word << 31 * i for i, word in enumerate(words))
    return total.to_bytes(packed_bytes(len(words)), "little")


@pytest.mark.parametrize("count", [0, 1, 2, 7, 8, 9, 33, 1000])
def test_words_come_back(count: int) -> None:
    words = np.random.default_rng(count).integers(0, P, count).astype(np.uint32)
    data = pack_words(words)
    assert data == plain(words.tolist())
    assert np.array_equal(unpack_words(data, "words"), words)


def test_a_length_is_of_one_number_of_elements() -> None:
    lengths = [packed_bytes(count) for count in range(100)]
    assert len(set(lengths)) == 100
    for length in set(range(lengths[-1])) - set(lengths):
        with pytest.raises(MalformedProof, match="whole number"):
            unpack_words(bytes(length), "words")


@pytest.mark.parametrize("count", [1, 2, 7, 9])
def test_every_bit_counts(count: int) -> None:
    """One bit flipped gives other words, or none."""
    words = np.random.default_rng(count).integers(0, P, count).astype(np.uint32)
    data = pack_words(words)
    for bit in range(8 * len(data)):
        flipped = bytearray(data)
        flipped[bit >> 3] ^= 1 << (bit & 7)
        try:
            found = unpack_words(bytes(flipped), "words")
        except MalformedProof as error:
            assert bit >= 31 * count or "below P" in str(error)  # noqa: PT017
        else:
            assert bit < 31 * count
            assert not np.array_equal(found, words)
            assert pack_words(found) == bytes(flipped)


def test_an_element_is_below_p() -> None:
    with pytest.raises(MalformedProof, match="below P"):
        unpack_words(plain([1, P, 3]), "words")
    with pytest.raises(UsageError, match="canonical"):
        pack_words(np.array([P], np.uint32))


def test_a_number_of_elements_that_there_cannot_be_is_not_unpacked() -> None:
    data = pack_words(np.arange(10, dtype=np.uint32))
    assert len(unpack_words(data, "words", range(10, 11))) == 10
    for counts in (range(9), range(11, 20)):
        with pytest.raises(MalformedProof, match=f"{len(data)} bytes, one has from"):
            unpack_words(data, "words", counts)
