"""A shard as data: the record from which any process can replay it, and the events that its tables are filled from."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np

from core_vm.hash.poseidon2 import Digest
from core_vm.machine.precompile import PrecompileEvents
from core_vm.state.claims import Claim

FIRST_SHARD_CELLS: Final = 2**24
DEFAULT_SHARD_CELLS: Final = 3 * 2**24
"""Unless the caller says otherwise, the shard size grows with the run from the first to the second: decisions 0006 and
0026."""


@dataclass(frozen=True)
class ShardRecord:
    """Everything that a worker needs besides the program. Pickles compactly.

    `pc_start` and `pc_end` are byte addresses (pc_end is 0 in a shard that halts), roots eight canonical integers.
    `leaves` (n,) uint32 are the memory and register leaves opened, sorted; `before` (n, 4) uint64 their contents at the
    start; `siblings` (m, 8) uint32, Montgomery form, the multiproof (`memory_tree.MemoryTree.siblings`). `family_rows`
    bounds the rows of each family, `num_misaligned` and `num_ecalls` those of two more, `num_calls` the calls of each
    precompile; `cells` is the metered trace area. `num_claims` claims lead from the digest `claims_start` to
    `claims_end` (`core_vm.state.claims`).
    """

    index: int
    pc_start: int
    pc_end: int
    num_steps: int
    halted: bool
    exit_code: int
    root_before: Digest
    root_after: Digest
    leaves: np.ndarray
    before: np.ndarray
    siblings: np.ndarray
    family_rows: dict[str, int]
    num_misaligned: int
    num_ecalls: int
    num_calls: dict[str, int]
    cells: int
    claims_start: Digest
    num_claims: int
    claims_end: Digest


@dataclass
class ShardEvents:
    """What happened in a shard, in the form that the tables' witnesses read.

    `families[name]` (rows, EVENT_WIDTH) uint64 has one row an executed instruction, in order, as `EventWord` says; that
    of "misaligned" has MISALIGNED_WIDTH words, that of "ecall" ECALL_WIDTH as `EcallWord` says. `renewals` (rows,
    RENEWAL_WIDTH) uint64, as `RenewalWord` says, bring each register's last time near before it is accessed.

    `program_counts`: (instruction indices uint32 sorted, executions int64). `leaves` (n,) as in the record, `before`
    and `after` (n, 4) uint64, `last_times` (n, 4) uint32 (0: not accessed).
    """

    families: dict[str, np.ndarray]
    renewals: np.ndarray
    program_counts: tuple[np.ndarray, np.ndarray]
    leaves: np.ndarray
    before: np.ndarray
    after: np.ndarray
    last_times: np.ndarray
    precompiles: dict[str, PrecompileEvents]
    num_steps: int
    pc_start: int
    pc_end: int
    halted: bool
    exit_code: int


@dataclass
class Run:
    """The summary of an execution.

    `counts` are executions by operation (lower-case name); `shards` is empty when the records went to a callback.
    `output_siblings`: the four digests that open the output region in `final_root` (`roots.root_from_output`);
    `input_siblings`: those that open the first leaf in `input_root`. In a run without records they are zero digests,
    and none. `claims` are what the run says of others, in order.
    """

    output: bytes
    exit_code: int
    cycles: int
    num_shards: int
    misaligned_accesses: int
    counts: dict[str, int]
    input_root: Digest
    initial_root: Digest
    final_root: Digest
    output_siblings: tuple[Digest, ...]
    input_siblings: tuple[Digest, ...] = ()
    claims: tuple[Claim, ...] = ()
    shards: list[ShardRecord] = field(default_factory=list)
