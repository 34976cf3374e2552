"""The list of all conformance guests: each is executed, emulated, checked row by row, and proved."""

from __future__ import annotations

from functools import cache

from tests.conformance import accessing, branching, computing, idling
from tests.conformance.assembler import Guest

_MAKERS = (
    computing.register_operations,
    computing.shifts_by_register,
    computing.operations_in_place,
    computing.immediate_operations,
    computing.aliases,
    computing.hints_and_fences,
    accessing.loads,
    accessing.stores,
    accessing.access_aliases,
    accessing.memory_map_edges,
    accessing.code_as_data,
    branching.branches,
    branching.jumps,
    branching.addresses_that_wrap,
    branching.limb_boundaries_in_code,
    branching.environment_calls,
    idling.idle_registers,
)


@cache
def all_guests() -> tuple[Guest, ...]:
    """Built once a session."""
    return tuple(make() for make in _MAKERS)
