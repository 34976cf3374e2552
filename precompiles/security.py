"""The security of proofs of the standard machine: of a given proof, and of the largest shard that is accepted."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from core_vm.air.table import LOG_TILE
from core_vm.air.table_set import TableSet
from core_vm.errors import MalformedProof
from core_vm.stark.config import STANDARD
from core_vm.stark.length import least_shard_words
from core_vm.stark.proof import MAX_CELLS, MAX_FRACTIONS, MAX_TILES, ShardShape, log2_ceiling
from core_vm.stark.soundness import ArgumentSize, SecurityReport, opening_rounds, security_report
from core_vm.stark.verifier import security_of
from core_vm.statement.proof import RunProof
from core_vm.statement.verifier import shard_statements
from precompiles.standard import standard_machine


def proof_security(data: bytes) -> SecurityReport:
    """The report of the proof's weakest shard, from the sizes that it claims. Raises Rejection for what is no proof."""
    tables = standard_machine().tables
    proof = RunProof.from_bytes(data, least_shard_words(tables))
    reports = [
        security_of(tables, _claimed_shape(tables, shard.words), statement.public_values(), STANDARD)
        for shard, statement in zip(proof.shards, shard_statements(proof), strict=True)
    ]
    if not reports:
        raise MalformedProof("shards", "a run has at least one shard")
    return min(reports, key=lambda report: report.bits)


def _claimed_shape(tables: TableSet, words: npt.NDArray[np.uint32]) -> ShardShape:
    """A shard's proof begins with one tile count a table."""
    return ShardShape.of(tables, words[: len(tables.tables)].tolist())


def largest_shard_security() -> SecurityReport:
    """The report of a shard with as many cells, rows and messages as an accepted shard can have, all at once."""
    tables = standard_machine().tables
    size = ArgumentSize(
        num_messages=MAX_FRACTIONS,
        num_interactions=len(tables.interactions),
        log_rows=LOG_TILE + log2_ceiling(MAX_TILES),
        num_constraints=tables.num_constraints,
        num_columns=tables.num_columns,
        fingerprint_grinding=STANDARD.fingerprint_grinding_bits,
    )
    opening = STANDARD.opening_shape(MAX_CELLS)
    return security_report(size, opening_rounds(opening), opening.log_final)
