"""What the outside world contributes to a shard's statement: values to absorb, and messages to the buses."""

from __future__ import annotations

from dataclasses import dataclass

from core_vm.air.table import Bus
from core_vm.errors import UsageError

MAX_PUBLIC_MESSAGES = 2**16


@dataclass(frozen=True, slots=True)
class PublicMessage:
    """The verifier itself sends (+1) or receives (-1) this message if `present` is 1, and does not if it is 0; entries
    are canonical. On a bus that is none of permutations `sign` may be any number of times.

    Raises UsageError unless there is one entry a field of the bus: fingerprints read missing entries as zeros.
    """

    bus: Bus
    sign: int
    entries: tuple[int, ...]
    present: int = 1

    def __post_init__(self) -> None:
        if len(self.entries) != len(self.bus.fields):
            raise UsageError(f"a message on bus {self.bus.name} has {len(self.bus.fields)} entries: {self.entries}")
        if self.bus.permutation and self.sign not in (1, -1):
            raise UsageError(f"a message on bus {self.bus.name} is sent once or received once, not {self.sign} times")

    @property
    def multiplicity(self) -> int:
        return self.sign * self.present


@dataclass(frozen=True, slots=True)
class PublicValues:
    """`absorbed` is everything the statement fixes, canonical, of a length fixed by the kind of statement.

    Raises UsageError for more than MAX_PUBLIC_MESSAGES messages.
    """

    absorbed: tuple[int, ...]
    messages: tuple[PublicMessage, ...]

    def __post_init__(self) -> None:
        if len(self.messages) > MAX_PUBLIC_MESSAGES:
            raise UsageError(f"a statement has at most {MAX_PUBLIC_MESSAGES} messages, not {len(self.messages)}")
