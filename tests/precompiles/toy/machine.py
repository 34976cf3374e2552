"""A machine of one's own: the standard machine's tables and precompiles, and one precompile more."""

from __future__ import annotations

from functools import cache

from core_vm.machine.machine import Machine
from core_vm.tables.standard import BASE_MODULES
from precompiles.standard.machine import standard_machine
from tests.precompiles.toy.vector_add.precompile import PRECOMPILE as VECTOR_ADD


@cache
def toy_machine() -> Machine:
    """A shard that calls `vector_add` alone is proved without the tables of SHA-256."""
    precompiles = (*standard_machine().precompiles, VECTOR_ADD)
    everything = tuple(precompile.name for precompile in precompiles)
    return Machine(BASE_MODULES, precompiles, (("core", ()), ("vectors", (VECTOR_ADD.name,)), ("all", everything)))
