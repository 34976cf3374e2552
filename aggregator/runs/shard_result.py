"""What proving a shard gives, and its bytes: for the store, and for the way from another machine.

    cells u64, interactions u64, peak memory u64, length of the phases u32, the phases as JSON, the proof's words u32...

All integers are little-endian. The bytes say nothing of the statement: whoever reads them knows which shard they are
of, so they cannot claim to be of another.
"""

from __future__ import annotations

import json
import math
import struct
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from core_vm.errors import MalformedProof
from core_vm.statement.proof import ShardProof
from core_vm.statement.shard import ShardStatement

_HEADER = struct.Struct("<QQQI")
# Brackets in brackets are parsed by recursion, which a caller may have allowed to go deeper than the stack is.
MAX_PHASES_BYTES = 4096


@dataclass(frozen=True)
class ShardResult:
    """`phases` are seconds; `cells` committed elements; `interactions` the tree's inputs, filling rows included."""

    index: int
    proof: ShardProof
    cells: int
    interactions: int
    peak_memory_bytes: int
    phases: dict[str, float] = field(default_factory=dict)

    def to_bytes(self) -> bytes:
        """As this module's text says."""
        phases = json.dumps(self.phases).encode()
        header = _HEADER.pack(self.cells, self.interactions, self.peak_memory_bytes, len(phases))
        return header + phases + np.asarray(self.proof.words, "<u4").tobytes()

    @classmethod
    def from_bytes(cls, data: object, index: int, statement: ShardStatement, profile: int) -> ShardResult:
        """The inverse of `to_bytes`, for shard `index` of this statement. Raises MalformedProof for anything else.

        Whether the words prove the statement is for the caller to ask.
        """
        if not isinstance(data, bytes) or len(data) < _HEADER.size:
            raise MalformedProof("shard result", "no bytes, or too few of them for a header")
        cells, interactions, peak, length = _HEADER.unpack_from(data)
        words = data[_HEADER.size + length :]
        phases = _phases(data[_HEADER.size : _HEADER.size + length])
        if len(words) % 4:
            raise MalformedProof("shard result", f"{len(words)} bytes are no whole number of words")
        return cls(index, proof_of(statement, profile, np.frombuffer(words, "<u4")), cells, interactions, peak, phases)


def proof_of(statement: ShardStatement, profile: int, words: np.ndarray) -> ShardProof:
    """A shard's part of the run's proof."""
    ending = (statement.pc_end, statement.end_time, statement.halted)
    return ShardProof(*ending, profile, statement.root_end, statement.num_claims, statement.claims_end, words)


def _phases(data: bytes) -> dict[str, float]:
    if len(data) > MAX_PHASES_BYTES:
        raise MalformedProof("shard result", f"{len(data)} bytes of phases, more than any result has")
    try:
        phases: Any = json.loads(data)
    except (ValueError, RecursionError):
        raise MalformedProof("shard result", "the phases are no JSON") from None
    if not isinstance(phases, dict) or not all(name.isidentifier() and _is_time(phases[name]) for name in phases):
        raise MalformedProof("shard result", "the phases are no seconds by name")
    return phases


def _is_time(value: object) -> bool:
    return isinstance(value, float) and math.isfinite(value)
