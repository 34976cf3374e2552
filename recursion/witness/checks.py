"""What a circuit asserts, as arrays: on a filled memory they say which assertion fails first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

import core_vm.errors as errors
from core_vm.errors import Rejection
from core_vm.field.extension import DEGREE
from core_vm.field.koalabear import Words, from_montgomery, to_montgomery
from core_vm.hash.poseidon2 import DIGEST
from core_vm.stark.words import Int64
from core_vm.transcript.sponge import REFUSED
from recursion.circuit.assertions import Assertion, Claim, located
from recursion.circuit.gadgets import Gadget, Kind
from recursion.circuit.graph import Graph
from recursion.witness.cells import ZERO, Cells


class Trees:
    """The caps of a circuit: `rows` are the first cell of each, how many nodes it has, and the cell in which paths to
    its first node are counted. `paths` (ends, 4) are index, digest, tree and assertion of each end of a path."""

    def __init__(self, graph: Graph, cells: Cells) -> None:
        caps = [gadget for gadget in graph.gadgets if gadget.kind is Kind.CAP]
        self.rows = np.zeros((graph.num_trees, 3), np.int64)
        for gadget in caps:
            tree, index = gadget.constants
            if index == 0:
                self.rows[tree, 0] = cells.word(gadget.first_output)
            if cells.word(gadget.first_output) != self.rows[tree, 0] + DIGEST * index:
                raise AssertionError(f"nodes of the cap of tree {tree} do not lie one after the other")
            self.rows[tree, 1] += 1
        for row in self.rows:
            row[2] = cells.take(int(row[1]))

    def count(self, tree: int, index: int) -> int:
        """The cell in which paths to this node are counted."""
        return int(self.rows[tree, 2]) + index


@dataclass(frozen=True)
class Checks:
    """The last column of each numbers the assertion; the others are cells.

    `equal` (n, 3): both are the same. `refused` (n, 2): not p - 1. `ranges` (n, 4): the first's low bits, by a mask,
    are the second. `ends` (n, 4): index, digest, and (no cell) the tree. `texts` are the strings that `assertions` (n,
    5) number: the rejection's class, where, why, part of the verifier, line.
    """

    equal: Int64
    refused: Int64
    ranges: Int64
    ends: Int64
    trees: Int64
    assertions: Int64
    texts: npt.NDArray[np.str_]

    def count_paths(self, memory: Words) -> None:
        """How many paths end in each node of each cap."""
        index, tree = from_montgomery(memory[self.ends[:, 0]]).astype(np.int64), self.ends[:, 2]
        inside = index < self.trees[tree, 1]
        places, counts = np.unique(self.trees[tree, 2][inside] + index[inside], return_counts=True)
        memory[places] = to_montgomery(counts)

    def first_failure(self, memory: Words) -> Rejection | None:
        """The rejection of the first assertion that does not hold."""
        failing = [*self._unequal(memory), *self._refused(memory), *self._out_of_range(memory), *self._astray(memory)]
        return self._rejection(min(failing)) if failing else None

    def _unequal(self, memory: Words) -> Sequence[int]:
        a, b, number = self.equal.T
        return number[memory[a] != memory[b]].tolist()

    def _refused(self, memory: Words) -> Sequence[int]:
        cells, number = self.refused.T
        return number[from_montgomery(memory[cells]) == REFUSED].tolist()

    def _out_of_range(self, memory: Words) -> Sequence[int]:
        value, mask, expected, number = self.ranges.T
        elements = from_montgomery(memory[value]).astype(np.int64)
        return number[(elements & mask) != from_montgomery(memory[expected])].tolist()

    def _astray(self, memory: Words) -> Sequence[int]:
        """An index beyond the cap has no node."""
        index, digest, tree, number = self.ends.T
        places = from_montgomery(memory[index]).astype(np.int64)
        inside = places < self.trees[tree, 1]
        node = self.trees[tree, 0] + DIGEST * np.where(inside, places, 0)
        octet = np.arange(DIGEST)
        same = (memory[node[:, None] + octet] == memory[digest[:, None] + octet]).all(axis=1)
        return number[~(same & inside)].tolist()

    def _rejection(self, number: int) -> Rejection:
        kind, where, why, part, line = (str(self.texts[text]) for text in self.assertions[number])
        return located(_class(kind), where, why, part, line)


def _class(name: str) -> type[Rejection]:
    found = getattr(errors, name, None)
    if not (isinstance(found, type) and issubclass(found, Rejection)):
        raise AssertionError(f"{name} is no rejection")
    return found


class ChecksWriter:
    """Writes down the assertions of a graph. `zeros` has for each node that must be zero the cells of what its row
    computes."""

    def __init__(self, graph: Graph, cells: Cells, zeros: Mapping[int, int], trees: Trees) -> None:
        self._graph, self._cells, self._zeros, self._trees = graph, cells, zeros, trees
        self._rows: dict[str, list[tuple[int, ...]]] = {"equal": [], "refused": [], "ranges": [], "ends": []}
        for number, assertion in enumerate(graph.assertions):
            self._add(number, assertion)

    def _add(self, number: int, assertion: Assertion) -> None:
        nodes, word = assertion.nodes, self._cells.word
        if assertion.claim is Claim.ZERO:
            self._rows["equal"] += [(self._zeros[nodes[0]] + i, ZERO, number) for i in range(DEGREE)]
        elif assertion.claim is Claim.REST:
            self._rows["equal"].append((word(nodes[0]), ZERO, number))
        elif assertion.claim is Claim.SAME:
            pairs = zip(nodes[:DIGEST], nodes[DIGEST:], strict=True)
            self._rows["equal"] += [(word(a), word(b), number) for a, b in pairs]
        else:
            self._add_gadget(number, self._graph.gadgets[nodes[0]])

    def _add_gadget(self, number: int, gadget: Gadget) -> None:
        word = self._cells.word
        if gadget.kind is Kind.PATH_END:
            index, *digest = gadget.inputs
            self._rows["ends"].append((word(index), self._cells.octet(digest), gadget.constants[0], number))
            return
        self._rows["refused"].append((word(gadget.inputs[0]), number))
        if gadget.kind is Kind.RANGE:
            value, expected = gadget.inputs
            self._rows["ranges"].append((word(value), (1 << gadget.constants[0]) - 1, word(expected), number))
        elif gadget.kind is not Kind.INDEX:
            raise AssertionError(f"a gadget {gadget.kind.value} checks nothing")

    def checks(self) -> Checks:
        """All of it."""
        texts: dict[str, int] = {}
        described = [
            [texts.setdefault(text, len(texts)) for text in _described(assertion)]
            for assertion in self._graph.assertions
        ]
        rows = self._rows
        return Checks(
            *(_array(rows["equal"], 3), _array(rows["refused"], 2), _array(rows["ranges"], 4), _array(rows["ends"], 4)),
            *(self._trees.rows, _array(described, 5), np.array([*texts], np.str_)),
        )


def _described(assertion: Assertion) -> tuple[str, ...]:
    rejection = assertion.rejection
    name = type(rejection).__name__
    if _class(name) is not type(rejection):
        raise AssertionError(f"{name} is not the rejection of core_vm.errors of that name")
    return name, rejection.where, rejection.why, assertion.part, assertion.line


def _array(rows: Sequence[Sequence[int]], width: int) -> Int64:
    return np.array(rows, np.int64).reshape(-1, width)
