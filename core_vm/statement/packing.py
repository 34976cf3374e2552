"""Field elements in 31 bits each, without a gap: the bytes of proofs that are to be small. One encoding.

Element i has bits 31 i to 31 i + 30 of the bytes, lowest bit first. The last byte is filled with zeros; a whole number
of bytes is that of one number of elements alone, as each element adds three bytes or more.
"""

from __future__ import annotations

import numpy as np

from core_vm.errors import MalformedProof, UsageError
from core_vm.field.koalabear import P, Words

BITS = 31


def packed_bytes(count: int) -> int:
    """How many bytes so many elements have."""
    return -(-BITS * count // 8)


def pack_words(words: Words) -> bytes:
    """Raises UsageError for a value that is not below P."""
    if len(words) and int(words.max()) >= P:
        raise UsageError("only canonical elements are packed")
    bits = np.unpackbits(words.astype("<u4").view(np.uint8).reshape(-1, 4), axis=1, bitorder="little")
    return np.packbits(bits[:, :BITS], bitorder="little").tobytes()


def unpack_words(data: bytes | memoryview, what: str, counts: range | None = None) -> Words:
    """All elements of the bytes. Raises MalformedProof for a length that no number of elements has, or none of
    `counts`, before anything is unpacked; for bits behind the last element, and for an element that is not below P."""
    count = 8 * len(data) // BITS
    if counts is not None and count not in counts:
        least, most = packed_bytes(counts[0]), packed_bytes(counts[-1])
        raise MalformedProof(what, f"{len(data)} bytes, one has from {least} to {most}")
    if packed_bytes(count) != len(data):
        raise MalformedProof(what, f"{len(data)} bytes are no whole number of elements of {BITS} bits")
    bits = np.unpackbits(np.frombuffer(data, np.uint8), bitorder="little")
    if bits[BITS * count :].any():
        raise MalformedProof(what, "the bits behind the last element are not zero")
    padded = np.zeros((count, 32), np.uint8)
    padded[:, :BITS] = bits[: BITS * count].reshape(count, BITS)
    words = np.packbits(padded, axis=1, bitorder="little").view("<u4").reshape(count).astype(np.uint32)
    if count and int(words.max()) >= P:
        raise MalformedProof(what, "an element is not below P")
    return words
