"""Restoring a folded proof as a job: the pruned words in, those that circuits take out. That is to verify it, so a
process that comes back with words at all has done so."""

from __future__ import annotations

import time
from dataclasses import dataclass

from aggregator.folds.fold_work import FoldResult
from aggregator.plan import fold_bytes
from core_vm.errors import StatementMismatch
from core_vm.hash.poseidon2 import Digest
from core_vm.host.room import peak_memory_bytes
from recursion.folded.pruned import PrunedProof


@dataclass(frozen=True)
class Pruned:
    """A proof as it travels, and the digest that it is about."""

    proof: PrunedProof
    digest: Digest


@dataclass(frozen=True)
class RestoreWork:
    """One thread is all that it uses."""

    threads: int = 1

    def __call__(self, argument: Pruned) -> FoldResult:
        """Raises Rejection."""
        start, used = time.perf_counter(), time.process_time()
        proof = argument.proof.restored(argument.digest)
        return FoldResult(proof, time.perf_counter() - start, time.process_time() - used, 1, peak_memory_bytes())


@dataclass(frozen=True, eq=False)
class RestoreJob:
    """To restore one of the proofs that are aggregated."""

    name: str
    argument: Pruned
    work: RestoreWork = RestoreWork()

    @property
    def memory_bytes(self) -> int:
        return fold_bytes()

    def verified(self, data: object) -> FoldResult:
        """Raises Rejection for anything but the proof that was given: it is verified as it is pruned again."""
        result, given = FoldResult.from_bytes(data), self.argument
        again = PrunedProof.of(result.proof, given.digest)
        if again.to_bytes() != given.proof.to_bytes():
            raise StatementMismatch(self.name, "what was restored is another proof")
        return result
