"""A circuit with rows of every kind: it opens a small tree at two queries, and computes what a verifier computes."""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import cache

import numpy as np

from core_vm.field.extension import K, eq_table
from core_vm.field.koalabear import P, to_montgomery
from core_vm.hash.merkle import MerkleTree
from core_vm.hash.poseidon2 import DIGEST, hash_leaf
from core_vm.transcript.numbers import NUMBERS
from recursion.tables.buses import PUBLIC_ADDRESS
from tests.elements import random_element
from tests.recursion.assembler import Assembler, Query

DEPTH, LOG_CAP, WIDTH = 5, 2, 32


@dataclass(frozen=True)
class Sample:
    """A circuit, and the digest that it is about."""

    circuit: Assembler
    digest: tuple[int, ...]


@cache
def sample(seed: int = 1) -> Sample:
    """The same circuit for every seed: other hints."""
    rng, circuit = random.Random(seed), Assembler()
    tree_rows = np.random.default_rng(seed).integers(0, P, (1 << DEPTH, WIDTH))
    tree = MerkleTree.commit(to_montgomery(tree_rows), WIDTH)
    root, root_words = circuit.octet(tree.root)
    challenge, squeezed = transcript(circuit, root_words)
    point = [challenge, *(circuit.word(random_element(rng)) for _ in range(4))]
    queries = [circuit.query(at, DEPTH, weight_rows=2) for at in squeezed[:2]]
    folds = open_tree(circuit, tree, root, queries, point)
    weights = [copied(circuit, circuit.weight(query, [*point, point[0]])) for query in queries]
    check_openings(circuit, tree_rows, queries, point, folds, weights)
    arithmetic(circuit, rng, point, folds + weights)
    numbers = [automata(circuit, rng, point), ranges(circuit, rng)]
    digest = statement(circuit, rng, root, numbers)
    return Sample(circuit, circuit.nodes[digest])


def transcript(circuit: Assembler, root: list[int]) -> tuple[int, list[int]]:
    """Absorbs the root, and squeezes a challenge and elements."""
    zero = circuit.constant(0)
    capacity = circuit.gathered([zero] * DIGEST)
    _, _, capacity = circuit.sponge(root, capacity)
    challenge, rate, capacity = circuit.sponge([zero] * DIGEST, capacity, header=(5 << 24) + 5)
    _, squeezed, _ = circuit.sponge(rate, capacity)
    return challenge, squeezed


def open_tree(circuit: Assembler, tree: MerkleTree, root: int, queries: list[Query], point: list[int]) -> list[int]:
    """The folds of the leaves, whose paths lead to a cap under the root."""
    one = circuit.constant(1)
    a = circuit.expand(one, point[0], point[1])
    high = [circuit.arith(one, point[4], one, factors=(1, P - 1, 0)), point[4]]
    b = [circuit.expand(e, point[2], point[3]) for e in high]
    indices = [query.index for query in queries]
    rows, paths, cap = tree.open(indices, LOG_CAP)
    at_tree, octets = circuit.cap(cap.tolist(), [index >> (DEPTH - LOG_CAP) for index in indices])
    folds = []
    for query, row, path in zip(queries, rows.tolist(), paths.tolist(), strict=True):
        node = circuit.fresh()
        folds.append(copied(circuit, circuit.leaf(query, row, a, b, node)))
        circuit.path(node, query.index, hash_leaf(row), path, at_tree)
    halves = [circuit.compress(octets[0], octets[1]), circuit.compress(octets[2], octets[3])]
    circuit.compress(*halves, equals=root)
    return folds


def copied(circuit: Assembler, word: int) -> int:
    """The same word for many readers: leaves and weights are read once."""
    zero = circuit.constant(0)
    return circuit.arith(word, zero, zero, factors=(1, 0, 0))


def check_openings(
    circuit: Assembler, rows: np.ndarray, queries: list[Query], point: list[int], folds: list[int], weights: list[int]
) -> None:
    """What the assembler computed is what the verifier does with the same numbers."""
    indices, coordinates = [query.index for query in queries], [circuit.words[at] for at in point]
    expected = NUMBERS.fold_rows([rows[indices]], coordinates, in_extension=False)
    assert [circuit.words[at] for at in folds] == expected
    points = NUMBERS.domain_points(indices, DEPTH)
    assert points.tolist() == [query.point for query in queries]
    expected = NUMBERS.power_extensions(points, [*coordinates, coordinates[0]])
    assert [circuit.words[at] for at in weights] == expected


def arithmetic(circuit: Assembler, rng: random.Random, point: list[int], words: list[int]) -> None:
    """Two ways to the same value, asserted to be equal."""
    one, zero = circuit.constant(1), circuit.constant(0)
    bundle = circuit.expand(words[0], point[0], point[1])
    total = circuit.dot(words[1], bundle, words)
    again = words[1]
    for j, word in enumerate(words):
        again = circuit.arith(bundle + 1 + j, word, again, product=1, factors=(0, 0, 1))
    circuit.arith(total, one, again, factors=(1, 0, P - 1), equals=zero)
    values = [circuit.word(random_element(rng)) for _ in range(4)]
    folded = circuit.horner(total, point[0], values)
    again = total
    for value in values:
        again = circuit.arith(again, point[0], zero, product=1)
        again = circuit.arith(value, point[0], again, product=1, factors=(0, 0, 1))
    circuit.linear([folded, again, folded, one], [2, P - 1, P - 1, 7], P - 7, equals=zero)
    inverse = circuit.word(circuit.words[folded].inverse())
    circuit.arith(folded, inverse, zero, product=1, equals=one)
    columns, octets = circuit.columns([random_element(rng) for _ in range(8)])
    circuit.horner(columns[0], columns[1], columns[2:6])
    circuit.linear([columns[6], columns[7], *columns[:2]], [1, 2, 3, 4], 5)
    node = circuit.compress(octets[0], octets[1])
    for octet in octets[2:]:
        node = circuit.compress(node, octet)


def automata(circuit: Assembler, rng: random.Random, point: list[int]) -> int:
    """Sums over tiles, with counts that are hints; their node."""
    values = [rng.randrange(8), 0, rng.randrange(8), rng.randrange(1, 8), *[0] * 4]
    node, counts = circuit.octet(values)
    for count in counts[:2]:
        circuit.below(count, point[:3])
    points = list(zip([*point[1:4], circuit.constant(0)], point[:4], strict=True))
    for start in counts[2:4]:
        for tiles in counts[:2]:
            circuit.jagged(start, tiles, points)
    z = [circuit.words[at] for at in point[:3]]
    assert sum(eq_table(z)[: values[0]], K.zero) == NUMBERS.rows_below(values[0], z)
    return node


def ranges(circuit: Assembler, rng: random.Random) -> int:
    """A number below 2^30 is its own thirty bits; work is that the low bits of an element are zero. Their node."""
    values = [rng.randrange(2**30), rng.randrange(2**15) << 8, *[P - 2] * 6]
    node, words = circuit.octet(values)
    circuit.query(words[0], 30, low=words[0])
    circuit.query(words[1], 8, low=circuit.constant(0))
    circuit.query(words[2], 24)
    return node


def statement(circuit: Assembler, rng: random.Random, root: int, nodes: list[int]) -> int:
    """The digest of the root and of something else, at the public address."""
    other, _ = circuit.octet([rng.randrange(P) for _ in range(DIGEST)])
    for node in nodes:
        other = circuit.compress(other, node)
    words = circuit.scattered(root)
    circuit.reads["node", PUBLIC_ADDRESS] += 1  # by the verifier
    return circuit.compress(circuit.gathered(words[::-1]), other, output=PUBLIC_ADDRESS)
