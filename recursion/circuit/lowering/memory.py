"""Addresses of a circuit: who writes each, and how often it is read.

Every address has one writer. How often it sends is known when all rows are there, so a row holds a `Times` until then.
Each bus has addresses of its own.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from core_vm.air.table import Bus
from core_vm.field.koalabear import P
from recursion.tables.buses import PUBLIC_ADDRESS

READS = P - 1
"""The multiplicity of a row that reads where it would write: it asserts that what it computes lies there."""

_FIRST_ADDRESS = PUBLIC_ADDRESS + 1


@dataclass(frozen=True, slots=True)
class Times:
    """As often as these addresses are read, each of them."""

    bus: Bus
    addresses: tuple[int, ...]


class Memory:
    """Counts. A row that sends a fixed number of times says so, and it is checked at the end."""

    def __init__(self) -> None:
        self._next: Counter[Bus] = Counter()
        self.reads: Counter[tuple[Bus, int]] = Counter()
        self._written: dict[tuple[Bus, int], int | None] = {}

    def fresh(self, bus: Bus, count: int = 1) -> int:
        """The first of `count` addresses that nobody has."""
        address = self._next[bus] + _FIRST_ADDRESS
        self._next[bus] += count
        return address

    def read(self, bus: Bus, address: int) -> int:
        """One more row reads here."""
        self.reads[bus, address] += 1
        return address

    def write(self, bus: Bus, *addresses: int) -> Times:
        """One row writes here, and sends as often as is read."""
        for address in addresses:
            self._claim(bus, address, None)
        return Times(bus, addresses)

    def write_often(self, bus: Bus, address: int, times: int) -> int:
        """One row writes here, and sends a number of times that is not in its hands."""
        self._claim(bus, address, times)
        return address

    def _claim(self, bus: Bus, address: int, times: int | None) -> None:
        if (bus, address) in self._written:
            raise AssertionError(f"address {address} of bus {bus.name} is written twice")
        self._written[bus, address] = times

    def count(self, times: Times) -> int:
        """The multiplicity, when all rows are there."""
        counts = {self.reads[times.bus, address] for address in times.addresses}
        if len(counts) != 1:
            raise AssertionError(f"addresses {times.addresses} of bus {times.bus.name} are read {counts} times")
        return counts.pop()

    def check(self) -> None:
        """Raises AssertionError unless what is read is written, and as often as those that cannot choose send."""
        for bus, address in self.reads:
            if (bus, address) not in self._written:
                raise AssertionError(f"address {address} of bus {bus.name} is read, and nobody writes it")
        for (bus, address), times in self._written.items():
            if times is not None and times != self.reads[bus, address]:
                raise AssertionError(
                    f"address {address} of bus {bus.name} is sent {times} times and read {self.reads[bus, address]}"
                )
