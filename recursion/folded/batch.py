"""The tree of a batch: its leaves, its digest, and the way from a leaf up to it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

from core_vm.hash.poseidon2 import DIGEST, Digest
from recursion.folded.proof import LEAF, Batch, Membership, Step
from recursion.hiding.randomness import Randomness
from recursion.keys.tree import NO_KEY
from recursion.programs.records import BatchRecord, RunRecord, leaf_digest, record_digest


def fresh_salt() -> Digest:
    """Eight uniform elements, from 256 bits of the operating system."""
    return tuple(Randomness.fresh().words(DIGEST).tolist())


def leaves_of(key_root: Digest, batch: Batch) -> list[Digest]:
    """The digests of the statements' leaves, in order."""
    pairs = zip(batch.statements, batch.salts, strict=True)
    return [leaf_digest(statement.record(key_root), salt) for statement, salt in pairs]


def digest_after(key_root: Digest, leaf: Digest, steps: Sequence[Step]) -> Digest:
    """What a leaf leads to."""

    def up(digest: Digest, step: Step) -> Digest:
        pair = (step.digest, digest) if step.is_left else (digest, step.digest)
        return record_digest(BatchRecord(key_root, *pair))

    return reduce(up, steps, leaf)


def record_after(key_root: Digest, run: RunRecord, membership: Membership | None) -> RunRecord | BatchRecord:
    """The record that a proof about this run, alone or as a member, is about."""
    if membership is None:
        return run
    *steps, last = membership.steps
    below = digest_after(key_root, leaf_digest(run, membership.salt), steps)
    return BatchRecord(key_root, *((last.digest, below) if last.is_left else (below, last.digest)))


def root_of_tree(key_root: Digest, tree: bytes, leaves: Sequence[Digest]) -> BatchRecord:
    """What a batch is about, for a tree in preorder over the digests of its leaves."""
    return steps_of_all(key_root, tree, leaves)[0]


def steps_of_all(key_root: Digest, tree: bytes, leaves: Sequence[Digest]) -> tuple[BatchRecord, list[tuple[Step, ...]]]:
    """The record of a batch, and each leaf's steps."""
    steps: list[list[Step]] = [[] for _ in leaves]
    done: list[tuple[Digest, range]] = []  # subtrees: in reverse preorder a node finds its children on top
    first, record = len(leaves), BatchRecord(key_root, NO_KEY, NO_KEY)
    for byte in reversed(tree):
        if byte == LEAF:
            first -= 1
            done.append((leaves[first], range(first, first + 1)))
            continue
        (left, of_left), (right, of_right) = done.pop(), done.pop()
        for member in of_left:
            steps[member].append(Step(False, right))
        for member in of_right:
            steps[member].append(Step(True, left))
        record = BatchRecord(key_root, left, right)
        done.append((record_digest(record), range(of_left.start, of_right.stop)))
    return record, [tuple(path) for path in steps]
