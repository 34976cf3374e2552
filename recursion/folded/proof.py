"""The bytes of folded proofs. One proof has exactly one encoding; integers are little-endian.

    header (`core_vm.statement.encoding`), of kind FOLDED or BATCH
    folded run:  statement, number of steps u8; if there are any, the salt of its leaf, and per step: whether the other
                 is on the left u8, its digest
    batch:       number of statements u32, the tree in preorder (2 n - 1 bytes: 1 for a node, 0 for a statement),
                 the statements from left to right, the salts of their leaves
    both:        number of the circuit u8, root of its key, a tile count u32 for each table, the pruned proof's words,
                 31 bits each and zeros up to a whole byte
                 or the number of a regime's last circuit u8 and the words of a hiding proof, likewise

A run's steps lead from its leaf to the digest that the proof is about: none for a proof of this run alone. Salts are
eight elements.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass

from core_vm.errors import MalformedProof
from core_vm.hash.poseidon2 import Digest
from core_vm.statement.encoding import Kind, Reader, header, kind_of, pack
from recursion.folded.final_proof import FinalProof
from recursion.folded.pruned import PrunedProof
from recursion.folded.statement import RunStatement

MAX_STATEMENTS = 2**16
MAX_DEPTH = 64
"""Of a batch: a list of so many levels holds more statements than anybody proves."""
LEAF, NODE = 0, 1
LastProof = PrunedProof | FinalProof


@dataclass(frozen=True, slots=True)
class Step:
    """One node up in a batch: the digest beside, and on which side it is."""

    is_left: bool
    digest: Digest


@dataclass(frozen=True, slots=True)
class Membership:
    """How a run is part of a batch: the salt of its leaf, and one step or more from there up."""

    salt: Digest
    steps: tuple[Step, ...]

    def to_bytes(self) -> bytes:
        """Number of steps, salt, steps."""
        steps = b"".join(struct.pack("<B", step.is_left) + pack(step.digest) for step in self.steps)
        return struct.pack("<B", len(self.steps)) + pack(self.salt) + steps

    @classmethod
    def read(cls, reader: Reader) -> Membership | None:
        """None if there are no steps. Raises MalformedProof."""
        count = reader.byte("number of steps", MAX_DEPTH + 1)
        if not count:
            return None
        salt = reader.digest("salt")
        return cls(salt, tuple(Step(reader.flag(f"step {i}"), reader.digest(f"step {i}")) for i in range(count)))


@dataclass(frozen=True)
class FoldedRun:
    """A run, alone or as a member of a batch."""

    statement: RunStatement
    membership: Membership | None
    proof: LastProof

    def to_bytes(self) -> bytes:
        """The canonical encoding."""
        membership = self.membership.to_bytes() if self.membership else b"\0"
        return header(Kind.FOLDED) + self.statement.to_bytes() + membership + self.proof.to_bytes()

    @classmethod
    def from_bytes(cls, data: bytes) -> FoldedRun:
        """Raises MalformedProof."""
        reader = Reader(data)
        reader.expect(Kind.FOLDED)
        statement = RunStatement.read(reader)
        membership = Membership.read(reader)
        proof = _read_last(reader)
        reader.finish()
        return cls(statement, membership, proof)


@dataclass(frozen=True)
class Batch:
    """Many runs. `tree` lists NODE and LEAF in preorder; the leaves are the statements in their order, with as many
    salts."""

    tree: bytes
    statements: tuple[RunStatement, ...]
    salts: tuple[Digest, ...]
    proof: LastProof

    def to_bytes(self) -> bytes:
        """The canonical encoding."""
        statements = b"".join(statement.to_bytes() for statement in self.statements)
        head = header(Kind.BATCH) + struct.pack("<I", len(self.statements))
        return head + self.tree + statements + b"".join(map(pack, self.salts)) + self.proof.to_bytes()

    @classmethod
    def from_bytes(cls, data: bytes) -> Batch:
        """Raises MalformedProof."""
        reader = Reader(data)
        reader.expect(Kind.BATCH)
        count = reader.integer("number of statements", MAX_STATEMENTS + 1)
        if count < 2:
            raise MalformedProof("number of statements", f"a batch has two or more, not {count}")
        tree = bytes(reader.take(2 * count - 1, "tree"))
        _check_tree(tree)
        statements = tuple(RunStatement.read(reader) for _ in range(count))
        salts = tuple(reader.digest(f"salt {i}") for i in range(count))
        proof = _read_last(reader)
        reader.finish()
        return cls(tree, statements, salts, proof)


def _read_last(reader: Reader) -> LastProof:
    """All that is left. Raises MalformedProof."""
    return FinalProof.read(reader) if FinalProof.begins(reader) else PrunedProof.read(reader)


def _check_tree(tree: Sequence[int]) -> None:
    """Raises MalformedProof unless the bytes are one tree in preorder, of at most MAX_DEPTH levels."""
    open_depths = [0]  # of the subtrees that are still to come
    for place, byte in enumerate(tree):
        if byte not in (LEAF, NODE) or not open_depths:
            raise MalformedProof("tree", f"byte {place} is none of a tree in preorder")
        depth = open_depths.pop()
        if byte == NODE:
            if depth == MAX_DEPTH:
                raise MalformedProof("tree", f"more than {MAX_DEPTH} levels")
            open_depths += [depth + 1, depth + 1]
    if open_depths:
        raise MalformedProof("tree", "it ends early")


def folded_or_batch(data: bytes) -> FoldedRun | Batch:
    """Whatever is no proof in shards. Raises MalformedProof."""
    return Batch.from_bytes(data) if kind_of(data) is Kind.BATCH else FoldedRun.from_bytes(data)
