"""The bytes of a run's proof: a fixed, versioned, canonical layout. One proof has exactly one encoding.

All integers are little-endian. No pickle, no compression, no field that can be written in two ways.

    magic "QUIRE\\0", version u16
    program root, three image roots, entry pc u32                     what hashes to the program id
    input root, exit code u32, output length u32, output bytes        the run statement
    four siblings of the output region in the last root
    number of shards u32, then per shard
        pc_end u32, end time u32, halted u8, profile u8, root_end, number of words u32, words u32...

A digest is eight u32 below P. A shard's words are read and checked by the shard verifier.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

import numpy as np

from core_vm.errors import MalformedProof
from core_vm.field.koalabear import P
from core_vm.stark.config import PROTOCOL_VERSION

MAGIC = b"QUIRE\0"
VERSION = PROTOCOL_VERSION  # one number for the bytes' layout and for what they prove
NUM_OUTPUT_SIBLINGS = 4
MAX_OUTPUT = 2**28
MAX_SHARDS = 2**20

Digest = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ShardProof:
    """One shard's end and its proof. `profile` numbers the set of tables that it is proved with; `words` is uint32,
    canonical field elements."""

    pc_end: int
    end_time: int
    halted: bool
    profile: int
    root_end: Digest
    words: np.ndarray


@dataclass(frozen=True, slots=True)
class RunProof:
    """A whole run. `image_roots` are the digests of the three GiB of the image; `entry` is a byte address."""

    program_root: Digest
    image_roots: tuple[Digest, Digest, Digest]
    entry: int
    input_root: Digest
    exit_code: int
    output: bytes
    output_siblings: tuple[Digest, ...]
    shards: tuple[ShardProof, ...]

    def to_bytes(self) -> bytes:
        """The canonical encoding."""
        parts = [MAGIC, struct.pack("<H", VERSION), _pack(self.program_root)]
        parts += [_pack(root) for root in self.image_roots]
        parts += [struct.pack("<I", self.entry), _pack(self.input_root)]
        parts += [struct.pack("<II", self.exit_code, len(self.output)), self.output]
        parts += [_pack(sibling) for sibling in self.output_siblings]
        parts.append(struct.pack("<I", len(self.shards)))
        for shard in self.shards:
            parts.append(struct.pack("<IIBB", shard.pc_end, shard.end_time, shard.halted, shard.profile))
            parts.append(_pack(shard.root_end))
            parts.append(struct.pack("<I", len(shard.words)))
            parts.append(np.asarray(shard.words, dtype="<u4").tobytes())
        return b"".join(parts)

    @classmethod
    def from_bytes(cls, data: bytes) -> RunProof:
        """Decode; raises MalformedProof naming the field that is short, too large or not canonical."""
        reader = _Reader(data)
        if reader.take(len(MAGIC), "magic") != MAGIC:
            raise MalformedProof("magic", "this is not a Quire proof")
        (version,) = struct.unpack("<H", reader.take(2, "version"))
        if version != VERSION:
            raise MalformedProof("version", f"expected {VERSION}, got {version}")
        proof = cls(
            program_root=reader.digest("program root"),
            image_roots=(reader.digest("image root 0"), reader.digest("image root 1"), reader.digest("image root 2")),
            entry=reader.integer("entry", 2**32),
            input_root=reader.digest("input root"),
            exit_code=reader.integer("exit code", 2**32),
            output=reader.take(reader.integer("output length", MAX_OUTPUT), "output"),
            output_siblings=tuple(reader.digest(f"output sibling {i}") for i in range(NUM_OUTPUT_SIBLINGS)),
            shards=tuple(reader.shard(i) for i in range(reader.integer("number of shards", MAX_SHARDS))),
        )
        if reader.at != len(data):
            raise MalformedProof("end of the proof", f"{len(data) - reader.at} bytes too many")
        return proof


class _Reader:
    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def take(self, count: int, what: str) -> bytes:
        if count > len(self.data) - self.at:
            raise MalformedProof(what, f"needs {count} bytes, {len(self.data) - self.at} are left")
        self.at += count
        return bytes(self.data[self.at - count : self.at])

    def integer(self, what: str, bound: int) -> int:
        (value,) = struct.unpack("<I", self.take(4, what))
        if value >= bound:
            raise MalformedProof(what, f"{value} is not below {bound}")
        return value

    def words(self, count: int, what: str) -> np.ndarray:
        values = np.frombuffer(self.take(4 * count, what), dtype="<u4").astype(np.uint32)
        if count and int(values.max()) >= P:
            raise MalformedProof(what, "an element is not below P")
        return values

    def digest(self, what: str) -> Digest:
        return tuple(int(v) for v in self.words(8, what))

    def shard(self, number: int) -> ShardProof:
        where = f"shard {number}"
        pc_end, end_time = self.integer(f"{where}, pc", 2**30), self.integer(f"{where}, end time", 2**24 + 1)
        (halted,) = self.take(1, f"{where}, halted")
        if halted > 1:
            raise MalformedProof(f"{where}, halted", f"expected 0 or 1, got {halted}")
        (profile,) = self.take(1, f"{where}, profile")
        root_end = self.digest(f"{where}, root")
        words = self.words(self.integer(f"{where}, number of words", 2**30), where)
        return ShardProof(pc_end, end_time, bool(halted), profile, root_end, words)


def _pack(digest: Digest) -> bytes:
    return struct.pack("<8I", *digest)
