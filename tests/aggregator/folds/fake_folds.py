"""Folds whose proofs are their digests, and cost nothing: plans, executors and stores are not played."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np

from aggregator.folds.fold_work import FoldJob, FoldResult, FoldWork, Hinted
from aggregator.folds.run_folds import RunFolds
from aggregator.store.store import Store
from core_vm.errors import OpeningRejection
from core_vm.field.koalabear import Words
from core_vm.hash.poseidon2 import Digest
from core_vm.stark.keyed import VerifyingKey
from core_vm.statement.proof import RunProof
from precompiles.standard.machine import standard_machine
from recursion.folded.recursion_proof import RecursionProof
from recursion.keys.catalogue import catalogue
from recursion.keys.known import KnownKeys
from recursion.tables.standard import TABLES

WORDS = 16
TILES = (1,) * len(TABLES.tables)


@dataclass(frozen=True)
class FakeFolds(FoldWork):
    """Its proofs are told by `fake_verify_recursion`."""

    def __call__(self, argument: Hinted) -> FoldResult:
        number = self.number(argument.circuit)
        words = np.zeros(WORDS, np.uint32)
        words[:8] = argument.digest
        return FoldResult(RecursionProof(number, _key(number), words), 0.5, 0.25, self.threads, 2**20)


@cache
def fake_folds() -> FakeFolds:
    count = len(catalogue(len(standard_machine().profile_tables)))
    return FakeFolds(standard_machine, KnownKeys([_key(number).digest for number in range(count)], 128.0))


@cache
def _key(number: int) -> VerifyingKey:
    return VerifyingKey((number + 1,) * 8, TILES)


def fake_verify_recursion(key: VerifyingKey, words: Words, digest: Digest) -> float:
    if tuple(words[:8].tolist()) != tuple(digest):
        raise OpeningRejection("opening", "this proof is of something else")
    return 128.0


class Whole(Exception):
    """All shards are in one proof: these runs have no program that could be closed."""


def run_folds(store: Store | None, on_folded: Callable[[FoldJob, FoldResult, bool], None]) -> RunFolds:
    """Of `fake_shards.fake_records`; raises Whole when there is one range left."""

    def whole() -> RunProof:
        raise Whole

    return RunFolds(fake_folds(), store, whole, on_folded)
