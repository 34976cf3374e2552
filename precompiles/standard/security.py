"""The security of proofs of a machine, by default the standard one: of a given proof, and of the largest shard."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from core_vm.air.public import PublicValues
from core_vm.air.table_set import TableSet
from core_vm.errors import MalformedProof
from core_vm.machine.machine import Machine
from core_vm.stark.config import STANDARD
from core_vm.stark.shape import ShardShape
from core_vm.stark.soundness import SecurityReport
from core_vm.stark.verifier import security_of
from core_vm.statement.verifier import decoded_run, shard_statements
from precompiles.standard.machine import standard_machine


def proof_security(data: bytes, machine: Machine | None = None) -> SecurityReport:
    """The report of the proof's weakest shard, from the sizes that it claims. Raises Rejection for what is no proof."""
    profiles = (machine or standard_machine()).profile_tables
    proof = decoded_run(profiles, data)
    reports = [
        security_of(tables, _claimed_shape(tables, shard.words), statement.public_values(), STANDARD)
        for tables, shard, statement in zip(
            [profiles[shard.profile] for shard in proof.shards], proof.shards, shard_statements(proof), strict=True
        )
    ]
    if not reports:
        raise MalformedProof("shards", "a run has at least one shard")
    return min(reports, key=lambda report: report.bits)


def _claimed_shape(tables: TableSet, words: npt.NDArray[np.uint32]) -> ShardShape:
    """A shard's proof begins with one tile count a table."""
    return ShardShape.of(tables, words[: len(tables.tables)].tolist())


def largest_shard_security(machine: Machine | None = None) -> SecurityReport:
    """The weakest report of a profile's shard of the greatest canonical height."""
    profiles, highest = (machine or standard_machine()).profile_tables, STANDARD.whir.log_segments[-1]
    shapes = [(tables, ShardShape.of_height(tables, [0] * len(tables.tables), highest)) for tables in profiles]
    reports = [security_of(tables, shape, PublicValues((), ()), STANDARD) for tables, shape in shapes]
    return min(reports, key=lambda report: report.bits)
