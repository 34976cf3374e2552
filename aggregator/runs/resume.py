"""What a run leaves in a store, and what makes it of use to a later one.

A shard's entry is named by everything that its verifier is given besides the proof itself: the parameters, the tables,
the statement, and the version of Quire that made it. So whatever is found under a name is a proof of just that, in
whatever run it was made; another program, input, shard size or version asks for other names.

A run's entry holds what the run decided by chance or by the memory that happened to be free: the salt of its private
input, and its shard sizes. Without them the same command would cut other shards, from another first root.
"""

from __future__ import annotations

import hashlib
import os
import struct
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from aggregator.executors.local import JobExecutor
from aggregator.plan import ShardPlan
from aggregator.runs.shard_result import ShardResult
from aggregator.store.names import kept_name, name_of
from aggregator.store.store import Store
from core_vm.errors import MalformedProof, ResourceError
from core_vm.stark.config import STANDARD

if TYPE_CHECKING:
    from core_vm.machine.machine import Profile
    from core_vm.statement.shard import ShardStatement

SALT_BYTES = 24
_RUN = struct.Struct(f"<{SALT_BYTES}sQQQ")
"""Salt, cells of the first shards, cells of the largest, after how many they grow."""


@dataclass(frozen=True, slots=True)
class RunSettings:
    """What the same run needs again. `salt` is of the input's region, zeros where the input is public."""

    salt: bytes
    first_shard_cells: int
    shard_cells: int
    shards_of_a_size: int

    def to_bytes(self) -> bytes:
        return _RUN.pack(self.salt, *self.sizes)

    @property
    def sizes(self) -> tuple[int, int, int]:
        """How the shards are cut."""
        return self.first_shard_cells, self.shard_cells, self.shards_of_a_size

    @classmethod
    def from_bytes(cls, data: bytes) -> RunSettings | None:
        """None for what another version kept."""
        return cls(*_RUN.unpack(data)) if len(data) == _RUN.size else None


def run_name(program_id: str, input_bytes: bytes, public_input: bool, shard_cells: int | None) -> str:
    """The name of the entry of a run, as it was asked for; a number is the same one of whatever kind."""
    cells = None if shard_cells is None else int(shard_cells)
    asked = (program_id, hashlib.sha256(input_bytes).hexdigest(), public_input, cells)
    return name_of("run", repr(asked).encode())


def settle(
    store: Store | None, name: str, public_input: bool, plan_for: Callable[[RunSettings | None], ShardPlan]
) -> tuple[ShardPlan, bytes]:
    """The plan of a run and the salt of its input: those of the run before, if there was one and it fits today.

    `plan_for` is given the settings that it should keep to, if there are any.
    """
    if store is None:
        return plan_for(None), _fresh_salt(public_input)
    with store.locked():
        kept = store.load(name)
        settings = RunSettings.from_bytes(kept) if kept is not None else None
        plan = plan_for(settings)
        sizes = plan.first_shard_cells, plan.shard_cells, plan.shards_of_a_size
        if settings is None or sizes != settings.sizes:
            settings = RunSettings(_fresh_salt(public_input), *sizes)
            store.save(name, settings.to_bytes())
        return plan, settings.salt


def plan_as_before(
    executor: JobExecutor,
    shard_cells: int | None,
    memory_limit: int,
    settings: RunSettings | None,
    folding: bool = False,
) -> ShardPlan:
    """The executor's plan, with the sizes of the run before where they fit the memory that there is now."""
    if settings is not None:
        try:
            plan = executor.plan(settings.shard_cells, memory_limit, folding)
            first, of_a_size = settings.first_shard_cells, settings.shards_of_a_size
            return replace(plan, first_shard_cells=first, shards_of_a_size=of_a_size)
        except ResourceError:
            pass  # the run is cut anew
    return executor.plan(shard_cells, memory_limit, folding)


def _fresh_salt(public_input: bool) -> bytes:
    return bytes(SALT_BYTES) if public_input else os.urandom(SALT_BYTES)


def shard_name(statement: ShardStatement, profile: Profile) -> str:
    """The name of the entry of a shard: a digest of what a verifier of its proof is given."""
    numbers = [STANDARD.parameters(), [profile.number], profile.tables.digest, statement.public_values().absorbed]
    return kept_name("shard", [[int(n) for n in part] for part in numbers])


def kept_result(data: bytes | None, index: int, statement: ShardStatement, profile: Profile) -> ShardResult | None:
    """The result in an entry, without phases; None if there is none."""
    try:
        result = ShardResult.from_bytes(data or b"", index, statement, profile.number)
    except MalformedProof:
        return None
    return replace(result, phases={}, peak_memory_bytes=0)
