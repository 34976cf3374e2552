"""Small trees opened and folded, in numbers and as circuits."""

from __future__ import annotations

import random
from collections.abc import Sequence
from functools import cache

import numpy as np

from core_vm.field.extension import DEGREE, K
from core_vm.field.koalabear import P, to_montgomery
from core_vm.hash.merkle import MerkleTree, verify_openings
from core_vm.transcript.numbers import NUMBERS
from recursion.circuit.channel import CircuitChannel
from recursion.circuit.gadgets import Kind
from recursion.circuit.graph import Graph
from recursion.circuit.interpreter import Interpreter
from recursion.circuit.lowering.lower import Lowered
from tests.recursion.circuit.bench import REFUSED

DEPTH, INDICES = 5, (3, 30, 3)


class Opening:
    """Trees of random rows, opened at INDICES and folded at a random point, in numbers and as a circuit."""

    def __init__(self, widths: Sequence[int], in_extension: bool, log_cap: int, coordinates: int) -> None:
        choose = np.random.default_rng(sum(widths) + log_cap)
        rows = [choose.integers(0, P, (1 << DEPTH, width), np.uint32) for width in widths]
        trees = [MerkleTree.commit(to_montgomery(matrix), matrix.shape[1]) for matrix in rows]
        opened = [tree.open(INDICES, log_cap) for tree in trees]
        for tree, parts in zip(trees, opened, strict=True):
            verify_openings("here", tree.root, INDICES, *parts)
        point = [K(*(random.Random(i).randrange(P) for _ in range(DEGREE))) for i in range(coordinates)]
        folded = NUMBERS.fold_rows([parts[0] for parts in opened], point, in_extension)

        self.graph = Graph()
        channel = CircuitChannel(self.graph)
        roots = [self.graph.hint(Kind.OCTET) for _ in trees]
        elements = [self.graph.hint(Kind.WORD)[0] for _ in INDICES]
        variables = [self.graph.hint(Kind.ELEMENT)[0] for _ in point]
        indices = [self.graph.require_gadget(Kind.INDEX, (x,), (DEPTH,), REFUSED)[0] for x in elements]
        received = [
            channel.receive_rows(root, width, indices, DEPTH, log_cap)
            for root, width in zip(roots, widths, strict=True)
        ]
        sums = channel.arithmetic.fold_rows(received, variables, in_extension)
        for value, expected in zip(sums, folded, strict=True):
            channel.arithmetic.require_equal(value, expected, REFUSED)
        self.graph.finish()
        # High bits of the drawn elements mean nothing.
        head = [*(x for tree in trees for x in tree.root), *(index + 64 * i for i, index in enumerate(INDICES))]
        words = [np.array([*head, *(c for z in point for c in z.c)])]
        self.hints = np.concatenate([*words, *(part.reshape(-1) for parts in opened for part in parts)])
        self.lowered, self.interpreter = Lowered(self.graph), Interpreter(self.graph)


FORMS = {
    "one tree": ((32,), False, 2, 5),
    "two trees": ((32, 16), False, 3, 6),
    "in the extension": ((80,), True, 1, 4),
    "the cap is the root": ((16,), False, 0, 4),
    "the cap is the leaves": ((16,), False, DEPTH, 4),
}


@cache
def opening(name: str) -> Opening:
    return Opening(*FORMS[name])
