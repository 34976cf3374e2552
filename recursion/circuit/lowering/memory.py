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
        # By the bus's number, which hashes faster than a bus.
        self._next: Counter[int] = Counter()
        self._reads: dict[tuple[int, int], int] = {}
        self._written: dict[tuple[int, int], int | None] = {}

    def fresh(self, bus: Bus, count: int = 1) -> int:
        """The first of `count` addresses that nobody has."""
        address = self._next[bus.number] + _FIRST_ADDRESS
        self._next[bus.number] += count
        return address

    def read(self, bus: Bus, address: int) -> int:
        """One more row reads here."""
        place = bus.number, address
        self._reads[place] = self._reads.get(place, 0) + 1
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
        place = bus.number, address
        if place in self._written:
            raise AssertionError(f"address {address} of bus {bus.name} is written twice")
        self._written[place] = times

    def count(self, times: Times) -> int:
        """The multiplicity, when all rows are there."""
        counts = {self._reads.get((times.bus.number, address), 0) for address in times.addresses}
        if len(counts) != 1:
            raise AssertionError(f"addresses {times.addresses} of bus {times.bus.name} are read {counts} times")
        return counts.pop()

    def check(self) -> None:
        """Raises AssertionError unless what is read is written, and as often as those that cannot choose send."""
        for bus, address in self._reads.keys() - self._written.keys():
            raise AssertionError(f"address {address} of bus {bus} is read, and nobody writes it")
        for (bus, address), times in self._written.items():
            reads = self._reads.get((bus, address), 0)
            if times is not None and times != reads:
                raise AssertionError(f"address {address} of bus {bus} is sent {times} times and read {reads}")
