"""A recursion proof in the form that circuits take: words of one number, whatever they prove."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

import numpy as np

from core_vm.field.koalabear import Words
from core_vm.stark.keyed import VerifyingKey
from core_vm.stark.length import argument_words, opening_words
from core_vm.statement.encoding import Reader, pack
from core_vm.transcript.sponge import Event, Kind
from recursion.keys.tree import MAX_KEYS
from recursion.proof import R
from recursion.tables.standard import TABLES


@cache
def proof_words() -> int:
    """How many words every recursion proof has."""
    shape = R.shape(TABLES, [0] * len(TABLES.tables))
    return argument_words(TABLES, shape, R.stark) + opening_words(shape.opening)


@dataclass(frozen=True)
class RecursionProof:
    """`circuit` is a number in the catalogue; `words` are uint32, canonical, `proof_words()` of them."""

    circuit: int
    key: VerifyingKey
    words: Words
    draws: tuple[tuple[int, ...], ...] | None = field(default=None, compare=False)
    """The elements that the rounds' indices are taken of, where the proof was made here."""

    def to_bytes(self) -> bytes:
        """Circuit, key, words u32..."""
        return under_key_bytes(self.circuit, self.key) + np.asarray(self.words, "<u4").tobytes()

    @classmethod
    def read(cls, reader: Reader) -> RecursionProof:
        """Raises MalformedProof."""
        return cls(*read_key(reader), reader.words(proof_words(), "recursion proof"))


def under_key_bytes(circuit: int, key: VerifyingKey) -> bytes:
    """Number of the circuit u8, root of its key, a tile count u32 for each table."""
    return struct.pack("<B", circuit) + pack(key.root) + np.array(key.tiles, "<u4").tobytes()


def read_key(reader: Reader) -> tuple[int, VerifyingKey]:
    """The inverse. Raises MalformedProof."""
    circuit = reader.byte("circuit", MAX_KEYS)
    root = reader.digest("root of the key")
    tiles = tuple(reader.integer(f"tiles of table {table.name}", 1 << R.tile_bits) for table in TABLES.tables)
    return circuit, VerifyingKey(root, tiles)


def draws_in(log: Sequence[Event]) -> tuple[tuple[int, ...], ...]:
    """What a transcript's log says of the rounds' indices."""
    return tuple(event.values for event in log if event.kind is Kind.INDICES)
