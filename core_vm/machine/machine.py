"""A machine: the explicit list of its tables and precompiles. What is not listed does not exist.

A shard is proved with the tables of the smallest *profile* that holds its calls: the core's, and those of some of the
precompiles. So a shard without precompile calls does not carry their columns, which a verifier, and a circuit more so,
would have to look at. A profile is a set of tables like any other: its digest enters every proof made under it. What no
profile holds together no shard calls: the executor begins another.
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

    @cached_property
    def modules(self) -> tuple[TableModule, ...]:
        """The core's, then those of the precompiles in the machine's order, each once: calls can share a table."""
        return self.core + tuple(dict.fromkeys(module for precompile in self.called for module in precompile.tables))

    @cached_property
    def tables(self) -> TableSet:
        """Their digest is absorbed by every proof under this profile. Raises TableDefinitionError."""
        tables = TableSet(tuple(module.table for module in self.modules))
        for table in tables.tables:
            check_multiplicities(table)
        return tables


class ProfileTables(Sequence[TableSet]):
    """The tables of every profile, each put together when it is asked for: a proof names one of them."""

    def __init__(self, profiles: Sequence[Profile]) -> None:
        self._profiles = profiles

    def __len__(self) -> int:
        return len(self._profiles)

    @overload
    def __getitem__(self, index: int) -> TableSet: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[TableSet]: ...

    def __getitem__(self, index: int | slice) -> TableSet | Sequence[TableSet]:
        if isinstance(index, slice):
            return ProfileTables(self._profiles[index])
        return self._profiles[index].tables


@dataclass(frozen=True)
class Machine:
    """`modules` are the core tables, in order; the precompiles' tables follow in the order of `precompiles`.

    `subsets` lists the profiles as (name, names of precompiles), in the order in which they are tried: by default the
    core alone, and everything. Each precompile has to be in one of them. Raises UsageError for a list that is none.
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
        listed = {name for of_profile in self.called_together for name in of_profile}
        if unknown := sorted(listed - names):
            raise UsageError(f"profiles of precompiles that the machine does not have: {', '.join(unknown)}")
        if homeless := [precompile.name for precompile in self.precompiles if precompile.name not in listed]:
            raise UsageError(f"no profile holds {', '.join(homeless)}: shards that call it could not be proved")

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
        """The first profile that holds every precompile with calls; `num_calls` as in `ShardRecord`. Raises UsageError
        if none does: of a shard that was cut without `called_together`."""
        called = {name for name, count in num_calls.items() if count}
        holding = [profile for profile in self.profiles if called <= set(profile.precompiles)]
        if not holding:
            raise UsageError(f"no profile holds {', '.join(sorted(called))} together")
        return holding[0]

    @property
    def called_together(self) -> tuple[tuple[str, ...], ...]:
        """By profile the names of its precompiles: what the executor has to know to cut a run into shards."""
        return tuple(names for _, names in self._subsets)

    @property
    def profile_tables(self) -> Sequence[TableSet]:
        """What a verifier needs: the tables of every profile."""
        return ProfileTables(self.profiles)

    @cached_property
    def everything(self) -> Profile:
        """All tables. Where no profile has them, no shard is proved with them, and the number is that of none."""
        whole = Profile(len(self.profiles), "everything", self.modules, self.precompiles)
        return next((profile for profile in self.profiles if profile.called == whole.called), whole)

    @cached_property
    def row_cells(self) -> dict[str, int]:
        """What the core's tables cost, see `metering.row_cells`; a precompile counts the cells of its own."""
        return row_cells(module.table for module in self.modules)
