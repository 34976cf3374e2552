"""The bytes of a run's proof: a fixed, versioned, canonical layout. One proof has exactly one encoding.

All integers are little-endian. No pickle, no compression, no field that can be written in two ways.

    magic "QUIRE\\0", version u16, kind u8
    program root, three image roots, entry pc u32                     what hashes to the program id
    input root, exit code u32, output length u32, output bytes        the run statement
    four siblings of the output region in the last root
    input public u8, and if it is 1: length u32, 24 siblings of the input region's first leaf
    number of shards u32, then per shard
        pc_end u32, end time u32, halted u8, profile u8, root_end, number of claims u32, claims_end,
        number of words u32, words u32...

A digest is eight u32 below P. Every count is compared with the bytes that are left before anything is made of it, so
decoding takes a time and a memory in proportion to the bytes.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

import numpy as np

from core_vm.errors import MalformedProof
from core_vm.hash.poseidon2 import DIGEST, Digest
from core_vm.state import roots
from core_vm.state.memory_map import MAX_TIME, MAX_TIMED_STEPS, PROGRAM_DEPTH
from core_vm.statement.encoding import Kind, Reader, below, digest, flag, header, pack, public_input_bytes
from core_vm.statement.public_input import PublicInput

NUM_OUTPUT_SIBLINGS = 4
MAX_SHARDS = 2**20
SHARD_HEADER = struct.Struct("<IIBB8II8II")
"""pc_end, end_time, halted, profile, root_end, num_claims, claims_end, number of words."""


@dataclass(frozen=True, slots=True)
class ShardProof:
    """One shard's end and its proof. `profile` numbers the set of tables that it is proved with; `num_claims` is how
    many claims it makes, `claims_end` the digest of the run's claims up to its end; `words` is uint32, canonical."""

    pc_end: int
    end_time: int
    halted: bool
    profile: int
    root_end: Digest
    num_claims: int
    claims_end: Digest
    words: np.ndarray


@dataclass(frozen=True, slots=True)
class RunProof:
    """A whole run. `image_roots` are the digests of the three GiB of the image; `entry` is a byte address.

    `public_input` is None where the input is private.
    """

    program_root: Digest
    image_roots: tuple[Digest, Digest, Digest]
    entry: int
    input_root: Digest
    exit_code: int
    output: bytes
    output_siblings: tuple[Digest, ...]
    shards: tuple[ShardProof, ...]
    public_input: PublicInput | None = None

    @property
    def program_id(self) -> str:
        """The program that the proof is about."""
        return roots.program_id_of(self.program_root, self.image_roots, self.entry)

    @property
    def first_root(self) -> Digest:
        """The memory that the run starts with."""
        return roots.initial_root(self.image_roots, self.input_root)

    def last_root(self, output_root: Digest) -> Digest:
        """The memory that the run ends with, if its output region has this root."""
        return roots.root_from_output(output_root, self.output_siblings)

    def to_bytes(self) -> bytes:
        """The canonical encoding."""
        parts = [header(Kind.SHARDS), pack(self.program_root)]
        parts += [pack(root) for root in self.image_roots]
        parts += [struct.pack("<I", self.entry), pack(self.input_root)]
        parts += [struct.pack("<II", self.exit_code, len(self.output)), self.output]
        parts += [pack(sibling) for sibling in self.output_siblings]
        parts.append(public_input_bytes(self.public_input))
        parts.append(struct.pack("<I", len(self.shards)))
        for shard in self.shards:
            ends = (shard.pc_end, shard.end_time, shard.halted, shard.profile, *shard.root_end)
            claims = (shard.num_claims, *shard.claims_end)
            parts.append(SHARD_HEADER.pack(*ends, *claims, len(shard.words)))
            parts.append(np.asarray(shard.words, dtype="<u4").tobytes())
        return b"".join(parts)

    @classmethod
    def from_bytes(cls, data: bytes, least_shard_words: int = 0) -> RunProof:
        """Decode; raises MalformedProof naming the field that is short, too large or not canonical.

        Who knows that a shard's proof has at least `least_shard_words` words can have shorter ones refused.
        """
        reader = Reader(data)
        reader.expect(Kind.SHARDS)
        proof = cls(
            program_root=reader.digest("program root"),
            image_roots=(reader.digest("image root 0"), reader.digest("image root 1"), reader.digest("image root 2")),
            entry=reader.integer("entry", 2**32),
            input_root=reader.digest("input root"),
            exit_code=reader.integer("exit code", 2**32),
            output=reader.output(),
            output_siblings=tuple(reader.digest(f"output sibling {i}") for i in range(NUM_OUTPUT_SIBLINGS)),
            public_input=reader.public_input(),
            shards=_read_shards(reader, least_shard_words),
        )
        reader.finish()
        return proof


def _read_shards(reader: Reader, least_words: int) -> tuple[ShardProof, ...]:
    count = reader.integer("number of shards", MAX_SHARDS)
    least = SHARD_HEADER.size + 4 * least_words
    if count * least > reader.left:
        raise MalformedProof("number of shards", f"{count} need {count * least} bytes at least, {reader.left} are left")
    return tuple(_read_shard(reader, least_words, number) for number in range(count))


def _read_shard(reader: Reader, least_words: int, number: int) -> ShardProof:
    where = f"shard {number}"
    fields = SHARD_HEADER.unpack(reader.take(SHARD_HEADER.size, where))
    pc_end, end_time, halted, profile, *digests, num_words = fields
    root_end, num_claims, claims_end = digests[:DIGEST], digests[DIGEST], digests[DIGEST + 1 :]
    if num_words < least_words:
        raise MalformedProof(f"{where}, number of words", f"{num_words}, at least {least_words}")
    return ShardProof(
        pc_end=below(2**PROGRAM_DEPTH, pc_end, f"{where}, pc"),
        end_time=below(MAX_TIME + 1, end_time, f"{where}, end time"),
        halted=flag(halted, f"{where}, halted"),
        profile=profile,
        root_end=digest(tuple(root_end), f"{where}, root"),
        num_claims=below(MAX_TIMED_STEPS + 1, num_claims, f"{where}, number of claims"),
        claims_end=digest(tuple(claims_end), f"{where}, claims"),
        words=reader.words(below(2**30, num_words, f"{where}, number of words"), where),
    )
