"""Reading a proof's bytes: what all kinds of proofs begin with, and fields that are compared with the bytes left."""

from __future__ import annotations

import struct
from enum import IntEnum

import numpy as np

from core_vm.errors import MalformedProof
from core_vm.field.koalabear import P, Words
from core_vm.given import given_bytes
from core_vm.hash.poseidon2 import Digest
from core_vm.stark.config import PROTOCOL_VERSION
from core_vm.state.memory_map import MAX_INPUT, MAX_OUTPUT
from core_vm.statement.public_input import NUM_SIBLINGS, PublicInput

MAGIC = b"QUIRE\0"
VERSION = PROTOCOL_VERSION  # one number for the bytes' layout and for what they prove
DIGEST_BYTES = 32


class Kind(IntEnum):
    """What a proof is made of: the shards of a run, one recursion proof of a run, one of many runs."""

    SHARDS = 0
    FOLDED = 1
    BATCH = 2


def header(kind: Kind) -> bytes:
    """What every proof begins with."""
    return MAGIC + struct.pack("<HB", VERSION, kind)


def kind_of(data: bytes) -> Kind:
    """The kind that the bytes claim. Raises MalformedProof for what is no proof of this version."""
    return Reader(data).kind()


class Reader:
    """Takes fields off the front; each raises MalformedProof where it is short, too large or not canonical."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at = memoryview(given_bytes(data, "a proof")), 0

    @property
    def left(self) -> int:
        return len(self.data) - self.at

    def take(self, count: int, what: str) -> memoryview:
        if count > self.left:
            raise MalformedProof(what, f"needs {count} bytes, {self.left} are left")
        self.at += count
        return self.data[self.at - count : self.at]

    def finish(self) -> None:
        if self.left:
            raise MalformedProof("end of the proof", f"{self.left} bytes too many")

    def kind(self) -> Kind:
        if self.take(len(MAGIC), "magic") != MAGIC:
            raise MalformedProof("magic", "this is not a Quire proof")
        (version,) = struct.unpack("<H", self.take(2, "version"))
        if version != VERSION:
            raise MalformedProof("version", f"expected {VERSION}, got {version}")
        return Kind(below(len(Kind), self.take(1, "kind")[0], "kind"))

    def expect(self, kind: Kind) -> None:
        """The header, of this kind."""
        if (found := self.kind()) is not kind:
            raise MalformedProof("kind", f"expected a proof of kind {kind.name.lower()}, got {found.name.lower()}")

    def byte(self, what: str, bound: int) -> int:
        return below(bound, self.take(1, what)[0], what)

    def integer(self, what: str, bound: int) -> int:
        (value,) = struct.unpack("<I", self.take(4, what))
        return below(bound, value, what)

    def flag(self, what: str) -> bool:
        return flag(self.take(1, what)[0], what)

    def words(self, count: int, what: str) -> Words:
        values = np.frombuffer(self.take(4 * count, what), dtype="<u4").astype(np.uint32)
        if count and int(values.max()) >= P:
            raise MalformedProof(what, "an element is not below P")
        return values

    def digest(self, what: str) -> Digest:
        return digest(struct.unpack("<8I", self.take(DIGEST_BYTES, what)), what)

    def output(self) -> bytes:
        return bytes(self.take(self.integer("output length", MAX_OUTPUT + 1), "output"))

    def public_input(self) -> PublicInput | None:
        if not self.flag("whether the input is public"):
            return None
        length = self.integer("input length", MAX_INPUT + 1)
        return PublicInput(length, tuple(self.digest(f"input sibling {i}") for i in range(NUM_SIBLINGS)))


def below(bound: int, value: int, what: str) -> int:
    """The value. Raises MalformedProof unless it is below the bound."""
    if value >= bound:
        raise MalformedProof(what, f"{value} is not below {bound}")
    return value


def flag(value: int, what: str) -> bool:
    """A byte that is 0 or 1."""
    if value > 1:
        raise MalformedProof(what, f"expected 0 or 1, got {value}")
    return bool(value)


def digest(elements: Digest, what: str) -> Digest:
    """Eight canonical elements."""
    if max(elements) >= P:
        raise MalformedProof(what, "an element is not below P")
    return elements


def pack(digest: Digest) -> bytes:
    """A digest as bytes."""
    return struct.pack("<8I", *digest)


def public_input_bytes(public_input: PublicInput | None) -> bytes:
    """What `Reader.public_input` reads."""
    if public_input is None:
        return b"\0"
    return struct.pack("<BI", 1, public_input.length) + b"".join(map(pack, public_input.siblings))
