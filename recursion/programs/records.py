"""The records that digests of recursion proofs stand for: what a proof of each kind says.

A record is a few octets, compressed one after the other from the left. The last octet ends in a tag, which tells
records of one kind from those of others, whatever their lengths: two records with one digest have equal last octets.
Fields are numbers, or variables and constants of a circuit. `key_root` is the root of the tree of the keys that all
proofs below may have; who believes a record compares it with the root that he knows.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from typing import Any, Protocol

from core_vm.hash.poseidon2 import DIGEST, Compress
from core_vm.state.roots import compress_digests

Value = Any
"""An integer, or what stands for one in a circuit."""
Octet = tuple[Value, ...]
RANGE_TAG, RUN_TAG, BATCH_TAG, LEAF_TAG = 1, 2, 3, 4
TAG_PLACE = 5
"""Of the last octet's elements."""
NO_EXIT = (0, 0)
"""The limbs of exit code 0, and of a range that goes on."""


class Record(Protocol):
    """Anything that a recursion proof may be about."""

    @property
    def key_root(self) -> Octet: ...

    def octets(self) -> list[Octet]:
        """In the order in which they are compressed, `key_root` first."""
        ...


@dataclass(frozen=True)
class RangeRecord:
    """That shards from (pc_start, root_start) to (pc_end, root_end) ran, of one program.

    `claims_*` chain what the run claims of others (`core_vm.state.claims`).
    """

    key_root: Octet
    program_root: Octet
    root_start: Octet
    root_end: Octet
    claims_start: Octet
    claims_end: Octet
    pc_start: Value
    pc_end: Value
    halted: Value
    exit_limbs: tuple[Value, Value]

    def octets(self) -> list[Octet]:
        """Seven."""
        roots = [self.key_root, self.program_root, self.root_start, self.root_end]
        last = _tagged(RANGE_TAG, self.pc_start, self.pc_end, self.halted, *self.exit_limbs)
        return [*roots, self.claims_start, self.claims_end, last]


@dataclass(frozen=True)
class RunRecord:
    """That the program ran to its end, if all that it claims of other runs (`claims`) is true.

    `program_id` is a digest (`roots.program_digest`), `output_root` that of the output region; `input_bound` is a bit,
    and `input_root` the root of the input region, or zeros where the input is private.
    """

    key_root: Octet
    program_id: Octet
    output_root: Octet
    input_root: Octet
    claims: Octet
    exit_limbs: tuple[Value, Value]
    input_bound: Value

    def octets(self) -> list[Octet]:
        """Six."""
        last = _tagged(RUN_TAG, *self.exit_limbs, self.input_bound)
        return [self.key_root, self.program_id, self.output_root, self.input_root, self.claims, last]


@dataclass(frozen=True)
class LeafRecord:
    """What stands for a run in a batch: the digest of its record and a random octet of its own.

    No proof is about one. Whoever has its digest, and a guess of the run, has nothing to compare the guess with: the
    salt is in the batch alone, and in what is extracted of this very leaf.
    """

    key_root: Octet
    run: Octet
    salt: Octet

    def octets(self) -> list[Octet]:
        """Four."""
        return [self.key_root, self.run, self.salt, _tagged(LEAF_TAG)]


@dataclass(frozen=True)
class BatchRecord:
    """That two records with the same `key_root`, of runs or of batches, are true.

    `left`, `right`: the digest of a batch's record, or of a run's leaf.
    """

    key_root: Octet
    left: Octet
    right: Octet

    def octets(self) -> list[Octet]:
        """Four."""
        return [self.key_root, self.left, self.right, _tagged(BATCH_TAG)]


def _tagged(tag: int, *values: Value) -> Octet:
    before = (*values, *(0,) * (TAG_PLACE - len(values)))
    return (*before, tag, *(0,) * (DIGEST - TAG_PLACE - 1))


def record_digest(record: Record, compress: Compress = compress_digests) -> Octet:
    """What a proof is about, in the elements that `compress` takes and gives."""
    return tuple(reduce(compress, record.octets()))


def leaf_digest(run: RunRecord, salt: Octet) -> Octet:
    """What stands for a run of integers in a batch."""
    return record_digest(LeafRecord(run.key_root, record_digest(run), salt))
