"""The verifier's arithmetic on variables: what it asks for becomes nodes and gadgets of a graph.

The third implementation of `core_vm.transcript.arithmetic.Arithmetic`, after numbers and counted numbers. Values that
do not depend on the proof stay numbers here as well, and what must hold of them is checked while the circuit is built.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager

from core_vm.errors import MalformedProof, Rejection, UsageError
from core_vm.field.extension import lift
from core_vm.transcript.numbers import NUMBERS
from recursion.circuit.assertions import Claim
from recursion.circuit.gadgets import COORDINATES_A_ROW, TERMS_A_ROW, Kind
from recursion.circuit.graph import Graph, Value
from recursion.circuit.openings import ReceivedRows, fold_trees
from recursion.circuit.variable import Variable

DENSE_GROUP = 3
"""From this many of four terms on one row of `dot` has fewer cells than rows of single products."""


class CircuitArithmetic:
    """`Arithmetic` over a graph. An assertion keeps the rejection it came with and the line that asked for it."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def part(self, name: str) -> AbstractContextManager[None]:
        return self._graph.part(name)

    # ------------------------------------------------------------------------------------------ what must hold
    def require_zero(self, value: Value, rejection: Rejection) -> None:
        if isinstance(value, Variable):
            self._graph.require(Claim.ZERO, [value], rejection)
        else:
            NUMBERS.require_zero(lift(value), rejection)

    def require_equal(self, a: Value, b: Value, rejection: Rejection) -> None:
        self.require_zero(a - b, rejection)

    def require_nonzero(self, value: Value, rejection: Rejection) -> None:
        self.inverse(value, rejection)

    def require_below(self, count: Value, log_bound: int, rejection: Rejection) -> None:
        if isinstance(count, Variable):
            self._graph.require_gadget(Kind.RANGE, (count, count), (log_bound,), rejection)
        else:
            NUMBERS.require_below(_integer(count), log_bound, rejection)

    def inverse(self, value: Value, rejection: Rejection) -> Value:
        """What is asserted is that value times inverse is 1, which zero has no inverse for."""
        if not isinstance(value, Variable):
            return NUMBERS.inverse(lift(value), rejection)
        (inverse,) = self._graph.gadget(Kind.INVERSE, (value,))
        self.require_equal(value * inverse, 1, rejection)
        return inverse

    # ------------------------------------------------------------------------------------------ sums
    def inner(self, a: Sequence[Value], b: Sequence[Value]) -> Value:
        if len(a) != len(b):
            raise UsageError(f"inner product of {len(a)} with {len(b)} values")
        return self.sparse_inner(a, dict(enumerate(b)))

    def sparse_inner(self, weights: Sequence[Value], values: Mapping[int, Value]) -> Value:
        """Four terms at a time where four weights are the outputs of one `expand`."""
        groups: dict[int, dict[int, Value]] = {}
        for i, value in values.items():
            groups.setdefault(i // TERMS_A_ROW, {})[i % TERMS_A_ROW] = value
        total: Value = 0
        for group, of_group in groups.items():
            first = group * TERMS_A_ROW
            bundle = weights[first : first + TERMS_A_ROW]
            if len(of_group) >= DENSE_GROUP and self._is_bundle(bundle):
                words = [of_group.get(place, 0) for place in range(TERMS_A_ROW)]
                (total,) = self._graph.gadget(Kind.DOT, (total, *bundle, *words))
            else:
                for place, value in of_group.items():
                    total = total + bundle[place] * value
        return total

    def _is_bundle(self, weights: Sequence[Value]) -> bool:
        gadget = self._graph.gadget_of(weights[0])
        if gadget is None or gadget.kind is not Kind.EXPAND:
            return False
        return [self._graph.node_of(weight) for weight in weights] == list(gadget.outputs)

    def horner(self, x: Value, values: Sequence[Value]) -> Value:
        if not isinstance(x, Variable):
            raise UsageError("a sum of powers is of powers of a challenge")
        padded = [*values, *[0] * (-len(values) % TERMS_A_ROW)]
        total: Value = 0
        for end in range(len(padded), 0, -TERMS_A_ROW):
            words = padded[end - TERMS_A_ROW : end][::-1]
            (total,) = self._graph.gadget(Kind.HORNER, (total, x, *words))
        return total

    def eq_table(self, point: Sequence[Value], count: int | None = None, first: Value = 1) -> list[Value]:
        """Two coordinates at a time, from the highest on; of those below as many as are needed, in whole bundles."""
        rest, count = list(point), 1 << len(point) if count is None else count
        table: list[Value] = [first]
        if len(rest) % 2:
            z = rest.pop()
            table = [first - first * z, first * z]
        while rest:
            table = table[: -(-count >> len(rest))]
            z1, z0 = rest.pop(), rest.pop()
            table = [output for e in table for output in self._graph.gadget(Kind.EXPAND, (e, z0, z1))]
        return table

    # ------------------------------------------------------------------------------------------ tile counts as data
    def rows_below(self, tiles: Value, point: Sequence[Value]) -> Value:
        rest, less = tiles, 0
        for bit, z in enumerate(point):
            ends = int(bit == 0), int(bit == len(point) - 1)
            rest, less = self._graph.gadget(Kind.BELOW, (rest, less, z), ends)
        self._nothing_left(rest)
        return less

    def shifted_sums(
        self, blocks: Sequence[tuple[Value, Value]], bit_points: Sequence[tuple[Value, Value]]
    ) -> list[Value]:
        return [self._shifted_sum(start, tiles, bit_points) for start, tiles in blocks]

    def _shifted_sum(self, start: Value, tiles: Value, bit_points: Sequence[tuple[Value, Value]]) -> Value:
        """The state: at least and less with carry 0, then with carry 1; a final carry would lie beyond the end."""
        state: list[Value] = [1, 0, 0, 0]
        for bit, (z, y) in enumerate(bit_points):
            ends = int(bit == 0), int(bit == len(bit_points) - 1)
            start, tiles, *state = self._graph.gadget(Kind.JAGGED, (start, tiles, *state, z, y), ends)
        self._nothing_left(start)
        self._nothing_left(tiles)
        return state[1]

    def _nothing_left(self, rest: Value) -> None:
        """Else the number had more bits than the chain: it was required to be smaller, and this says so once more."""
        if isinstance(rest, Variable):
            more = MalformedProof("tile counts", "a count has more bits than were asked for")
            self._graph.require(Claim.REST, [rest], more)

    # ------------------------------------------------------------------------------------------ oracles
    def fold_rows(self, rows: Sequence[ReceivedRows], point: Sequence[Value], in_extension: bool) -> list[Value]:
        return fold_trees(self._graph, rows, self.eq_table(point[4:]), point, in_extension)

    def domain_points(self, indices: Sequence[Variable], log_domain: int) -> list[Variable]:
        """Each index was squeezed by a gadget that gives the point as well."""
        points = []
        for index in indices:
            gadget = self._graph.gadget_of(index)
            if gadget is None or gadget.kind is not Kind.INDEX or gadget.constants != (log_domain,):
                raise UsageError(f"{index!r} was not drawn as an index of {log_domain} bits")
            points.append(Variable(self._graph, gadget.outputs[1]))
        return points

    def power_extensions(self, points: Sequence[Variable], coordinates: Sequence[Value]) -> list[Value]:
        return [self._power_extension(x, coordinates) for x in points]

    def _power_extension(self, x: Value, coordinates: Sequence[Value]) -> Value:
        product: Value = 1
        for first in range(0, len(coordinates), COORDINATES_A_ROW):
            some = list(coordinates[first : first + COORDINATES_A_ROW])
            ends = int(first == 0), int(first + COORDINATES_A_ROW >= len(coordinates))
            padded = [*some, *[0] * (COORDINATES_A_ROW - len(some))]  # a factor of coordinate 0 is 1
            x, product = self._graph.gadget(Kind.WEIGHT, (x, product, *padded), ends)
        return product


def _integer(count: Value) -> int:
    """Tile counts that are constants of the circuit are integers."""
    if not isinstance(count, int):
        raise UsageError(f"{count!r} is no count")
    return count
