"""Folds in a store: under the names of what they say and of their circuit's key, so none is ever made twice.

What is found is intact, and of the right key; whether it proves what it should is found by whatever folds it next, as
for a proof that was just made.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aggregator.folds.fold_work import FoldJob, FoldResult
from aggregator.store.names import kept_name
from aggregator.store.store import Store
from core_vm.errors import Rejection

if TYPE_CHECKING:
    from core_vm.hash.poseidon2 import Digest


class KeptFolds:
    """Of one piece of work; without a store nothing is kept, and nothing found."""

    def __init__(self, store: Store | None) -> None:
        self._store = store
        self._digests: dict[str, Digest] = {}

    def load(self, job: FoldJob) -> FoldResult | None:
        """What the job came to before; None where it has to be done."""
        if self._store is None:
            return None
        name = _name(job)
        data = self._store.load(name)
        try:
            result = job.result_of(data) if data is not None else None
        except Rejection:
            return None
        if result is not None:
            self._digests[name] = job.task.digest
        return result

    def save(self, job: FoldJob, result: FoldResult) -> None:
        """On return it is on the disk. Raises ResourceError."""
        if self._store is not None:
            name = _name(job)
            self._store.save(name, result.to_bytes())
            self._digests[name] = job.task.digest

    def mend(self) -> None:
        """Remove what this work put there or took from there and does not verify, by a fault of some machine: whoever
        makes a proof does not look at it again. The same command again makes it anew."""
        from recursion.proof import verify

        if self._store is None:
            return
        for name, digest in self._digests.items():
            try:
                proof = FoldResult.from_bytes(self._store.load(name)).proof
                verify(proof.key, proof.words, digest)
            except Rejection:
                self._store.remove(name)


def _name(job: FoldJob) -> str:
    """Of the entry that keeps a fold: what it says, of which keys, under which of them."""
    key = job.work.keys.digests[job.work.number(job.task.circuit)]
    return kept_name("fold", [list(map(int, key)), list(map(int, job.task.digest))])
