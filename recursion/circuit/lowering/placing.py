"""Where values lie: words, octets and bundles, by the nodes that they are."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from core_vm.field.extension import DEGREE, K
from core_vm.hash.poseidon2 import DIGEST
from recursion.circuit.graph import ARITHMETIC, Graph, Operation
from recursion.circuit.lowering.memory import READS, Times
from recursion.circuit.lowering.rows import NOTHING, CircuitRows, numbered
from recursion.tables.buses import BUNDLE, NODE, PUBLIC_ADDRESS, WORD

Octet = tuple[int, ...]


class Places:
    """Reading counts; writing takes an address and returns how often a row sends there.

    A constant gets an address when it is read first. So do sums and products, which rows made later write. An octet
    that is read element by element is taken apart by a row of `octet`, words that are read together are gathered by
    one. `public` are the octets that are published.
    """

    def __init__(self, graph: Graph, rows: CircuitRows, public: Collection[Octet] = ()) -> None:
        self.graph, self._rows, self.memory, self._public = graph, rows, rows.memory, public
        self._words: dict[int, int] = {}
        self._constants: dict[K | int, int] = {}
        self._octets: dict[Octet, int] = {}
        self._octet_of: dict[int, Octet] = {}
        self._bundles: dict[int, int] = {}

    # ------------------------------------------------------------------------------------------ words
    def read(self, node: int) -> int:
        """The address of a word, for one more row that reads it. NOTHING is zero."""
        return self.memory.read(WORD, self.word(node))

    def word(self, node: int) -> int:
        """The address of a word; nodes beyond the graph's are sums."""
        operation = self.graph.operations[node] if 0 <= node < len(self.graph) else Operation.ADD
        if node == NOTHING or operation is Operation.CONSTANT:
            return self._constant(0 if node == NOTHING else self.graph.constants[node])
        if node not in self._words:
            if operation in ARITHMETIC:
                self._words[node] = self.memory.fresh(WORD)
            else:
                self._take_apart(node)
        return self._words[node]

    def write(self, node: int, address: int) -> Times:
        """A row writes this node here."""
        self._words[node] = address
        return self.memory.write(WORD, address)

    def write_in_a_row(self, nodes: Sequence[int], address: int) -> list[Times]:
        """A row writes these nodes one after the other."""
        return [self.write(node, address + place) for place, node in enumerate(nodes)]

    def write_once(self, node: int) -> int:
        """A row writes this node, and sends it once; returns the address."""
        self._words[node] = self.memory.write_often(WORD, self.memory.fresh(WORD), 1)
        return self._words[node]

    def _constant(self, value: K | int) -> int:
        if value not in self._constants:
            self._constants[value] = self.memory.fresh(WORD)
        return self._constants[value]

    def add_constants(self) -> None:
        """The rows of all constants that are read."""
        for value, address in self._constants.items():
            coefficients = value.c if isinstance(value, K) else (value, *[0] * (DEGREE - 1))
            times = self.memory.write(WORD, address)
            fixed = {"address": address, "times": times, **numbered("value", coefficients)}
            self._rows.add("constant", "constants", {}, fixed)

    # ------------------------------------------------------------------------------------------ octets
    def read_octet(self, nodes: Sequence[int], part: str) -> int:
        """The address of an octet, for one more row that reads it."""
        octet = tuple(nodes)
        if octet not in self._octets:
            self._gather(octet, part)
        return self.memory.read(NODE, self._octets[octet])

    def octet_address(self, nodes: Sequence[int]) -> int:
        """Where the row that writes this octet first writes it: what is public, where the proof's verifier reads."""
        return PUBLIC_ADDRESS if tuple(nodes) in self._public else self.memory.fresh(NODE)

    def write_octet(self, nodes: Sequence[int], address: int) -> Times:
        """A row writes these eight as an octet."""
        self._place_octet(nodes, address)
        return self.memory.write(NODE, address)

    def write_octet_once(self, nodes: Sequence[int], address: int) -> None:
        """A row writes these eight as an octet, and sends it once."""
        self._place_octet(nodes, address)
        self.memory.write_often(NODE, address, 1)

    def _place_octet(self, nodes: Sequence[int], address: int) -> None:
        octet = tuple(nodes)
        self._octets[octet] = address
        self._octet_of.update(dict.fromkeys(octet, octet))

    def _gather(self, octet: Octet, part: str) -> None:
        words = [self.read(node) for node in octet]
        self._octets[octet] = address = self.octet_address(octet)
        fixed = {"address": address, "times": self.memory.write(NODE, address), **numbered("address", words)}
        self._rows.add("octet", part, {"value": octet}, fixed | numbered("times", [READS] * DIGEST))

    def _take_apart(self, node: int) -> None:
        octet = self._octet_of[node]
        at, address = self.memory.read(NODE, self._octets[octet]), self.memory.fresh(WORD, DIGEST)
        fixed = {"address": at, "times": READS, **numbered("address", range(address, address + DIGEST))}
        fixed |= numbered("times", self.write_in_a_row(octet, address))
        self._rows.add("octet", self.graph.parts[node], {"value": octet}, fixed)

    # ------------------------------------------------------------------------------------------ bundles
    def read_bundle(self, first_node: int) -> int:
        """The address of the bundle that starts with this node."""
        return self.memory.read(BUNDLE, self._bundles[first_node])

    def write_bundle(self, first_node: int, address: int) -> Times:
        """A row writes a bundle here."""
        self._bundles[first_node] = address
        return self.memory.write(BUNDLE, address)
