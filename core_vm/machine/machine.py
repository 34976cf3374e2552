"""A machine: the explicit list of its tables and precompiles. What is not listed does not exist.

A shard is proved with the tables of the smallest *profile* that holds its calls: the core's, and those of some of the
precompiles. So a shard without precompile calls does not carry their columns, which a verifier, and a circuit more so,
would have to look at. A profile is a set of tables like any other: its digest enters every proof made under it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import overload

from core_vm.air.multiplicity import check_multiplicities
from core_vm.air.table_set import TableSet
from core_vm.errors import UsageError
from core_vm.machine.execute.metering import row_cells
from core_vm.machine.precompile import Precompile
from core_vm.pcs.whir.config import LOG_SEGMENTS
from core_vm.witness.module import TableModule

CORE = "core"


@dataclass(frozen=True)
class Profile:
    """`number` is its place in the machine's list, which a shard's proof names; `core` are the machine's modules."""

    number: int
    name: str
    core: tuple[TableModule, ...]
    called: tuple[Precompile, ...]

    @property
    def precompiles(self) -> tuple[str, ...]:
        """Their names."""
        return tuple(precompile.name for precompile in self.called)

    @property
    def largest_height(self) -> int:
        """Of its shards: of each of its precompiles that may be called in one."""
        return min((precompile.largest_height for precompile in self.called), default=LOG_SEGMENTS[-1])

    @cached_property
    def modules(self) -> tuple[TableModule, ...]:
        """The core's, then those of the precompiles in the machine's order, each once: calls can share a table."""
        return self.core + tuple(dict.fromkeys(module for precompile in self.called for module in precompile.tables))

    @cached_property
    def tables(self) -> TableSet:
        """Their digest is absorbed by every proof under this profile. Raises TableDefinitionError."""
        tables = TableSet(tuple(module.table for module in self.modules), self.largest_height)
        for table in tables.tables:
            check_multiplicities(table)
        return tables


class ProfileTables(Sequence[TableSet]):
    """The tables of every profile, each put together when it is asked for: a proof names one of them."""

    def __init__(self, profiles: Sequence[Profile]) -> None:
        self._profiles = profiles

    @property
    def largest_heights(self) -> tuple[int, ...]:
        """Of each profile's shards; no tables are put together for it."""
        return tuple(profile.largest_height for profile in self._profiles)

    def __len__(self) -> int:
        return len(self._profiles)

    @overload
    def __getitem__(self, index: int) -> TableSet: ...

    @overload
    def __getitem__(self, index: slice) -> ProfileTables: ...

    def __getitem__(self, index: int | slice) -> TableSet | ProfileTables:
        if isinstance(index, slice):
            return ProfileTables(self._profiles[index])
        return self._profiles[index].tables


@dataclass(frozen=True)
class Machine:
    """`modules` are the core tables, in order; the precompiles' tables follow in the order of `precompiles`.

    `subsets` lists the profiles as (name, names of precompiles), in the order in which they are tried: by default the
    core alone, and everything. The last one must be everything. Raises UsageError for a list that is none.
    """

    modules: tuple[TableModule, ...]
    precompiles: tuple[Precompile, ...] = ()
    subsets: tuple[tuple[str, tuple[str, ...]], ...] | None = None

    def __post_init__(self) -> None:
        numbers = [precompile.number for precompile in self.precompiles]
        if len(set(numbers)) != len(numbers):
            raise UsageError(f"two precompiles share a call number: {numbers}")
        if sum(precompile.claims for precompile in self.precompiles) > 1:
            raise UsageError("two precompiles make claims: a machine has one chain of them")
        names = {precompile.name for precompile in self.precompiles}
        listed = [set(of_profile) for _, of_profile in self._subsets]
        if listed[-1] != names or not all(some <= names for some in listed):
            raise UsageError(f"profiles {self._subsets}: the last one has all of the precompiles {sorted(names)}")

    @property
    def _subsets(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        if self.subsets is not None:
            return self.subsets
        everything = (("all", tuple(precompile.name for precompile in self.precompiles)),)
        return ((CORE, ()), *everything) if self.precompiles else ((CORE, ()),)

    @cached_property
    def profiles(self) -> tuple[Profile, ...]:
        return tuple(
            Profile(number, name, self.modules, tuple(p for p in self.precompiles if p.name in names))
            for number, (name, names) in enumerate(self._subsets)
        )

    def profile_for(self, num_calls: Mapping[str, int]) -> Profile:
        """The first profile that holds every precompile with calls; `num_calls` as in `ShardRecord`."""
        called = {name for name, count in num_calls.items() if count}
        return next(profile for profile in self.profiles if called <= set(profile.precompiles))

    @property
    def profile_tables(self) -> ProfileTables:
        """What a verifier needs: the tables of every profile."""
        return ProfileTables(self.profiles)

    @property
    def everything(self) -> Profile:
        """The profile that holds all tables."""
        return self.profiles[-1]

    @cached_property
    def row_cells(self) -> dict[str, int]:
        """What the core's tables cost, see `metering.row_cells`; a precompile counts the cells of its own."""
        return row_cells(module.table for module in self.modules)
