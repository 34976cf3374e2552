"""The tree of a batch: its digest, and the way from a statement up to it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

from core_vm.hash.poseidon2 import Digest
from recursion.folded.proof import LEAF, Step
from recursion.keys.tree import NO_KEY
from recursion.programs.records import BatchRecord, RunRecord, record_digest


def digest_after(key_root: Digest, digest: Digest, steps: Sequence[Step]) -> Digest:
    """What a member's record leads to."""

    def up(digest: Digest, step: Step) -> Digest:
        pair = (step.digest, digest) if step.is_left else (digest, step.digest)
        return record_digest(BatchRecord(key_root, *pair))

    return reduce(up, steps, digest)


def record_after(key_root: Digest, record: RunRecord, steps: Sequence[Step]) -> RunRecord | BatchRecord:
    """The record that they lead to."""
    if not steps:
        return record
    below, last = digest_after(key_root, record_digest(record), steps[:-1]), steps[-1]
    return BatchRecord(key_root, *((last.digest, below) if last.is_left else (below, last.digest)))


def root_of_tree(key_root: Digest, tree: bytes, digests: Sequence[Digest]) -> BatchRecord:
    """What a batch is about, for a tree in preorder over the digests of its statements."""
    return steps_of_all(key_root, tree, digests)[0]


def steps_of_all(
    key_root: Digest, tree: bytes, digests: Sequence[Digest]
) -> tuple[BatchRecord, list[tuple[Step, ...]]]:
    """The record of a batch, and each statement's steps."""
    steps: list[list[Step]] = [[] for _ in digests]
    done: list[tuple[Digest, range]] = []  # subtrees: in reverse preorder a node finds its children on top
    first, record = len(digests), BatchRecord(key_root, NO_KEY, NO_KEY)
    for byte in reversed(tree):
        if byte == LEAF:
            first -= 1
            done.append((digests[first], range(first, first + 1)))
            continue
        (left, of_left), (right, of_right) = done.pop(), done.pop()
        for member in of_left:
            steps[member].append(Step(False, right))
        for member in of_right:
            steps[member].append(Step(True, left))
        record = BatchRecord(key_root, left, right)
        done.append((record_digest(record), range(of_left.start, of_right.stop)))
    return record, [tuple(path) for path in steps]
