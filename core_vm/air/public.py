"""What the outside world contributes to a shard's statement: values to absorb, and messages to the buses."""

from __future__ import annotations

from dataclasses import dataclass

from core_vm.air.table import Bus


@dataclass(frozen=True, slots=True)
class PublicMessage:
    """The verifier itself sends (+1) or receives (-1) this message; entries are canonical field elements."""

    bus: Bus
    multiplicity: int
    entries: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class PublicValues:
    """`absorbed` is everything the statement fixes, canonical, of a length fixed by the kind of statement."""

    absorbed: tuple[int, ...]
    messages: tuple[PublicMessage, ...]
