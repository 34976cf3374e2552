"""Proofs that are given to be made one. Each is read, and refused by its name, before there is work on any.

That is whatever their bytes and a few hashes tell: a proof of another version, a run that is not whole or has open
claims, a key that is none of ours, a final proof. Whether the words of one prove what it says is found by the job that
folds it first, and that has the same name.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core_vm.errors import Rejection, UsageError
from core_vm.stark.config import STANDARD
from core_vm.statement.encoding import Kind, kind_of
from core_vm.statement.proof import RunProof
from core_vm.statement.verifier import check_whole, decoded_run, shard_statements
from recursion.folded.final_proof import NOT_FOLDED_ON
from recursion.folded.proof import Batch, FoldedRun
from recursion.folded.pruned import PrunedProof
from recursion.folded.verifier import check_key
from recursion.folding import ProvedShard

if TYPE_CHECKING:
    from core_vm.air.table_set import TableSet
    from recursion.keys.known import KnownKeys


@dataclass(frozen=True)
class GivenShards:
    """A whole run without open claims, in shards."""

    name: str
    run: RunProof
    shards: list[ProvedShard]


@dataclass(frozen=True)
class GivenFolded:
    """A folded run or a batch, under a key that is known; `proof` is its own."""

    name: str
    whole: FoldedRun | Batch
    proof: PrunedProof


def given_proofs(
    proofs: Sequence[bytes], names: Sequence[str], profiles: Sequence[TableSet], keys: KnownKeys
) -> list[GivenShards | GivenFolded]:
    """All of them. Raises Rejection, and UsageError for those that are of no use here, for the first that is wrong."""
    given = []
    for name, data in zip(names, proofs, strict=True):
        with naming(name):
            given.append(_shards(name, data, profiles) if kind_of(data) is Kind.SHARDS else _folded(name, data, keys))
    return given


@contextmanager
def naming(name: str) -> Iterator[None]:
    """An error within the block says of which proof it is."""
    try:
        yield
    except Rejection as error:
        raise error.of(name) from error
    except UsageError as error:
        raise UsageError(f"{name}: {error}") from error


def proved_shards(profiles: Sequence[TableSet], run: RunProof) -> list[ProvedShard]:
    """The shards of a run's proof with their statements; nothing is verified. Raises Rejection."""
    from core_vm.stark.shape import canonical_height

    found = []
    for statement, shard in zip(shard_statements(run), run.shards, strict=True):
        tables = profiles[shard.profile]
        height = canonical_height(tables, shard.words[: len(tables.tables)].tolist(), STANDARD)
        found.append(ProvedShard(statement, shard.profile, height, shard.words))
    return found


def folded_run(data: bytes) -> FoldedRun:
    """A run with a proof of its own. Raises MalformedProof, UsageError."""
    run = FoldedRun.from_bytes(data)
    if run.membership is not None:
        raise UsageError("a statement that was extracted from a batch has no proof of its own: give the batch")
    return run


def _shards(name: str, data: bytes, profiles: Sequence[TableSet]) -> GivenShards:
    run = decoded_run(profiles, data)
    check_whole(run)
    return GivenShards(name, run, proved_shards(profiles, run))


def _folded(name: str, data: bytes, keys: KnownKeys) -> GivenFolded:
    whole = Batch.from_bytes(data) if kind_of(data) is Kind.BATCH else folded_run(data)
    if not isinstance(whole.proof, PrunedProof):
        raise UsageError(NOT_FOLDED_ON)
    check_key(keys, whole.proof)
    return GivenFolded(name, whole, whole.proof)
